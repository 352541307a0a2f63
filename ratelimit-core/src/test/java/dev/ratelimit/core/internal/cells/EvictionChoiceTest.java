package dev.ratelimit.core.internal.cells;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.Rate;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Which place a new key gets: the first without a debt, and otherwise the one with the least. */
class EvictionChoiceTest {

    private static final long NOW = 5_000_000_000L;
    private static final long TENTH = 100_000_000;

    private final RateNumbers numbers = new RateNumbers();
    private final Gcra slow = numbered(Rate.perSecond(10));
    private final Gcra fast = numbered(Rate.perSecond(1000));
    private final Gcra blackouts = numbers.blackouts().gcra();

    /** Two sets of eight. */
    private final Places places = new Places(10);

    private final EvictionChoice choice = new EvictionChoice(places, numbers);

    private final long key = new SplittableRandom(1)
            .longs()
            .filter(k -> places.home(k) != places.secondHome(k) && Places.start(k) == 3 * Places.STEP)
            .findFirst()
            .orElseThrow();
    private final int home = places.home(key);
    private final int away = places.secondHome(key);

    private Gcra numbered(Rate rate) {
        Scale scale = new Scale(rate, Units.of(rate), Objects.requireNonNull(numbers.next()), 0);
        numbers.give(scale);
        return scale.gcra();
    }

    /** Puts a key that owes into a place of a set. */
    private int owes(int set, int way, Gcra rate, long permits) {
        int place = set + way * Places.STEP;
        places.exchange(place, places.cell(place), rate.cell(rate.reading(NOW), rate.cost(permits), Cell.FREE));
        return place;
    }

    private void allOwe(int set, long permits) {
        for (int way = 0; way < 8; way++) {
            owes(set, way, slow, permits);
        }
    }

    private int chosen() {
        return choice.placeFor(key, slow, NOW);
    }

    @Test
    void aFreePlaceIsTakenFromThePreferredOneOnAndRoundTheHome() {
        assertThat(chosen()).isEqualTo(places.first(key));
        for (int way = 3; way < 8; way++) {
            owes(home, way, slow, 1);
        }
        assertThat(chosen()).as("the first of the set").isEqualTo(home);
        owes(home, 0, slow, 1);
        assertThat(chosen()).isEqualTo(home + Places.STEP);
    }

    @Test
    void aKeyOutOfDebtMakesRoomLikeAFreePlace() {
        allOwe(home, 5);
        int out = owes(home, 6, slow, 0);
        assertThat(chosen()).isEqualTo(out);
        assertThat(choice.isInDebt(places.cell(out), slow, NOW)).isFalse();
        assertThat(choice.isInDebt(places.cell(home), slow, NOW)).isTrue();
        assertThat(choice.isInDebt(places.cell(home), slow, NOW + 5 * TENTH)).isFalse();
    }

    @Test
    void theSecondSetIsUsedWhenAllOfTheHomeAreInDebt() {
        allOwe(home, 1);
        assertThat(chosen()).isEqualTo(away + Places.start(key));
    }

    @Test
    void theLeastDebtOfAllSixteenIsForgotten() {
        allOwe(home, 7);
        allOwe(away, 6);
        int least = owes(away, 4, slow, 5);
        assertThat(chosen()).isEqualTo(least);
        least = owes(home, 1, slow, 4);
        assertThat(chosen()).isEqualTo(least);
    }

    /** Three hundred permits of the fast rate are fewer units, and pass sooner, than five of the slow one. */
    @Test
    void debtsAtDifferentRatesAreComparedInPermits() {
        for (int way = 0; way < 8; way++) {
            owes(home, way, fast, 300);
            owes(away, way, fast, 300);
        }
        int least = owes(away, 2, slow, 5);
        assertThat(fast.cost(300)).isLessThan(slow.cost(5));
        assertThat(chosen()).isEqualTo(least);
        assertThat(choice.placeFor(key, fast, NOW)).isEqualTo(least);
    }

    @Test
    void aBlackoutCountsAsMoreThanAnyDebtAndTheOneThatEndsFirstGoes() {
        for (int way = 0; way < 8; way++) {
            owes(home, way, blackouts, 1_000 + way);
            owes(away, way, blackouts, 1_001 + way);
        }
        assertThat(chosen()).isEqualTo(home);
        int debtor = owes(away, 5, slow, 10);
        assertThat(chosen()).isEqualTo(debtor);
        assertThat(choice.placeFor(key, blackouts, NOW)).isEqualTo(debtor);
    }

    @Test
    void aPlaceBetweenTwoOwnersIsNotChosen() {
        allOwe(home, 7);
        allOwe(away, 7);
        for (int way = 0; way < 8; way++) {
            int place = home + way * Places.STEP;
            places.exchange(place, places.cell(place), Cell.HAND_OVER);
        }
        assertThat(chosen()).isBetween(away, away + Places.SET_END - 1);
        for (int way = 0; way < 8; way++) {
            int place = away + way * Places.STEP;
            places.exchange(place, places.cell(place), Cell.HAND_OVER);
        }
        assertThat(chosen()).isEqualTo(Places.NONE);
    }

    @Test
    void aRefusedKeyIsToldWhenTheFirstOfItsPlacesIsFree() {
        assertThat(choice.nanosUntilFree(key, NOW)).isZero();
        allOwe(home, 7);
        allOwe(away, 6);
        owes(home, 2, fast, 500);
        assertThat(choice.nanosUntilFree(key, NOW)).isEqualTo(5 * TENTH);
        assertThat(choice.nanosUntilFree(key, NOW + TENTH)).isEqualTo(4 * TENTH);
        owes(away, 7, slow, 3);
        assertThat(choice.nanosUntilFree(key, NOW)).isEqualTo(3 * TENTH);
    }
}
