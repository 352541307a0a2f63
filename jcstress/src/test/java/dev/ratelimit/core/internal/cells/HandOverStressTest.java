package dev.ratelimit.core.internal.cells;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.infra.Status;
import org.openjdk.jcstress.infra.collectors.TestResult;
import org.openjdk.jcstress.infra.grading.GradingResult;
import org.openjdk.jcstress.infra.runners.TestList;

/** Every race comes out as some order of its parties would; those of the broken twin do not. */
class HandOverStressTest {

    private static final String CELLS = "dev.ratelimit.core.internal.cells.";
    private static final String KEYS = "dev.ratelimit.runtime.keys.";
    private static final String WAITING = "dev.ratelimit.runtime.timers.";
    private static final String LEASES = "dev.ratelimit.core.internal.concurrency.";

    private static final Set<String> REAL = Set.of(
            CELLS + "HandOverStress.TwoKeys",
            CELLS + "HandOverStress.TwoKeysElsewhere",
            CELLS + "HandOverStress.ThreeKeys",
            CELLS + "HandOverStress.TwiceOver",
            CELLS + "HandOverStress.ThereAndBack",
            CELLS + "HandOverStress.Peek",
            CELLS + "HandOverStress.DeepInDebt",
            CELLS + "InsertStress.FreePlaces",
            CELLS + "InsertStress.HeldPlace",
            CELLS + "RefundStress.OfSome",
            CELLS + "RefundStress.OfTheLast",
            CELLS + "RefundStress.OfTheEvicted",
            CELLS + "SingleCellStress",
            KEYS + "HashMemoStress",
            WAITING + "DepartureStress.Cancel",
            WAITING + "DepartureStress.TwoGiveUp",
            WAITING + "TimerStress",
            LEASES + "LeaseStress.CloseTwice",
            LEASES + "LeaseStress.CloseAndEnter",
            LEASES + "LeaseStress.CloseAndTakeBack",
            LEASES + "LeaseStress.CloseAndTimeOut",
            LEASES + "LeaseStress.CloseAndCancel");

    private static final Set<String> BROKEN = Set.of(
            CELLS + "BrokenHandOverStress.TwoKeys",
            CELLS + "BrokenHandOverStress.HeldPlace",
            WAITING + "BrokenDepartureStress",
            LEASES + "BrokenLeaseStress.CloseTwice",
            LEASES + "BrokenLeaseStress.EnterTwice");

    /**
     * One way to compile, instead of dozens, and as it is in production by the time that counts. JDK 17 makes it two
     * configurations all the same, with and without biased locking. Few states at a time stay in the caches, and take
     * jcstress little time to try out first.
     */
    private static final List<String> SHORT = brief(300);

    /** For tests that had too little of a busy machine: ten times as long. */
    private static final List<String> AGAIN = brief(3_000);

    private static final int MAX_AGAIN = 5;

    private static final List<String> LONG = words("-v -m default -fsm 1");

    /** Far fewer races than a run in the slowest configuration has. */
    private static final long FEWEST_RACES = 1_000;

    private static final boolean IS_LONG =
            System.getProperty("stress.form", "short").equals("long");
    private static final Path DIRECTORY =
            Path.of(System.getProperty("stress.directory", "target/jcstress")).toAbsolutePath();

    @Test
    void allTestsAreKnown() {
        Set<String> known = new TreeSet<>(REAL);
        known.addAll(BROKEN);
        assertThat(TestList.tests()).containsExactlyInAnyOrderElementsOf(known);
    }

    @Test
    void everyRaceIsExplainedBySomeOrder() throws Exception {
        Set<String> rare = rare(run("real", REAL, IS_LONG ? LONG : SHORT), REAL);
        for (int i = 0; i < MAX_AGAIN && !rare.isEmpty(); i++) {
            rare = rare(run("again", rare, AGAIN), rare);
        }
        assertThat(rare).as("tests with fewer than %s races", FEWEST_RACES).isEmpty();
    }

    /** Checks the results of a run, and returns the tests that it ran too few times. */
    private static Set<String> rare(StressRun run, Set<String> tests) {
        assertThat(complaints(run, tests)).as(run.summary()).isEmpty();
        assertThat(run.exitStatus()).as(run.output()).isZero();
        return run.results().stream()
                .filter(result -> result.getTotalCount() < FEWEST_RACES)
                .map(TestResult::getName)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    @Test
    void theBrokenTwinIsCaught() throws Exception {
        StressRun run = run("broken", BROKEN, SHORT);
        assertThat(run.exitStatus()).as(run.output()).isEqualTo(1);
        assertThat(run.results()).as(run.output()).allMatch(result -> result.status() == Status.NORMAL);
        assertThat(run.results().stream()
                        .filter(result -> forbidden(result).findAny().isPresent())
                        .map(TestResult::getName)
                        .distinct())
                .as(run.output())
                .containsExactlyInAnyOrderElementsOf(BROKEN);
    }

    private static List<String> brief(int millis) {
        return words("-v -m quick -iters 3 -time " + millis
                + " -strideCount 4 -sc false -pth false -jvmArgs -XX:+UseParallelGC");
    }

    private static List<String> words(String text) {
        return Arrays.asList(text.split(" ", -1));
    }

    private static StressRun run(String name, Set<String> tests, List<String> options) throws Exception {
        String pattern =
                tests.stream().map(test -> test.replace(".", "\\.")).collect(Collectors.joining("|", "^(", ")$"));
        return StressRun.of(DIRECTORY.resolve(name), pattern, options, Duration.ofMinutes(IS_LONG ? 180 : 5));
    }

    /** Whatever is not as it has to be for the run to prove anything. */
    private static List<String> complaints(StressRun run, Set<String> tests) {
        List<String> complaints = new ArrayList<>();
        if (run.planned() == 0 || run.results().size() != run.planned()) {
            complaints.add(
                    run.planned() + " results were planned, " + run.results().size() + " are there");
        }
        for (String test : tests) {
            boolean isRun =
                    run.results().stream().anyMatch(result -> result.getName().equals(test));
            if (!isRun && run.hasProcessorsFor(TestList.getInfo(test).threads())) {
                complaints.add(test + " was not run");
            }
        }
        for (TestResult result : run.results()) {
            if (result.status() != Status.NORMAL) {
                complaints.add(result.getName() + " ended with " + result.status() + ": " + result.getMessages());
            } else if (!result.grading().isPassed) {
                complaints.add(result.getName() + ": " + result.grading().failureMessages);
            }
        }
        return complaints;
    }

    private static Stream<GradingResult> forbidden(TestResult result) {
        return result.grading().gradingResults.values().stream()
                .filter(grading -> grading.expect == Expect.FORBIDDEN && grading.count > 0);
    }
}
