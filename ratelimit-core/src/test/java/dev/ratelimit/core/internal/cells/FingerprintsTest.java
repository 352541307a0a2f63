package dev.ratelimit.core.internal.cells;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Each cell of a key has a fingerprint of its own. */
class FingerprintsTest {

    @Test
    void theFirstRateHasTheFingerprintOfTheKey() {
        assertThat(Fingerprints.salt(0)).isZero();
        assertThat(Fingerprints.salt(1)).isNotZero();
    }

    @Test
    void cellsOfKeysAndRatesDiffer() {
        Set<Long> fingerprints = new HashSet<>();
        for (long key = 1; key <= 10_000; key++) {
            assertThat(fingerprints.add(Fingerprints.ofBlackout(key))).isTrue();
            for (int rate = 1; rate < 8; rate++) {
                assertThat(fingerprints.add(Fingerprints.ofRate(key, Fingerprints.salt(rate))))
                        .isTrue();
            }
        }
    }

    @Test
    void neighboursAreSpread() {
        int[] high = new int[64];
        for (long key = 1; key <= 6_400; key++) {
            high[(int) (Fingerprints.ofRate(key, Fingerprints.salt(1)) >>> 58)]++;
        }
        for (int count : high) {
            assertThat(count).isBetween(50, 160);
        }
    }
}
