package dev.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class TimeSourceTest {

    @Test
    void theSystemsTimeIsNanoTime() {
        long before = System.nanoTime();
        long read = TimeSource.system().nanos();
        assertThat(read - before).isNotNegative();
        assertThat(System.nanoTime() - read).isNotNegative();
    }

    @Test
    @Timeout(30)
    void theCoarseTimeGoesOnInStepsAndNeverAhead() {
        TimeSource coarse = TimeSource.coarse();
        assertThat(TimeSource.coarse()).isSameAs(coarse);
        long first = coarse.nanos();
        for (long next = coarse.nanos(); next != first; next = coarse.nanos()) {
            // Without its thread, which has yet to start, each reading is the clock's own.
            first = next;
        }
        assertThat(first - System.nanoTime()).isNotPositive();
        int readings = 0;
        long last = first;
        while (last - first < Duration.ofMillis(50).toNanos()) {
            long now = coarse.nanos();
            assertThat(now - last).isNotNegative();
            readings += now == last ? 0 : 1;
            last = now;
        }
        assertThat(readings).isBetween(1, 100);
    }
}
