package dev.ratelimit.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What is called slower, faster and noise, of results that come from the base and the change by turns. */
class CompareTest {

    private static Results results(String mode, double score) {
        Results results = new Results();
        results.add(String.format(
                Locale.ROOT,
                "[ { \"benchmark\" : \"a.B.c\", \"mode\" : \"%s\", \"primaryMetric\" : { \"score\" : %s, \"scoreUnit\" : \"ns/op\" } } ]",
                mode,
                score));
        return results;
    }

    private static Compare.Change change(String mode, double... scores) {
        List<Results> rounds = java.util.Arrays.stream(scores)
                .mapToObj(score -> results(mode, score))
                .toList();
        assertThat(Compare.changes(rounds)).hasSize(1);
        return Compare.changes(rounds).get(0);
    }

    @Test
    void whatIsSlowerInEveryRoundAndByMoreThanALittleIsSlower() {
        Compare.Change change = change("avgt", 20, 26, 40, 50, 20, 24);
        assertThat(change.isSlower()).isTrue();
        assertThat(change.row()).contains("B.c", "20.00", "26.00", "1.250 (1.200 to 1.300)", "SLOWER");
    }

    @Test
    void oneRoundThatWasNotSlowerMakesItNoise() {
        assertThat(change("avgt", 20, 26, 40, 39, 20, 26).row()).endsWith("within noise");
    }

    @Test
    void aLittleIsNoiseEvenInEveryRound() {
        assertThat(change("avgt", 100, 102, 100, 103, 100, 104).row()).endsWith("within noise");
    }

    @Test
    void fasterIsSaid() {
        assertThat(change("avgt", 20, 10, 20, 11).row()).endsWith("faster");
    }

    @Test
    void fewerCallsASecondAreSlower() {
        assertThat(change("thrpt", 60, 40, 60, 45).isSlower()).isTrue();
    }

    @Test
    void whatOnlyOneOfTheTwoHasIsLeftOut() {
        Results other = new Results();
        other.add("[ { \"benchmark\" : \"a.B.d\", \"primaryMetric\" : { \"score\" : 1.0 } } ]");
        assertThat(Compare.changes(Stream.of(results("avgt", 1), other).toList()))
                .isEmpty();
    }
}
