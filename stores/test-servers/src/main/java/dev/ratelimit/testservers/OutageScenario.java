package dev.ratelimit.testservers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.DecisionSource;
import dev.ratelimit.WhenUnavailable;
import dev.ratelimit.quota.CalendarWindow;
import dev.ratelimit.quota.Quota;
import dev.ratelimit.quota.QuotaDecision;
import dev.ratelimit.quota.QuotaService;
import dev.ratelimit.quota.QuotaUnavailableException;
import dev.ratelimit.quota.service.QuotaStores;
import dev.ratelimit.quota.service.Quotas;
import dev.ratelimit.quota.spi.Capabilities;
import dev.ratelimit.quota.spi.Operation;
import dev.ratelimit.quota.spi.Outcome;
import dev.ratelimit.quota.spi.QuotaStore;
import dev.ratelimit.store.Deadline;
import java.time.Duration;
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
        CallsOfThisThread watched = new CallsOfThisThread(store);
        QuotaService failing = quotas(watched, WhenUnavailable.fail());
        QuotaService denying = quotas(watched, WhenUnavailable.deny());
        QuotaService allowing = quotas(watched, WhenUnavailable.allow());
        QuotaService local = quotas(watched, WhenUnavailable.local(0.01));
        List<QuotaService> all = List.of(failing, denying, allowing, local);
        all.forEach(OutageScenario::awaitStore);
        begin.run();
        // They share a breaker: the first finds out for all.
        Map<DecisionSource, Integer> allowed = callUntilOpen(allowing);
        for (QuotaService quotas : all) {
            assertThat(quotas.statistics().storeAvailable()).isFalse();
        }
        // From now on requests are answered without the store, and do not wait.
        int before = watched.calls;
        callManyTimes(allowing, allowed);
        Map<DecisionSource, Integer> others = new EnumMap<>(DecisionSource.class);
        callManyTimes(failing, others);
        assertThat(others).isEmpty();
        callManyTimes(denying, others);
        assertThat(others).containsOnlyKeys(DecisionSource.CLOSED);
        others.clear();
        callManyTimes(local, others);
        assertThat(others).containsOnlyKeys(DecisionSource.LOCAL, DecisionSource.CLOSED);
        assertThat(watched.calls).isEqualTo(before);
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

    /** Counts the calls by the thread that made it, which makes the requests: what others post or probe is none of them. */
    private static final class CallsOfThisThread implements QuotaStore {
        private final QuotaStore store;
        private final Thread caller = Thread.currentThread();
        private int calls;

        CallsOfThisThread(QuotaStore store) {
            this.store = store;
        }

        @Override
        public Capabilities capabilities() {
            return store.capabilities();
        }

        @Override
        public Duration defaultDeadline() {
            return store.defaultDeadline();
        }

        @Override
        public List<Outcome> apply(List<Operation> operations, Deadline deadline) {
            calls += caller == Thread.currentThread() ? 1 : 0;
            return store.apply(operations, deadline);
        }

        @Override
        public void close() {
            store.close();
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

    private static void callManyTimes(QuotaService quotas, Map<DecisionSource, Integer> answers) {
        for (int i = 0; i < 1_000; i++) {
            call(quotas, answers);
        }
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
