package dev.ratelimit.testservers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.DecisionSource;
import dev.ratelimit.WhenUnavailable;
import dev.ratelimit.core.QuotaStores;
import dev.ratelimit.core.Quotas;
import dev.ratelimit.quota.CalendarWindow;
import dev.ratelimit.quota.Quota;
import dev.ratelimit.quota.QuotaDecision;
import dev.ratelimit.quota.QuotaService;
import dev.ratelimit.quota.QuotaUnavailableException;
import dev.ratelimit.quota.spi.QuotaStore;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;

/**
 * The outage scenario, which is the same for each server: the answers that callers of quota services get while the
 * server is away, how soon they get them, and the units that are counted in the end.
 *
 * @param deadline how long a call waits for the store
 * @param beside a way to the same counters that no outage interrupts
 */
public record OutageScenario(Duration deadline, Beside beside) {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /**
     * The time that a busy machine may add to a deadline; far below the minutes after which a TCP connection gives up.
     */
    private static final Duration SLACK = Duration.ofSeconds(5);

    private static final Quota CALLS = Quota.of("calls", 10_000, CalendarWindow.yearly());

    /** A way to the counters that no outage interrupts. */
    @FunctionalInterface
    public interface Beside {
        /**
         * Reads the counters.
         *
         * @param look reads a store, which is open only during the call
         * @return the value that was read
         */
        long see(ToLongFunction<QuotaStore> look);
    }

    /** The beginning or the end of an outage. */
    @FunctionalInterface
    public interface Step {
        /**
         * Takes the step.
         *
         * @throws Exception if it cannot be taken
         */
        void run() throws Exception;
    }

    /**
     * Makes the first call of a store, which may take longer than the deadline of the calls under test.
     *
     * @param store the store
     */
    public static void warmUp(QuotaStore store) {
        QuotaService patient =
                Quotas.builder(store).quota(CALLS).deadline(PATIENCE).build();
        assertThat(patient.consume("first").allowed()).isTrue();
    }

    /**
     * Checks that each choice allows its documented amount during an outage, and that the store counts all of it
     * afterwards.
     *
     * @param store the store on the server
     * @param begin begins the outage
     * @param end ends the outage
     * @throws Exception if a step throws it
     */
    public void eachChoiceAdmitsWhatItSays(QuotaStore store, Step begin, Step end) throws Exception {
        QuotaService failing = quotas(store, WhenUnavailable.fail());
        QuotaService denying = quotas(store, WhenUnavailable.deny());
        QuotaService allowing = quotas(store, WhenUnavailable.allow());
        QuotaService local = quotas(store, WhenUnavailable.local(0.01));
        List<QuotaService> all = List.of(failing, denying, allowing, local);
        all.forEach(OutageScenario::awaitStore);
        begin.run();
        // They share a breaker: the first finds out for all.
        Map<DecisionSource, Integer> allowed = callUntilOpen(allowing);
        for (QuotaService quotas : all) {
            assertThat(quotas.statistics().storeAvailable()).isFalse();
        }
        // Microseconds, where no other process takes the processor.
        assertThat(median(allowing, allowed)).isLessThan(Duration.ofMillis(1));
        Map<DecisionSource, Integer> others = new EnumMap<>(DecisionSource.class);
        assertThat(median(failing, others)).isLessThan(Duration.ofMillis(1));
        assertThat(others).isEmpty();
        assertThat(median(denying, others)).isLessThan(Duration.ofMillis(1));
        assertThat(others).containsOnlyKeys(DecisionSource.CLOSED);
        others.clear();
        assertThat(median(local, others)).isLessThan(Duration.ofMillis(1));
        assertThat(others).containsOnlyKeys(DecisionSource.LOCAL, DecisionSource.CLOSED);
        assertThat(local.statistics().allowed(DecisionSource.LOCAL)).isEqualTo(100);

        end.run();
        awaitSettled(all);
        all.forEach(OutageScenario::awaitStore);
        awaitSettled(all);
        assertThat(counted()).isBetween(allowed(all), allowed(all) + uncertain(all));
        all.forEach(QuotaService::close);
    }

