package dev.ratelimit.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class ManualTimeTest {

    @Test
    void goesOnWhenItIsToldTo() {
        ManualTime time = new ManualTime();
        assertThat(time.nanos()).isZero();
        time.advance(Duration.ofMillis(3));
        time.advanceNanos(-1);
        assertThat(time.nanos()).isEqualTo(2_999_999);
        time.set(Long.MIN_VALUE);
        assertThat(time.nanos()).isEqualTo(Long.MIN_VALUE);
        assertThat(new ManualTime(7)).hasToString("ManualTime[7 ns]");
    }
}
