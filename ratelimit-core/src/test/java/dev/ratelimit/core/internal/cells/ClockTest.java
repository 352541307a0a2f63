package dev.ratelimit.core.internal.cells;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.TimeSource;
import org.junit.jupiter.api.Test;

/** The clock reads the time source that it is given, and knows the system's. */
class ClockTest {

    @Test
    void anySourceIsReadOnce() {
        long[] readings = {0};
        assertThat(Clock.read(() -> ++readings[0])).isEqualTo(1);
        assertThat(readings[0]).isEqualTo(1);
    }

    @Test
    void theSystemsTimeIsThatOfTheSystemsSource() {
        TimeSource system = TimeSource.system();
        long before = system.nanos();
        long reading = Clock.read(system);
        long after = system.nanos();
        assertThat(reading - before).isNotNegative();
        assertThat(after - reading).isNotNegative();
    }
}
