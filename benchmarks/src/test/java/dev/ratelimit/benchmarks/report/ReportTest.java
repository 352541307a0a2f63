package dev.ratelimit.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

/** The page and its pictures, from small results. */
class ReportTest {

    @TempDir
    Path folder;

    private Path raw;

    @BeforeEach
    void environment() throws Exception {
        raw = Files.createDirectory(folder.resolve("recorded"));
        Files.writeString(raw.resolve("environment.txt"), """
                date: 2026-11-23
                command: benchmarks/all
                commit: abc1234
                cpu: A <fast> processor
                cores: 2
                os: Linux amd64
                jdk: OpenJDK 17
                version.ratelimit: 0.1.0
                version.guava: 33.8.0-jre
                """);
    }

    private static String run(String benchmark, String param, double score, double low, double high) {
        return String.format(
                Locale.ROOT,
                """
                { "benchmark" : "dev.ratelimit.benchmarks.%s", "jdkVersion" : "17.0.15", "forks" : 1, "rounds" : 3, %s
                  "warmupIterations" : 4, "warmupTime" : "500 ms", "measurementIterations" : 6, "measurementTime" : "500 ms",
                  "primaryMetric" : { "score" : %s, "scoreConfidence" : [ %s, %s ], "scoreUnit" : "ns/op" },
                  "secondaryMetrics" : { "gc.alloc.rate.norm" : { "score" : 0.004 } } }""",
                benchmark,
                param.isEmpty() ? "" : "\"params\" : { \"p\" : \"" + param + "\" },",
                score,
                low,
                high);
    }

    /** A run that timed single calls, with the mean and what 9,999 of ten thousand took at most. */
    private static String sampled(String benchmark, double mean, double slowest) {
        String mode = "\"mode\" : \"sample\",";
        String percentiles =
                String.format(Locale.ROOT, "\"scorePercentiles\" : { \"99.9\" : %s, \"99.99\" : %s },", mean, slowest);
        return run(benchmark, "", mean, mean, mean)
                .replaceFirst("\\{", "{ " + mode)
                .replaceFirst("\"primaryMetric\" : \\{", "\"primaryMetric\" : { " + percentiles);
    }

    private String rendered(String... runs) throws Exception {
        Files.writeString(raw.resolve("results.json"), "[" + String.join(",", runs) + "]");
        Report.render(raw, folder);
        return Files.readString(folder.resolve("README.md"));
    }

