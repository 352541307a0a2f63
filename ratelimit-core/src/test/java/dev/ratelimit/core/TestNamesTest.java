package dev.ratelimit.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Each class of the core that has logic has a test of its name in its package: a reader finds it without a search. */
class TestNamesTest {

    /** Interfaces, and records and constants with a line or two, are shorter. */
    private static final int MAX_LINES_WITHOUT_A_TEST = 12;

    /** In these packages, small classes are parts of one algorithm, and are tested as a whole. */
    private static final Map<String, Integer> MAX_LINES_OF_PARTS =
            Map.of("internal/queue", 60, "internal/concurrency", 60);

    /** Classes without a test of their name, and the tests that drive them. */
    private static final Map<String, String> EXCEPTIONS = Map.ofEntries(
            Map.entry("internal/cells/Charges", "CellTableTest and CellTableLincheckTest: it charges the table's keys"),
            Map.entry("internal/limit/Changes", "ChargeTest, CalledBlackoutTest: through a limiter"),
            Map.entry("internal/queue/NewRequest", "WaitingPropertyTest, WaitingRoomTest: it joins the queue or not"),
            Map.entry("internal/queue/Turns", "ShapingTest, WaitingPropertyTest: which turn comes when"),
            Map.entry("internal/queue/WaitQueue", "WaitingPropertyTest compares it with WaitingModel"),
            Map.entry("internal/queue/WaitQueues", "MixedWaitingPropertyTest, and WaitingRaceTest with threads"),
            Map.entry("internal/queue/PendingReservations", "LaterReservationPropertyTest, ReservationsInQueuesTest"),
            Map.entry("internal/queue/Forecast", "ForecastsOfWaitingCallsTest"),
            Map.entry("internal/queue/AfterUnlock", "WaitingRaceTest: it acts after the lock of a stripe"),
            Map.entry("internal/queue/Stripe", "WaitingRaceTest, BlockingCallsIT: the queues of a share of the keys"),
            Map.entry("internal/queue/TurnAlarm", "ShapingTest: each turn comes by it"),
            Map.entry("internal/concurrency/Stripe", "SlotsPropertyTest compares it with SlotsModel"),
            Map.entry("internal/concurrency/LeaseTimeouts", "SlotsHoldTest: when slots are taken back"),
            Map.entry(
                    "internal/concurrency/AfterUnlock",
                    "SlotsMemoryFailureTest, SlotsStackTest: it acts after the lock"),
            Map.entry("internal/concurrency/WaitingCall", "SlotsLaterTest: calls that wait without a thread"));

    private static final Pattern COMMENT = Pattern.compile("/\\*.*?\\*/|//[^\n]*", Pattern.DOTALL);
    private static final Pattern NO_CODE = Pattern.compile("\\s*((import|package) .*|@\\w+(\\(.*\\))?)?\\s*");
    private static final Pattern KIND = Pattern.compile("(Property|Lincheck|Race)?(Test|IT)");

    private static final Path MODULE =
            Files.exists(Path.of("ratelimit-core")) ? Path.of("ratelimit-core") : Path.of("");
    private static final Path MAIN = MODULE.resolve("src/main/java/dev/ratelimit/core");
    private static final Path TESTS = MODULE.resolve("src/test/java/dev/ratelimit/core");

    @Test
    void eachClassWithLogicHasATestOfItsName() throws IOException {
        Map<String, Integer> lines = linesOfCode();
        assertThat(lines).as("classes of %s", MAIN.toAbsolutePath()).containsKey("internal/cells/Gcra");
        assertThat(untested(lines, tests()))
                .as("classes without a test of their name: write it, or name the tests that drive them in EXCEPTIONS")
                .isEqualTo(new TreeSet<>(EXCEPTIONS.keySet()));
    }

    @Test
    void aMissingTestIsFound() {
        Map<String, Integer> lines = Map.of("Limiters", 60, "internal/cells/Cell", 13, "internal/cells/Clock", 12);
        assertThat(untested(lines, Set.of("LimitersTest", "CellTest", "internal/cells/CellTableTest")))
                .containsExactly("internal/cells/Cell");
        assertThat(untested(lines, Set.of("LimitersIT", "internal/cells/CellPropertyTest")))
                .isEmpty();
    }

    @Test
    void commentsImportsAndAnnotationsAreNoCode() {
        String source = """
                package p;

                import java.util.List;

                /**
                 * A class.
                 */
                @SuppressWarnings("unused")
                final class C {
                    // A field.
                    private int field; // one
                    /* none */
                }
                """;
        assertThat(linesOf(source)).isEqualTo(3);
    }

    private static Set<String> untested(Map<String, Integer> lines, Set<String> tests) {
        Predicate<String> isTested = name -> tests.stream()
                .anyMatch(test -> test.startsWith(name)
                        && KIND.matcher(test.substring(name.length())).matches());
        return lines.entrySet().stream()
                .filter(entry -> entry.getValue()
                        > MAX_LINES_OF_PARTS.getOrDefault(packageOf(entry.getKey()), MAX_LINES_WITHOUT_A_TEST))
                .map(Map.Entry::getKey)
                .filter(isTested.negate())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static String packageOf(String name) {
        return name.substring(0, Math.max(0, name.lastIndexOf('/')));
    }

    private static Map<String, Integer> linesOfCode() throws IOException {
        Map<String, Integer> lines = new TreeMap<>();
        for (Path file : sources(MAIN)) {
            lines.put(name(MAIN, file), linesOf(Files.readString(file)));
        }
        return lines;
    }

    private static int linesOf(String source) {
        return (int) COMMENT.matcher(source)
                .replaceAll("")
                .lines()
                .filter(line -> !NO_CODE.matcher(line).matches())
                .count();
    }

    private static Set<String> tests() throws IOException {
        return sources(TESTS).stream().map(file -> name(TESTS, file)).collect(Collectors.toSet());
    }

    private static List<Path> sources(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(file -> file.toString().endsWith(".java"))
                    .filter(file -> !file.endsWith("package-info.java"))
                    .toList();
        }
    }

    /** The name of a class below the package of the core, such as {@code internal/cells/Cell}. */
    private static String name(Path folder, Path file) {
        return folder.relativize(file).toString().replace('\\', '/').replaceFirst("\\.java$", "");
    }
}
