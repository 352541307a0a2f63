package dev.ratelimit.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What our own programs write is read as JMH's results are. */
class RecordedTest {

    @Test
    void isReadBack() {
        Recorded recorded = new Recorded();
        recorded.add("WaitersBenchmark.guava", "late50", "us", 3, 1, 2);
        recorded.add("CellFootprint.guava", "", "bytes/key", 256.5);
        Results results = new Results();
        results.add(recorded.json());
        assertThat(results.names()).containsExactly("WaitersBenchmark.guava/late50", "CellFootprint.guava");
        assertThat(results.interval("WaitersBenchmark.guava/late50")).isEqualTo(new Results.Interval(2, 1, 3));
        assertThat(results.interval("CellFootprint.guava").score()).isEqualTo(256.5);
        assertThat(results.fact("CellFootprint.guava", "jdkVersion")).isEqualTo(System.getProperty("java.version"));
        assertThat(results.interval("CellFootprint.other").isMeasured()).isFalse();
        assertThat(results.fact("CellFootprint.other", "jdkVersion")).isEmpty();
    }

    @Test
    void latenessIsCountedFromTheFirst() {
        assertThat(WaitersBenchmark.lateness(new long[] {5_000_000, 6_000_300, 7_000_100}, 1_000))
                .containsExactly(100, 300);
    }
}
