package dev.ratelimit.quota.service.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ratelimit.DecisionSource;
import dev.ratelimit.WhenUnavailable;
import dev.ratelimit.quota.QuotaUnavailableException;
import dev.ratelimit.quota.service.QuotaStores;
import dev.ratelimit.quota.spi.Operation;
import dev.ratelimit.quota.spi.QuotaStore;
import dev.ratelimit.store.Deadline;
import dev.ratelimit.testing.FaultyStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** An application starts without its store. */
@Timeout(60)
class LaterStoreTest {

    private final ServiceOnTrial trial = new ServiceOnTrial();
    private boolean down = true;
    private int attempts;

    private QuotaStore opened() {
        attempts++;
        if (down) {
            throw new IllegalStateException("connection refused");
        }
        return trial.store;
    }

    @Test
    void requestsAreAnsweredAsChosenUntilAProbeOpensTheStore() {
        LaterStore later = new LaterStore(this::opened, Runnable::run);
        StoreQuotas quotas = trial.service(later, WhenUnavailable.local(0.5), 0, ServiceOnTrial.DAILY);
        for (int i = 0; i < 20; i++) {
            assertThat(quotas.consume("key").source()).isEqualTo(DecisionSource.LOCAL);
            trial.advance(Duration.ofMillis(50));
        }
        int before = attempts;
        for (int i = 0; i < 30; i++) {
            assertThat(quotas.consume("key").source()).isEqualTo(DecisionSource.LOCAL);
        }
        // Callers open nothing any more.
        assertThat(attempts).isEqualTo(before);
        assertThat(quotas.consume("key").source()).isEqualTo(DecisionSource.CLOSED);
        down = false;
        trial.advance(Duration.ofSeconds(4));
        assertThat(attempts).isGreaterThan(before);
        assertThat(quotas.consume("key").used()).isEqualTo(51);
        int open = attempts;
        quotas.consume("key");
        assertThat(attempts).isEqualTo(open);
    }

    @Test
    void aStoreThatIsThereServesTheFirstRequest() {
        down = false;
        LaterStore later = new LaterStore(this::opened, Runnable::run);
        StoreQuotas quotas =
                trial.service(later, WhenUnavailable.fail(), 0, ServiceOnTrial.DAILY, ServiceOnTrial.MINUTELY);
        assertThat(quotas.consume("key").source()).isEqualTo(DecisionSource.STORE);
        assertThat(later.capabilities()).isEqualTo(trial.store.capabilities());
        assertThat(later.defaultDeadline()).isEqualTo(trial.store.defaultDeadline());
    }

    @Test
    void withoutAChoiceRequestsFailAndSayWhy() {
        StoreQuotas quotas = trial.service(
                new LaterStore(this::opened, Runnable::run), WhenUnavailable.fail(), 0, ServiceOnTrial.DAILY);
        assertThatThrownBy(() -> quotas.consume("key"))
                .isInstanceOf(QuotaUnavailableException.class)
                .hasMessageContaining("could not be opened: connection refused");
    }

    @Test
    void aRequestWithAnIdempotencyKeyOpensTheStoreAsAnyOther() {
        LaterStore later = new LaterStore(this::opened, Runnable::run);
        StoreQuotas quotas =
                trial.service(later, WhenUnavailable.allow(), 0, ServiceOnTrial.DAILY, ServiceOnTrial.MINUTELY);
        for (int i = 0; i < 20; i++) {
            int before = attempts;
            assertThatThrownBy(() -> quotas.consume("key", 7, "order"))
                    .isInstanceOf(QuotaUnavailableException.class)
                    .hasMessageContaining("connection refused");
            assertThat(i > 0 || attempts > before).as("a call opens it").isTrue();
            trial.advance(Duration.ofMillis(50));
        }
        down = false;
        trial.advance(Duration.ofSeconds(4));
        assertThat(quotas.consume("key", 7, "order").used()).isEqualTo(7);
        assertThat(quotas.reserve("key", 7, "order").commit(5)).isTrue();
        assertThat(trial.counted(ServiceOnTrial.DAILY)).isEqualTo(12);
    }

    @Test
    void aCorrectionThatBeganBeforeTheStoreWasOpenCountsOnce() {
        LaterStore later = new LaterStore(this::opened, Runnable::run);
        CurrentWindow window = new CurrentWindow(ServiceOnTrial.DAILY, Grace.PROPORTIONAL, trial.clock.millis());
        List<Target> targets = List.of(window.target("key", trial.clock.millis()));
        StoreCalls calls = CallsOnTrial.of(later, trial.time, 0);
        Correction charge = new Correction(calls, targets, 50);
        Correction refund = new Correction(calls, targets, -20);
        down = false;
        trial.store.next(FaultyStore.Fault.LOSE_REPLY);
        assertThat(charge.send()).isNotNull();
        assertThat(charge.send()).isNull();
        trial.store.next(FaultyStore.Fault.LOSE_CALL);
        assertThat(refund.send()).isNotNull();
        assertThat(refund.isPending()).as("not given up").isTrue();
        assertThat(refund.send()).isNull();
        assertThat(trial.counted(ServiceOnTrial.DAILY)).isEqualTo(30);
    }

    @Test
    void theFirstCallAfterAFailureOpensTheStore() {
        LaterStore later = new LaterStore(this::opened, Runnable::run);
        StoreQuotas quotas =
                trial.service(later, WhenUnavailable.fail(), 0, ServiceOnTrial.DAILY, ServiceOnTrial.MINUTELY);
        down = false;
        assertThat(quotas.consume("key", 7, "order").used()).isEqualTo(7);
    }

    @Test
    void aCallWaitsForAnAttemptUpToItsDeadline() {
        down = false;
        List<Runnable> later = new ArrayList<>();
        LaterStore store = new LaterStore(this::opened, later::add);
        List<Operation> read = List.of(new Operation.Read(new CurrentWindow(ServiceOnTrial.DAILY, Grace.PROPORTIONAL, 0)
                .target("key", 0)
                .counter()));
        assertThatThrownBy(() -> store.apply(read, Deadline.after(Duration.ofNanos(1))))
                .hasMessageContaining("not open yet");
        assertThat(later).hasSize(1);
        later.remove(0).run();
        assertThat(store.apply(read, Deadline.never())).hasSize(1);
    }

    @Test
    void aStoreThatIsOpenedTooLateIsClosed() {
        QuotaStore opened = QuotaStores.inMemory();
        List<Runnable> later = new ArrayList<>();
        LaterStore store = new LaterStore(() -> opened, later::add);
        store.close();
        later.remove(0).run();
        List<Operation> read = List.of(new Operation.Read(new CurrentWindow(ServiceOnTrial.DAILY, Grace.PROPORTIONAL, 0)
                .target("key", 0)
                .counter()));
        assertThat(opened.apply(read, Deadline.never()).get(0).toString()).contains("closed");
    }

    @Test
    void theDoorOpensInTheBackground() throws Exception {
        Thread[] thread = new Thread[1];
        QuotaStore store = QuotaStores.startWithout(() -> {
            thread[0] = Thread.currentThread();
            return QuotaStores.inMemory();
        });
        List<Operation> read = List.of(new Operation.Read(new CurrentWindow(ServiceOnTrial.DAILY, Grace.PROPORTIONAL, 0)
                .target("key", 0)
                .counter()));
        assertThat(store.apply(read, Deadline.never())).hasSize(1);
        assertThat(thread[0]).isNotSameAs(Thread.currentThread());
        assertThat(thread[0].isDaemon()).isTrue();
    }
}
