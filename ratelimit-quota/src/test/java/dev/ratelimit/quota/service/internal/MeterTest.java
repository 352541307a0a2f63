package dev.ratelimit.quota.service.internal;

import static dev.ratelimit.quota.service.internal.ServiceOnTrial.DAILY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ratelimit.Certainty;
import dev.ratelimit.DecisionSource;
import dev.ratelimit.WhenUnavailable;
import dev.ratelimit.quota.QuotaEvents;
import dev.ratelimit.quota.QuotaService;
import dev.ratelimit.quota.QuotaStatistics;
import dev.ratelimit.quota.QuotaUnavailableException;
import dev.ratelimit.quota.StoreCall;
import dev.ratelimit.testing.FaultyStore.Fault;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A service counts what it does, and tells of its store. */
class MeterTest {

    private final ServiceOnTrial trial = new ServiceOnTrial();
    private final List<String> told = new ArrayList<>();
    private final List<StoreCall> calls = new ArrayList<>();

    private final QuotaEvents events = new QuotaEvents() {
        @Override
        public void storeCalled(StoreCall call) {
            calls.add(call);
            throw new IllegalStateException("out of order");
        }

        @Override
        public void storeAway(Throwable cause) {
            told.add("away: " + cause.getMessage());
        }

        @Override
        public void storeBack(Duration away) {
            told.add("back after " + away.toMillis() + " ms");
        }
    };

    @Test
    void decisionsAreCountedBySourceAndCallsByWhatIsKnown() {
        QuotaService quotas = trial.service(WhenUnavailable.local(0.02), DAILY);
        trial.store.latency(Duration.ofMillis(3));
        quotas.consume("key", 60);
        quotas.consume("key", 60);
        quotas.peek("key");
        trial.store.latency(Duration.ZERO);
        trial.store.next(Fault.REFUSE, Fault.REFUSE, Fault.LOSE_CALL);
        quotas.consume("key", 1);
        quotas.consume("key", 1);
        quotas.consume("key", 1);
        QuotaStatistics statistics = quotas.statistics();
        assertThat(statistics.allowed())
                .containsEntry(DecisionSource.STORE, 1L)
                .containsEntry(DecisionSource.LOCAL, 2L)
                .containsEntry(DecisionSource.OPEN, 0L)
                .containsEntry(DecisionSource.PREFETCHED, 0L)
                .hasSize(4);
        assertThat(statistics.refused()).isEqualTo(1);
        assertThat(statistics.closed()).isEqualTo(1);
        assertThat(statistics.storeCalls()).isEqualTo(6);
        assertThat(statistics.storeCallsNotApplied()).isEqualTo(2);
        assertThat(statistics.storeCallsIndeterminate()).isEqualTo(1);
        assertThat(statistics.storeTime()).isEqualTo(Duration.ofMillis(9));
        assertThat(statistics.maxStoreTime()).isEqualTo(Duration.ofMillis(3));
        assertThat(statistics.owedCounters()).isEqualTo(1);
        assertThat(statistics.prefetchedUnits()).isZero();
        assertThat(statistics.storeAvailable()).isTrue();
    }

    @Test
    void requestsThatFailAreCountedByWhatIsKnown() {
        QuotaService quotas = trial.service(WhenUnavailable.fail(), DAILY);
        trial.store.next(Fault.REFUSE, Fault.LOSE_CALL, Fault.BREAK);
        for (int i = 0; i < 3; i++) {
            assertThatThrownBy(() -> quotas.consume("key")).isInstanceOf(QuotaUnavailableException.class);
        }
        assertThat(quotas.statistics().failedNotApplied()).isEqualTo(1);
        assertThat(quotas.statistics().failedIndeterminate()).isEqualTo(2);
    }

    @Test
    void eventsComeOnceAnOutageAndOnceACall() {
        trial.events = events;
        QuotaService quotas = trial.service(WhenUnavailable.deny(), DAILY);
        trial.store.beginOutage(Fault.LOSE_CALL);
        for (int i = 0; i < 30; i++) {
            quotas.consume("key");
            trial.advance(Duration.ofMillis(50));
        }
        assertThat(told).containsExactly("away: the call was lost");
        assertThat(quotas.statistics().storeAvailable()).isFalse();
        trial.store.endOutage();
        trial.advance(Duration.ofSeconds(4));
        assertThat(told).hasSize(2);
        assertThat(told.get(1)).startsWith("back after ");
        assertThat(calls).hasSize(11);
        assertThat(calls.get(0)).isEqualTo(new StoreCall(1, Duration.ZERO, Optional.of(Certainty.INDETERMINATE)));
        assertThat(quotas.statistics().storeAvailable()).isTrue();
    }

    @Test
    void aListenerThatDoesNotReturnHoldsUpNoProbeAndNoPosting() {
        Deque<Runnable> waiting = new ArrayDeque<>();
        trial.listeners = waiting::add;
        trial.events = events;
        QuotaService quotas = trial.service(WhenUnavailable.allow(), DAILY);
        for (int outage = 0; outage < 20; outage++) {
            trial.store.beginOutage(Fault.REFUSE);
            while (quotas.statistics().storeAvailable()) {
                quotas.consume("key", 1);
                trial.advance(Duration.ofMillis(101));
            }
            trial.store.endOutage();
            trial.advance(Duration.ofSeconds(10));
            assertThat(quotas.statistics().storeAvailable()).isTrue();
            assertThat(quotas.statistics().owedCounters()).isZero();
        }
        assertThat(told).isEmpty();
        // So many are kept, in their order, and the others are dropped.
        waiting.forEach(Runnable::run);
        assertThat(told).hasSize(16);
        for (int i = 0; i < told.size(); i++) {
            assertThat(told.get(i)).startsWith(i % 2 == 0 ? "away" : "back");
        }
    }
}