    /**
     * Checks that an application starts while the server is down, allows by its choice, and counts that later.
     *
     * @param opener opens the store
     * @param start starts the server
     * @throws Exception if the step throws it
     */
    public void anApplicationStartsWhileTheServerIsDown(Supplier<QuotaStore> opener, Step start) throws Exception {
        try (QuotaStore later = QuotaStores.startWithout(opener);
                QuotaService quotas = Quotas.builder(later)
                        .quota(CALLS)
                        .whenUnavailable(WhenUnavailable.allow())
                        .build()) {
            for (int i = 0; i < 5; i++) {
                assertThat(quotas.consume("key").source()).isEqualTo(DecisionSource.OPEN);
            }
            callUntilOpen(quotas);
            start.run();
            awaitStore(quotas);
            List<QuotaService> all = List.of(quotas);
            awaitSettled(all);
            assertThat(counted()).isBetween(allowed(all), allowed(all) + uncertain(all));
        }
    }

    private QuotaService quotas(QuotaStore store, WhenUnavailable choice) {
        return Quotas.builder(store)
                .quota(CALLS)
                .deadline(deadline)
                .whenUnavailable(choice)
                .build();
    }

    private long counted() {
        return beside.see(store -> Quotas.builder(store)
                .quota(CALLS)
                .deadline(PATIENCE)
                .build()
                .peek("key")
                .used());
    }

    /** Calls until the breaker opens, and counts the answers by source. No call may wait longer than its deadline. */
    private Map<DecisionSource, Integer> callUntilOpen(QuotaService quotas) {
        Map<DecisionSource, Integer> answers = new EnumMap<>(DecisionSource.class);
        while (quotas.statistics().storeAvailable()) {
            long begun = System.nanoTime();
            call(quotas, answers);
            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(deadline.plus(SLACK));
        }
        return answers;
    }

    /** The median of the time that a call takes. */
    private static Duration median(QuotaService quotas, Map<DecisionSource, Integer> answers) {
        long[] nanos = new long[1_001];
        for (int i = 0; i < nanos.length; i++) {
            long begun = System.nanoTime();
            call(quotas, answers);
            nanos[i] = System.nanoTime() - begun;
        }
        Arrays.sort(nanos);
        return Duration.ofNanos(nanos[nanos.length / 2]);
    }

    private static void call(QuotaService quotas, Map<DecisionSource, Integer> answers) {
        try {
            QuotaDecision decision = quotas.consume("key");
            answers.merge(decision.source(), 1, Integer::sum);
        } catch (QuotaUnavailableException e) {
            // Counted by the service's statistics.
            assertThat(e.certainty()).isNotNull();
        }
    }

    /** Calls until the store answers in time, which a busy machine may keep it from. */
    private static void awaitStore(QuotaService quotas) {
        Map<DecisionSource, Integer> answers = new EnumMap<>(DecisionSource.class);
        assertThat(Waiting.until(PATIENCE, () -> {
                    call(quotas, answers);
                    return answers.containsKey(DecisionSource.STORE);
                }))
                .isTrue();
    }

    private static void awaitSettled(List<QuotaService> all) {
        assertThat(Waiting.until(
                        PATIENCE,
                        () -> all.stream()
                                .map(QuotaService::statistics)
                                .allMatch(now -> now.storeAvailable() && now.owedCounters() == 0)))
                .isTrue();
    }

    /** The number of units that all services were granted, each by a separate call. */
    private static long allowed(List<QuotaService> all) {
        return all.stream()
                .flatMap(quotas -> quotas.statistics().allowed().values().stream())
                .mapToLong(Long::longValue)
                .sum();
    }

    /**
     * The maximum number of units that may be counted in addition. Each is counted at least once, and an uncertain one
     * may be counted twice.
     */
    private static long uncertain(List<QuotaService> all) {
        return all.stream()
                .mapToLong(quotas -> quotas.statistics().storeCallsIndeterminate())
                .sum();
    }
}
