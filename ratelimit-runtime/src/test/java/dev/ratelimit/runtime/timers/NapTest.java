package dev.ratelimit.runtime.timers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.TimeSource;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NapTest {

    private static final TimeSource OWN = () -> 0;

    @ParameterizedTest(name = "{0} ns left")
    @CsvSource({"1", "99999", "1000000000000", "9223372036854775807"})
    void theSystemsInstantsAreSleptUpTo(long left) {
        assertThat(SleepBound.nanos(TimeSource.system(), left, 9)).isEqualTo(left);
    }

    @ParameterizedTest(name = "{0} ns left after {1} stalls: {2} ns")
    @CsvSource({
        "5000000, 0, 5000000",
        "1, 0, 100000",
        "1, 1, 200000",
        "300000, 1, 300000",
        "300000, 2, 400000",
        "1, 7, 12800000",
        "1, 8, 12800000",
        "1, 2147483647, 12800000",
        "1000000000, 0, 1000000000",
        "3600000000000, 0, 1000000000",
        "9223372036854775807, 3, 1000000000"
    })
    void anotherSourceIsLookedAtAgainBetween100MicrosecondsAndASecond(long left, int stalls, long nap) {
        assertThat(SleepBound.nanos(OWN, left, stalls)).isEqualTo(nap);
    }
}
