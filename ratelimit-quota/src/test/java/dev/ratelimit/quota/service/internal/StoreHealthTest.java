package dev.ratelimit.quota.service.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ratelimit.Certainty;
import dev.ratelimit.WhenUnavailable;
import dev.ratelimit.quota.CalendarWindow;
import dev.ratelimit.quota.Quota;
import dev.ratelimit.quota.QuotaService;
import dev.ratelimit.quota.QuotaUnavailableException;
import dev.ratelimit.quota.service.Quotas;
import dev.ratelimit.quota.spi.Outcome;
import dev.ratelimit.quota.spi.QuotaStore;
import dev.ratelimit.store.Deadline;
import dev.ratelimit.store.StoreException;
import dev.ratelimit.testing.FaultyStore;
import dev.ratelimit.testing.FaultyStore.Fault;
import dev.ratelimit.testing.ManualTime;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What services share of a store's health, what is held against the store, and that nothing keeps it alive. */
@Timeout(60)
class StoreHealthTest {

    private static final StoreDeadline SHORT = new StoreDeadline.Own(Duration.ofMillis(50));
    private static final StoreDeadline LONG = new StoreDeadline.Own(Duration.ofSeconds(1));

    private final MemoryStore counters = new MemoryStore(InstantSource.system());
    private final ManualTime time = new ManualTime();
    private final StoreHealth health =
            StoreHealth.own(new FaultyStore(counters), SHORT, CallsOnTrial.surroundings(time));

    @Test
    void servicesOfAStoreAndADeadlineShareIt() {
        FaultyStore store = new FaultyStore(counters);
        StoreHealth one = StoreHealth.shared(store, SHORT);
        assertThat(StoreHealth.shared(store, new StoreDeadline.Own(Duration.ofMillis(50))))
                .isSameAs(one);
        assertThat(StoreHealth.shared(store, LONG)).isNotSameAs(one);
        assertThat(StoreHealth.shared(store, StoreDeadline.of(null, store))).isNotSameAs(one);
        assertThat(StoreHealth.shared(new FaultyStore(counters), SHORT)).isNotSameAs(one);
    }

    private static Outcome failed(Certainty certainty, Throwable cause) {
        return new Outcome.Failed(certainty, cause);
    }

    @Test
    void whatTheCallerIsToBlameForIsNoFailure() {
        Throwable refused = new StoreException(Certainty.NOT_APPLIED, "refused", null);
        Throwable wrong = new IllegalArgumentException("a call takes 1 to 10 operations");
        Throwable told = new StoreException(Certainty.NOT_APPLIED, "not sent", wrong);
        boolean[] held = new boolean[7];
        held[0] = opens(failed(Certainty.NOT_APPLIED, refused));
        held[1] = opens(failed(Certainty.INDETERMINATE, refused));
        held[2] = opens(failed(Certainty.INDETERMINATE, wrong));
        held[3] = opens(failed(Certainty.NOT_APPLIED, wrong));
        held[4] = opens(failed(Certainty.NOT_APPLIED, told));
        held[5] = opens(new Outcome.Counted(1, 1));
        Thread.currentThread().interrupt();
        held[6] = opens(failed(Certainty.INDETERMINATE, refused));
        assertThat(Thread.interrupted()).isTrue();
        assertThat(held).containsExactly(true, true, true, false, false, false, false);
    }

    @Test
    void aStoreWithoutRoomForAnotherCounterIsNotAway() {
        ServiceOnTrial trial = new ServiceOnTrial();
        MemoryStore full = new MemoryStore(trial.clock, new MemoryBounds(2, 0));
        QuotaService quotas = trial.service(
                full, WhenUnavailable.fail(), 0, ServiceOnTrial.DAILY, Quota.of("b", 50, CalendarWindow.yearly()));
        quotas.consume("key");
        for (int i = 0; i < 12; i++) {
            assertThatThrownBy(() -> quotas.consume("another"))
                    .isInstanceOf(QuotaUnavailableException.class)
                    .hasMessageContaining("maxCounters");
            trial.advance(Duration.ofMillis(101));
        }
        assertThat(quotas.statistics().storeAvailable()).isTrue();
        assertThat(quotas.consume("key").allowed()).isTrue();
    }

    private boolean opens(Outcome outcome) {
        StoreHealth fresh = StoreHealth.own(new FaultyStore(counters), SHORT, CallsOnTrial.surroundings(time));
        for (int i = 0; i < 12; i++) {
            fresh.ended(List.of(outcome), Deadline.never());
            if (!fresh.permits()) {
                return true;
            }
            time.advance(Duration.ofMillis(50));
        }
        return false;
    }

    @Test
    void anAnswerAfterTheDeadlineIsAFailure() {
        Deadline passed = Deadline.after(Duration.ofMillis(1), time);
        time.advance(Duration.ofMillis(2));
        for (int i = 0; i < 12 && health.permits(); i++) {
            health.ended(List.of(new Outcome.Counted(1, 1)), passed);
            time.advance(Duration.ofMillis(50));
        }
        assertThat(health.cause()).hasMessageContaining("after the deadline");
    }

    @Test
    void probesCountNothing() {
        for (int i = 0; i < 12 && health.permits(); i++) {
            health.ended(List.of(failed(Certainty.INDETERMINATE, new IllegalStateException())), Deadline.never());
            time.advance(Duration.ofMillis(50));
        }
        time.advance(Duration.ofSeconds(5));
        assertThat(health.permits()).isTrue();
        assertThat(counters.size()).isZero();
    }

    private static WeakReference<QuotaStore> storeThatIsAway() {
        FaultyStore store = new FaultyStore(new MemoryStore(InstantSource.system()));
        QuotaService quotas = Quotas.builder(store)
                .quota(Quota.of("q", 10, CalendarWindow.daily()))
                .build();
        store.beginOutage(Fault.REFUSE);
        while (quotas.statistics().storeAvailable()) {
            try {
                quotas.consume("key");
            } catch (QuotaUnavailableException e) {
                assertThat(e.certainty()).isEqualTo(Certainty.NOT_APPLIED);
            }
        }
        return new WeakReference<>(store);
    }

    /** Though its breaker is open, and a probe waits for its time. */
    @Test
    void aStoreThatNobodyUsesAnyMoreIsCollected() {
        WeakReference<QuotaStore> store = storeThatIsAway();
        while (store.get() != null) {
            System.gc();
            Thread.onSpinWait();
        }
        assertThat(store.get()).isNull();
    }
}
