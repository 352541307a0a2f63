package dev.ratelimit.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class LatenessTest {

    @Test
    void saysHowLateHalfAndNearlyAllWere() {
        Lateness lateness = new Lateness(1_000);
        for (int i = 0; i < 1_000; i++) {
            lateness.note(i, (1_000 - i) * 1_000L);
        }
        assertThat(lateness.line("those"))
                .startsWith("those ")
                .contains("early: 0, late by us: p50  500.0, p99   990.0, p99.9   999.0, max  1000.0; cpu us each:");
    }

    @Test
    void anEarlyOneFailsTheMeasurement() {
        Lateness lateness = new Lateness(3);
        lateness.note(1, -1);
        assertThatThrownBy(() -> lateness.line("those"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("not a valid measurement: those: 1 departures were early");
    }
}
