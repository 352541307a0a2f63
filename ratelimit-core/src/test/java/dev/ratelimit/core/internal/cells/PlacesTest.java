package dev.ratelimit.core.internal.cells;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.LongPredicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Where a key may be, where it is looked for, and to whom a cell belongs. */
class PlacesTest {

    private static final long IN_DEBT = 0x1234_0000L | Cell.FIRST_RATE;

    private final SplittableRandom random = new SplittableRandom(3);
    private final Places places = new Places(100);

    private long key(LongPredicate fits) {
        return random.longs().filter(key -> key != 0).filter(fits).findFirst().orElseThrow();
    }

    private long keyWithTwoSets() {
        return key(key -> places.home(key) != places.secondHome(key));
    }

    @ParameterizedTest
    @CsvSource({"1, 8", "5, 8", "6, 16", "100, 152", "100000, 150000"})
    void aTableHasHalfAsManyPlacesAgainAsKeysInWholeSets(int keys, int expected) {
        Places sized = new Places(keys);
        assertThat((sized.end() - sized.begin()) / Places.STEP).isEqualTo(expected);
        assertThat(sized.begin()).isEqualTo(Places.FIRST);
    }

    @Test
    void eachSetIsAHomeAndASecondHome() {
        Set<Integer> homes = new HashSet<>();
        Set<Integer> secondHomes = new HashSet<>();
        random.longs(10_000).forEach(key -> {
            homes.add(places.home(key));
            secondHomes.add(places.secondHome(key));
            assertThat(places.first(key)).isBetween(places.home(key), places.home(key) + Places.SET_END - Places.STEP);
        });
        Set<Integer> sets = new HashSet<>();
        for (int set = places.begin(); set < places.end(); set += Places.SET_END) {
            sets.add(set);
        }
        assertThat(homes).isEqualTo(sets);
        assertThat(secondHomes).isEqualTo(sets);
    }

    @Test
    void eachOfTheEightPositionsIsPreferredBySomeKeys() {
        Set<Integer> starts = new HashSet<>();
        random.longs(1_000).forEach(key -> starts.add(Places.start(key)));
        assertThat(starts).containsExactlyInAnyOrder(0, 2, 4, 6, 8, 10, 12, 14);
    }

    @Test
    void noKeyHasTheFingerprintOfAnUnusedPlace() {
        assertThat(Places.fingerprint(0)).isNotZero();
        assertThat(Places.fingerprint(-5)).isEqualTo(-5);
    }

    @Test
    void aKeyIsFoundAnywhereInItsHome() {
        long key = keyWithTwoSets();
        assertThat(places.find(key)).isEqualTo(Places.NONE);
        int last = places.home(key) + Places.SET_END - Places.STEP;
        places.handOver(last, key, IN_DEBT);
        assertThat(places.find(key)).isEqualTo(last);
        assertThat(places.holds(last, key)).isTrue();
        assertThat(places.cell(last)).isEqualTo(IN_DEBT);
    }

    @Test
    void aSecondSetIsSearchedOnceAKeyOfTheHomeWasEverThere() {
        long key = keyWithTwoSets();
        int place = places.secondHome(key) + 3 * Places.STEP;
        places.words()[place] = key;
        assertThat(places.find(key)).as("no key was handed a place there").isEqualTo(Places.NONE);
        long neighbour =
                key(other -> places.home(other) == places.home(key) && places.secondHome(other) != places.home(other));
        places.handOver(places.secondHome(neighbour), neighbour, IN_DEBT);
        assertThat(places.find(neighbour)).isEqualTo(places.secondHome(neighbour));
        assertThat(places.find(key)).isEqualTo(place);
    }

    @Test
    void aCellBelongsToTheKeyInItsPlaceUnlessThePlaceIsBetweenTwoOwners() {
        long key = keyWithTwoSets();
        int place = places.first(key);
        places.handOver(place, key, IN_DEBT);
        assertThat(places.isOwned(place, places.cell(place), key)).isTrue();
        assertThat(places.isOwned(place, places.cell(place), key + 1)).isFalse();
        places.exchange(place, IN_DEBT, Cell.handedOver(IN_DEBT));
        assertThat(places.isOwned(place, places.cell(place), key)).isFalse();
    }

    @Test
    void aCellIsExchangedForTheOneThatWasRead() {
        int place = places.begin();
        assertThat(places.exchange(place, 0, IN_DEBT)).isTrue();
        assertThat(places.exchange(place, 0, Cell.HAND_OVER)).isFalse();
        assertThat(places.cell(place)).isEqualTo(IN_DEBT);
        assertThat(places.cell(place + Places.STEP)).isZero();
    }
}