    private List<String> texts(String picture) throws Exception {
        Document document = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new InputSource(new StringReader(Files.readString(folder.resolve(picture)))));
        NodeList texts = document.getElementsByTagName("text");
        return java.util.stream.IntStream.range(0, texts.getLength())
                .mapToObj(i -> texts.item(i).getTextContent())
                .toList();
    }

    @Test
    void ratiosFloorsAndTheWayToRepeatAreThere() throws Exception {
        String page = rendered(
                run("SingleKeyBenchmark.allow", "", 25, 24, 26),
                run("SingleKeyBenchmark.guava", "", 50, 49, 51),
                run("SingleKeyBenchmark.floorClockAndCas", "", 23, 22, 24));
        assertThat(page)
                .contains("An allowed call: ratelimit 25.0 ns; 0.50x Guava, the best of the others (50.0 ns);"
                        + " 1.09x the floor (a clock read plus a CAS)\n")
                .contains("In no row of this run.")
                .contains("(one-budget.svg)", "(recorded)", "A <fast> processor");
        assertThat(texts("one-budget.svg"))
                .contains("ratelimit", "25.0 ns", "Guava", "50.0 ns", "An allowed call")
                .contains("floor 23.0 ns: a clock read plus a CAS")
                .contains("A <fast> processor, 2 cores, Linux amd64, JDK 17.0.15, G1, 4 GB heap")
                .contains("2026-11-23; error bars: 99.9 % confidence")
                .contains("repeat: benchmarks/run 'SingleKeyBenchmark' -prof gc -f 1 -wi 4 -w 500ms -i 6 -r 500ms");
    }

    @Test
    void whatIsSlowerIsSaidAtTheTop() throws Exception {
        String page = rendered(
                run("SingleKeyBenchmark.deny", "", 50, 49, 51), run("SingleKeyBenchmark.bucket4jDeny", "", 40, 39, 41));
        assertThat(page)
                .contains(
                        "- **A refused call: another library is better.** ratelimit 50.0 ns; 1.25x Bucket4j, the best of the"
                                + " others (40.0 ns)")
                .doesNotContain("In no row");
    }

    @Test
    void whatOverlapsIsCalledSo() throws Exception {
        assertThat(rendered(
                        run("SingleKeyBenchmark.deny", "", 40, 30, 50),
                        run("SingleKeyBenchmark.bucket4jDeny", "", 44, 34, 54)))
                .contains("; the error bars overlap");
    }

    @Test
    void anErrorAsLargeAsTheValueIsANumberAndNoBar() throws Exception {
        rendered(run("SingleKeyBenchmark.deny", "", 40, 30, 50), run("SingleKeyBenchmark.guavaDeny", "", 50, -1, 101));
        assertThat(texts("one-budget.svg")).contains("40.0 ns", "50.0 ns ± 102 %");
        // The error bar of the first has a line and two ends; the ink of the axis is another.
        assertThat(Files.readString(folder.resolve("one-budget.svg")).split("stroke=\"" + Svg.INK, -1))
                .hasSize(1 + 3);
    }

    @Test
    void aChapterWithoutResultsIsLeftOut() throws Exception {
        assertThat(rendered(run("SingleKeyBenchmark.deny", "", 40, 30, 50)))
                .contains("## One budget", "## Settings of the other libraries", "| Guava 33.8.0-jre |")
                .doesNotContain("## Known keys", "## Waiting", "{");
    }

    @Test
    void theSlowestOfTenThousandCallsStandsBesideTheMean() throws Exception {
        String page = rendered(
                sampled("ContendedBenchmark.decideHighLimit", 150, 1_500),
                sampled("ContendedBenchmark.resilience4jHighLimit", 130, 90_000),
                run("ContendedBenchmark.decideHighLimit", "", 118, 110, 126),
                run("ContendedBenchmark.resilience4jHighLimit", "", 105, 100, 110),
                run("ContendedBenchmark.floorHighLimit", "", 80, 79, 81));
        assertThat(page)
                .contains(
                        "ratelimit 118 ns; 1.12x Resilience4j, the best of the others (105 ns); the error bars overlap")
                .contains(
                        "A high limit: 99.99th percentile of the calls: ratelimit 1.50 µs; 0.017x Resilience4j, the best of the"
                                + " others (90.0 µs)");
        assertThat(texts("two-threads.svg"))
                .contains("A high limit: nearly all are allowed", "118 ns", "105 ns")
                .contains("A high limit: 99.99th percentile of the calls", "1.50 µs", "90.0 µs (cut)")
                .contains("99.99th percentile: with -bm sample -f 1 -wi 4 -w 500ms -i 6 -r 500ms")
                .filteredOn(text -> text.startsWith("floor "))
                .containsExactly("floor 80.0 ns: a ConcurrentHashMap lookup, a clock read and a CAS");
    }

    @Test
    void whatWasOnlySampledIsNoMean() throws Exception {
        rendered(
                sampled("ContendedBenchmark.decideHighLimit", 150, 1_500),
                sampled("ContendedBenchmark.guavaHighLimit", 350, 2_500));
        assertThat(texts("two-threads.svg"))
                .contains("A high limit: 99.99th percentile of the calls", "1.50 µs", "2.50 µs")
                .doesNotContain("A high limit: nearly all are allowed", "150 ns", "350 ns")
                .anySatisfy(line -> assertThat(line).contains("JDK 17.0.15"));
    }

    @Test
    void withoutSamplesNothingIsSaidOfThem() throws Exception {
        rendered(run("ContendedBenchmark.decideHighLimit", "", 118, 110, 126));
        assertThat(texts("two-threads.svg"))
                .noneSatisfy(text -> assertThat(text).contains("99.99th"));
    }

    @Test
    void linesOfQuotasAndKeysHaveAPointForEachCount() throws Exception {
        String page = rendered(
                run("QuotaCallers.ratelimitRedisHot", "1", 9_000, 8_000, 10_000),
                run("QuotaCallers.ratelimitRedisHot", "256", 140_000, 130_000, 150_000),
                run("QuotaCallers.bucket4jRedisHot", "1", 5_000, 4_000, 6_000),
                run("QuotaCallers.bucket4jRedisHot", "256", 7_000, 6_000, 8_000),
                run("TenMillionKeysBenchmark.decide", "1000", 40, 39, 41),
                run("TenMillionKeysBenchmark.floorMap", "1000", 60, 59, 61));
        assertThat(page)
                .contains(
                        "Redis, one hot key, 256 callers: ratelimit 140k calls/s; 20.0x Bucket4j, the best of the others")
                .contains("1,000 keys: 40.0 ns; 0.67x a bare `ConcurrentHashMap` lookup (60.0 ns)");
        assertThat(texts("quotas-redis-hot.svg"))
                .contains("ratelimit  140k", "Bucket4j  7,000", "callers at the same time");
        assertThat(texts("over-keys.svg")).contains("ConcurrentHashMap  60.0 ns", "with -p keys=1000");
    }

    @Test
    void besideBatchingThePlainOneIsTold() throws Exception {
        String page = rendered(
                run("QuotaCallers.ratelimitPostgreSQLHot", "1", 4_500, 4_400, 4_600),
                run("QuotaCallers.ratelimitPostgreSQLHot", "64", 82_000, 80_000, 84_000),
                run("QuotaCallers.bucket4jPostgreSQLHot", "1", 3_000, 2_900, 3_100),
                run("QuotaCallers.bucket4jPostgreSQLHot", "64", 2_000, 1_900, 2_100),
                run("QuotaCallers.bucket4jBatchingPostgreSQLHot", "1", 2_900, 2_800, 3_000),
                run("QuotaCallers.bucket4jBatchingPostgreSQLHot", "64", 100_000, 99_000, 101_000),
                run("QuotaCallers.ratelimitPostgreSQLApart", "64", 9_200, 9_100, 9_300),
                run("QuotaCallers.bucket4jPostgreSQLApart", "64", 8_000, 7_900, 8_100));
        assertThat(page)
                .contains("1 caller: ratelimit 4,500 calls/s; 1.50x Bucket4j, the best of the others (3,000 calls/s);"
                        + " 1.50x Bucket4j without batching\n")
                .contains(
                        "64 callers: another library is better.** ratelimit 82.0k calls/s; 0.82x Bucket4j (batching), the best of"
                                + " the others (100k calls/s); 41.0x Bucket4j without batching\n")
                .contains(
                        "one key for each caller, 64 callers: ratelimit 9,200 calls/s; 1.15x Bucket4j, the best of the others"
                                + " (8,000 calls/s)\n");
    }

    @Test
    void whatIsLeasedIsComparedWithWhatIsDelayedAndWithWhatNeverExceeds() throws Exception {
        String page = rendered(
                run("QuotaCallers.ratelimitRedisHot", "64", 140_000, 139_000, 141_000),
                run("QuotaCallers.bucket4jRedisHot", "64", 7_000, 6_900, 7_100),
                run("QuotaCallers.bucket4jBatchingRedisHot", "64", 100_000, 99_000, 101_000),
                run("QuotaCallers.ratelimitPrefetchRedisHot", "64", 6_000_000, 5_900_000, 6_100_000),
                run("QuotaCallers.bucket4jDelayingRedisHot", "64", 3_000_000, 2_900_000, 3_100_000));
        assertThat(page)
                .contains("Redis, one hot key, 64 callers: ratelimit 140k calls/s; 1.40x Bucket4j (batching)")
                .contains(
                        "Redis, one hot key, prefetching against delaying, 64 callers: ratelimit (prefetching) 6.00M calls/s; 2.00x")
                .contains("60.0x the best of the others that never exceed the limit")
                .contains("so that several processes may exceed the limit");
        assertThat(texts("quotas-redis-hot.svg"))
                .anySatisfy(line -> assertThat(line).startsWith("ratelimit (prefetching)"));
    }

    @Test
    void memoryWaitingAndTheCacheAreTakenIn() throws Exception {
        String page = rendered(
                run("CellFootprint.ratelimit", "", 24.05, 24.05, 24.05),
                run("CellFootprint.guava", "", 256, 256, 256),
                run("WaitersBenchmark.async", "late50", 90, 80, 100),
                run("WaitersBenchmark.guava", "late50", 95, 80, 100),
                run("WaitersComplexity.begin", "1", 200, 190, 210),
                run("ResponseCacheBenchmark.hit", "", 60, 59, 61),
                run("ResponseCacheBenchmark.floorCaffeine", "", 40, 39, 41));
        assertThat(page)
                .contains("ratelimit 24.1 bytes; 0.094x Guava", "(waiting.svg)", "(over-waiters.svg)", "(cache.svg)");
        assertThat(texts("waiting.svg")).contains("ratelimit (async)");
    }

    @Test
    void aFooterNamesTheLibrariesOfItsPicture() throws Exception {
        rendered(run("SingleKeyBenchmark.allow", "", 25, 24, 26), run("SingleKeyBenchmark.guava", "", 50, 49, 51));
        assertThat(texts("one-budget.svg")).contains("ratelimit 0.1.0 (abc1234), Guava 33.8.0-jre");
    }

    @Test
    void handWrittenPagesAreLinked() throws Exception {
        Files.writeString(folder.resolve("quotas.md"), "# Quotas, measured\n");
        assertThat(rendered(run("SingleKeyBenchmark.deny", "", 50, 49, 51)))
                .contains("- [Quotas, measured](quotas.md)");
    }

    @Test
    void badInputIsOneClearError() throws Exception {
        Files.writeString(raw.resolve("results.json"), "[ { \"benchmark\" : ");
        assertThatThrownBy(() -> Report.render(raw, folder))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("results.json is not a result of JMH");
        Files.writeString(raw.resolve("results.json"), "[]");
        assertThatThrownBy(() -> Report.render(raw, folder)).hasMessageContaining("nothing that the report shows");
        Files.writeString(raw.resolve("environment.txt"), "date: today\n");
        assertThatThrownBy(() -> Report.render(raw, folder)).hasMessageContaining("does not say the command");
        Files.delete(raw.resolve("environment.txt"));
        assertThatThrownBy(() -> Report.render(raw, folder)).hasMessageContaining("benchmarks/all makes it");
    }

    @Test
    void numbersAreBriefAndMarksRound() {
        assertThat(List.of(0.004, 0.3, 24.05, 256.0, 9_994.0, 141_307.0, 1_250_000.0).stream()
                        .map(Numbers::brief))
                .containsExactly("0", "0.30", "24.1", "256", "9,994", "141k", "1.25M");
        assertThat(List.of(999.0, 1_500.0, 42_310.0, 2_000_000.0).stream().map(value -> Numbers.with(value, "ns")))
                .containsExactly("999 ns", "1.50 µs", "42.3 µs", "2.00 ms");
        assertThat(List.of(0.0, 20.0, 10_000.0).stream().map(value -> Numbers.mark(value, "ns")))
                .containsExactly("0", "20 ns", "10 µs");
        assertThat(Numbers.marks(47)).containsExactly(0.0, 10.0, 20.0, 30.0, 40.0, 50.0);
        assertThat(Numbers.marks(2.1)).startsWith(0.0, 0.5).hasSize(6);
        assertThatThrownBy(() -> Axis.over(java.util.stream.DoubleStream.of(0, 1)))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
