package dev.ratelimit.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

/** The table of figures, from results as JMH writes them. */
class RatiosTest {

    private static String run(String benchmark, String params, double score, String unit, double bytes) {
        return """
                { "jmhVersion" : "1.37", "benchmark" : "dev.ratelimit.benchmarks.%s", "mode" : "avgt",
                  "jvmArgs" : [ "-Xms4g", "-Da=\\"b\\"" ], "forks" : 1, %s
                  "primaryMetric" : { "score" : %s, "scoreError" : "NaN", "scoreConfidence" : [ "NaN", 2.5E-4 ],
                    "scorePercentiles" : { "0.0" : 3.1 }, "scoreUnit" : "%s", "rawData" : [ [ 1.0 ], [] ] },
                  "secondaryMetrics" : { "gc.alloc.rate.norm" : { "score" : %s, "scoreUnit" : "B/op" }, "gc" : { } } }
                """.formatted(benchmark, params, score, unit, bytes);
    }

    private static List<Ratios.Figure> figures(String... runs) {
        Results results = new Results();
        results.add("[\n" + String.join(",\n", runs) + "\n]\n");
        return Ratios.figures(results).stream()
                .filter(Ratios.Figure::isMeasured)
                .toList();
    }

    @Test
    void comparesWithTheFloorAndTheBound() {
        assertThat(figures(
                        run("SingleKeyBenchmark.deny", "", 30, "ns/op", 16),
                        run("SingleKeyBenchmark.floorClock", "", 20, "ns/op", 1e-6)))
                .satisfiesExactly(
                        time -> {
                            assertThat(time.value()).isEqualTo(1.5);
                            assertThat(time.holds()).isFalse();
                            assertThat(time.row()).contains("SingleKey.deny / floorClock", "1.50", "<= 1.15", "MISSED");
                        },
                        bytes -> assertThat(bytes.holds()).isFalse());
    }

    @Test
    void tellsParametersApart() {
        String million = "\"params\" : { \"keys\" : \"1000000\" },";
        assertThat(figures(
                        run("ManyKeysBenchmark.decide", million, 80, "ns/op", 0),
                        run("ManyKeysBenchmark.floorMap", million, 100, "ns/op", 0),
                        run("ManyKeysBenchmark.floorMap", "\"params\" : { \"keys\" : \"1\" },", 10, "ns/op", 0)))
                .first()
                .satisfies(figure -> {
                    assertThat(figure.value()).isEqualTo(0.8);
                    assertThat(figure.holds()).isTrue();
                });
    }

    @Test
    void anAnswerOfTheCacheMayBeAnObject() {
        String floor = run("ResponseCacheBenchmark.floorCaffeine", "", 30, "ns/op", 0);
        assertThat(figures(run("ResponseCacheBenchmark.hit", "", 36, "ns/op", 32), floor))
                .satisfiesExactly(
                        time -> {
                            assertThat(time.value()).isEqualTo(1.2);
                            assertThat(time.row()).contains("ResponseCache.hit / floorCaffeine", "<= 1.30", "holds");
                        },
                        bytes -> assertThat(bytes.holds()).isTrue());
        assertThat(figures(run("ResponseCacheBenchmark.hit", "", 40, "ns/op", 40), floor))
                .noneMatch(Ratios.Figure::holds);
    }

    @Test
    void scalingMustBeAtLeastItsBound() {
        assertThat(figures(
                        run("HotKeyThreadsBenchmark.oneThread", "", 40, "ops/us", 0),
                        run("HotKeyThreadsBenchmark.twoThreads", "", 60, "ops/us", 0)))
                .singleElement()
                .satisfies(figure -> assertThat(figure.holds()).isFalse());
    }

    @Test
    void aDisturbedFloorProvesNothing() {
        String floor = run("SingleKeyBenchmark.floorClock", "", 160, "ns/op", 0)
                .replace("\"scoreError\" : \"NaN\"", "\"scoreError\" : 80.0");
        assertThat(figures(run("SingleKeyBenchmark.deny", "", 30, "ns/op", 0), floor))
                .first()
                .satisfies(figure -> {
                    assertThat(figure.holds()).isFalse();
                    assertThat(figure.row()).contains("TOO NOISY: +- 50 %");
                });
    }

    @Test
    void refusesWhatItCannotCompare() {
        assertThatThrownBy(() -> figures(run("SingleKeyBenchmark.deny", "", 30, "us/op", 0)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("us/op");
        assertThatThrownBy(() -> figures("{ \"benchmark\" : ")).isInstanceOf(IllegalArgumentException.class);
    }
}
