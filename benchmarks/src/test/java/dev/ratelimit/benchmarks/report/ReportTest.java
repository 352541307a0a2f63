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

/** The page and its pictures, out of small results. */
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
                .contains("2.0 times less than the best of the others (ratelimit 25.0, Guava 50.0 ns)")
                .contains("In no row of this run.")
                .contains("(one-budget.svg)", "(recorded)", "A <fast> processor");
        assertThat(texts("one-budget.svg"))
                .contains("ratelimit", "25.0", "Guava", "50.0", "A call that is allowed")
                .contains("floor 23.0: read the clock, one compare-and-set")
                .contains("A <fast> processor, 2 cores, Linux amd64, JDK 17.0.15, G1, 4 GB heap")
                .anySatisfy(line -> assertThat(line)
                        .startsWith(
                                "2026-11-23; error bars: 99.9 % confidence; repeat: benchmarks/run 'SingleKeyBenchmark' -prof gc"
                                        + " -f 1 -wi 4 -w 500ms -i 6 -r 500ms"));
    }

    @Test
    void whatIsSlowerIsSaidAtTheTop() throws Exception {
        String page = rendered(
                run("SingleKeyBenchmark.deny", "", 50, 49, 51), run("SingleKeyBenchmark.bucket4jDeny", "", 40, 39, 41));
        assertThat(page)
                .contains(
                        "- **A call that is refused: ours is not the best**, 1.25 times the time of Bucket4j (ratelimit 50.0,")
                .doesNotContain("In no row");
    }

    @Test
    void whatOverlapsIsCalledSo() throws Exception {
        assertThat(rendered(
                        run("SingleKeyBenchmark.deny", "", 40, 30, 50),
                        run("SingleKeyBenchmark.bucket4jDeny", "", 44, 34, 54)))
                .contains("within the error of the two");
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
                        "1.12 times the time of Resilience4j, within the error of the two (ratelimit 118, Resilience4j 105")
                .contains("A high limit: the slowest of ten thousand calls: 60.0 times less than the best of the others"
                        + " (ratelimit 1,500, Resilience4j 90.0k ns)");
        assertThat(texts("two-threads.svg"))
                .contains("A high limit: nearly all are allowed", "118", "105")
                .contains("A high limit: the slowest of ten thousand calls", "1,500", "90.0k (cut)")
                .contains("the slowest of ten thousand calls: with -bm sample -f 1 -wi 4 -w 500ms -i 6 -r 500ms")
                .filteredOn(text -> text.startsWith("floor "))
                .containsExactly("floor 80.0: ConcurrentHashMap, clock, compare-and-set");
    }

    @Test
    void whatWasOnlySampledIsNoMean() throws Exception {
        rendered(
                sampled("ContendedBenchmark.decideHighLimit", 150, 1_500),
                sampled("ContendedBenchmark.guavaHighLimit", 350, 2_500));
        assertThat(texts("two-threads.svg"))
                .contains("A high limit: the slowest of ten thousand calls", "1,500", "2,500")
                .doesNotContain("A high limit: nearly all are allowed", "150", "350")
                .anySatisfy(line -> assertThat(line).contains("JDK 17.0.15"));
    }

    @Test
    void withoutSamplesNothingIsSaidOfThem() throws Exception {
        rendered(run("ContendedBenchmark.decideHighLimit", "", 118, 110, 126));
        assertThat(texts("two-threads.svg"))
                .noneSatisfy(text -> assertThat(text).contains("slowest"));
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
                .contains("Redis, one hot key, 256 callers: 20.00 times the best of the others")
                .contains("1,000 keys: 0.67 times the time of");
        assertThat(texts("quotas-redis-hot.svg"))
                .contains("ratelimit  140k", "Bucket4j  7,000", "callers at the same time");
        assertThat(texts("over-keys.svg")).contains("ConcurrentHashMap  60.0", "with -p keys=1000");
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
                .contains("1 caller: 1.50 times the best of the others (ratelimit 4,500, Bucket4j 3,000 calls/s);"
                        + " 1.5 times Bucket4j without batching\n")
                .contains("64 callers: ours is not the best**, 0.82 times the best of the others"
                        + " (ratelimit 82.0k, Bucket4j, batching 100k calls/s); 41 times Bucket4j without batching\n")
                .contains("a key each, 64 callers: 1.15 times the best of the others (ratelimit 9,200, Bucket4j 8,000"
                        + " calls/s)\n");
    }

    @Test
    void whatIsLeasedIsComparedWithWhatIsDelayedAndWithWhatNeverExceeds() throws Exception {
        String page = rendered(
                run("QuotaCallers.ratelimitRedisHot", "64", 140_000, 139_000, 141_000),
                run("QuotaCallers.bucket4jRedisHot", "64", 7_000, 6_900, 7_100),
                run("QuotaCallers.bucket4jBatchingRedisHot", "64", 100_000, 99_000, 101_000),
                run("QuotaCallers.ratelimitLeasesRedisHot", "64", 6_000_000, 5_900_000, 6_100_000),
                run("QuotaCallers.bucket4jDelayingRedisHot", "64", 3_000_000, 2_900_000, 3_100_000));
        assertThat(page)
                .contains("Redis, one hot key, 64 callers: 1.40 times the best of the others")
                .contains("Redis, one hot key, leased or delayed, 64 callers: 2.00 times the best of the others")
                .contains("60 times the best of the others that never exceed")
                .contains("so that several processes may exceed the limit");
        assertThat(texts("quotas-redis-hot.svg"))
                .anySatisfy(line -> assertThat(line).startsWith("ratelimit, leases"));
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
        assertThat(page).contains("10.6 times less", "(waiting.svg)", "(over-waiters.svg)", "(cache.svg)");
        assertThat(texts("waiting.svg")).contains("ratelimit, async");
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
        assertThat(Numbers.marks(47)).containsExactly(0.0, 10.0, 20.0, 30.0, 40.0, 50.0);
        assertThat(Numbers.marks(2.1)).startsWith(0.0, 0.5).hasSize(6);
        assertThatThrownBy(() -> Axis.over(java.util.stream.DoubleStream.of(0, 1)))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
