package dev.ratelimit.examples.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The warm-up ends when throughput no longer grows, and the load follows from what the machine serves. */
class WarmUpTest {

    @Test
    void throughputIsSteadyWhenItNoLongerGrows() {
        assertThat(WarmUp.isSteady(List.of())).isFalse();
        assertThat(WarmUp.isSteady(List.of(100.0, 100.0, 100.0, 100.0, 100.0))).isFalse();
        assertThat(WarmUp.isSteady(List.of(100.0, 100.0, 100.0, 100.0, 100.0, 100.0)))
                .isTrue();
        assertThat(WarmUp.isSteady(List.of(100.0, 200.0, 300.0, 400.0, 500.0, 600.0)))
                .isFalse();
        assertThat(WarmUp.isSteady(List.of(1.0, 300.0, 500.0, 600.0, 590.0, 610.0, 605.0, 600.0)))
                .isTrue();
    }

    @ParameterizedTest
    @CsvSource({"1000000, 100", "11250, 100", "11000, 90", "5700, 50", "3000, 20", "1, 20", "0, 20"})
    void loadIsWhatTheMachineServesWithEase(double served, int percent) {
        assertThat(WarmUp.scaleFor(served, 4_500).percent()).isEqualTo(percent);
    }
}
