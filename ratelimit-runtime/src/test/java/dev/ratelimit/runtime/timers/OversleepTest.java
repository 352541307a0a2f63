package dev.ratelimit.runtime.timers;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OversleepTest {

    private static final long MILLI = 1_000_000;

    private final WakeUpDelay oversleep = new WakeUpDelay();
    private final Random random = new Random(1);

    /** Sleeps so often; returns what a sleep of a millisecond is shortened by then. */
    private long after(int sleeps, LongSupplier longer) {
        for (int i = 0; i < sleeps; i++) {
            oversleep.learn(MILLI, MILLI + longer.getAsLong());
        }
        return MILLI - oversleep.asleep(MILLI);
    }

    @Test
    void atFirstOneSleepsAsLongAsIsLeft() {
        assertThat(oversleep.asleep(MILLI)).isEqualTo(MILLI);
    }

    @Test
    void itBecomesWhatTheSystemTakes() {
        assertThat(after(200, () -> 80_000)).isBetween(75_000L, 80_500L);
        assertThat(after(200, () -> 30_000)).isBetween(25_000L, 30_500L);
    }

    @ParameterizedTest
    @CsvSource({
        "0.05, 75000, 81000", // less than one of ten: as if there were none
        "0.20, 0, 21000", // more than one of ten
    })
    void nineOfTenReachIt(double share, long from, long to) {
        assertThat(after(5_000, () -> random.nextDouble() < share ? 20_000 : 80_000))
                .isBetween(from, to);
    }

    @Test
    void oneInTenWakesEarlyWhateverTheSpread() {
        int early = 0;
        after(5_000, () -> 60_000L + random.nextInt(100_000));
        for (int i = 0; i < 20_000; i++) {
            long longer = 60_000L + random.nextInt(100_000);
            early += oversleep.asleep(MILLI) + longer < MILLI ? 1 : 0;
            oversleep.learn(MILLI, MILLI + longer);
        }
        assertThat(early).isBetween(1_500, 2_500);
    }

    @Test
    void aBusyMachineTeachesNoMoreThanAFewWakeUpsTake() {
        assertThat(after(10_000, () -> 5 * MILLI)).isEqualTo(200_000);
    }

    @Test
    void whoWasWokenLearnsNothing() {
        long learned = after(200, () -> 80_000);
        assertThat(after(1_000, () -> -1)).isEqualTo(learned);
    }

    @Test
    void shortSleepsTeachNothing() {
        long learned = after(200, () -> 80_000);
        for (int i = 0; i < 1_000; i++) {
            oversleep.learn(10_000, 10_100);
        }
        assertThat(MILLI - oversleep.asleep(MILLI)).isEqualTo(learned);
    }

    @Test
    void aSleepIsNeverShorterThanWhatOneWaitsAwakeFor() {
        after(200, () -> 80_000);
        assertThat(oversleep.asleep(20_000)).isEqualTo(WakeUpDelay.AWAKE_NANOS);
    }
}
