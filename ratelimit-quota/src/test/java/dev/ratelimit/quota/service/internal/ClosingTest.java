package dev.ratelimit.quota.service.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.WhenUnavailable;
import dev.ratelimit.quota.Quota;
import dev.ratelimit.quota.spi.Capabilities;
import dev.ratelimit.quota.spi.Operation;
import dev.ratelimit.quota.spi.Outcome;
import dev.ratelimit.quota.spi.QuotaStore;
import dev.ratelimit.store.Deadline;
import dev.ratelimit.testing.FaultyStore.Fault;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is done at the end, whoever closes, and whatever goes wrong. */
@Timeout(60)
class ClosingTest {

    private final ServiceOnTrial trial = new ServiceOnTrial();
    private final List<String> done = new ArrayList<>();

    /** Takes no call of an interrupted thread, as most stores. */
    private record Interruptible(QuotaStore store) implements QuotaStore {

        @Override
        public Capabilities capabilities() {
            return store.capabilities();
        }

        @Override
        public List<Outcome> apply(List<Operation> operations, Deadline deadline) {
            if (Thread.currentThread().isInterrupted()) {
                throw new IllegalStateException("interrupted");
            }
            return store.apply(operations, deadline);
        }

        @Override
        public void close() {
            store.close();
        }
    }

    @Test
    void anInterruptedThreadPostsWhatIsOwed() {
        StoreQuotas quotas =
                trial.service(new Interruptible(trial.store), WhenUnavailable.allow(), 0, ServiceOnTrial.DAILY);
        trial.store.next(Fault.REFUSE);
        quotas.consume("key", 7);
        Thread.currentThread().interrupt();
        quotas.close();
        assertThat(Thread.interrupted()).isTrue();
        assertThat(trial.counted(ServiceOnTrial.DAILY)).isEqualTo(7);
        assertThat(quotas.statistics().owedCounters()).isZero();
    }

    @Test
    void anInterruptedThreadGivesLeasesBack() {
        trial.term = Duration.ofMinutes(5);
        Quota many = Quota.of("calls", 1_000_000, ServiceOnTrial.DAILY.window());
        StoreQuotas quotas = trial.service(new Interruptible(trial.store), WhenUnavailable.fail(), 0, many);
        for (int i = 0; i < 20; i++) {
            quotas.consume("key", 10);
            trial.advance(Duration.ofMillis(1));
        }
        assertThat(quotas.statistics().prefetchedUnits()).isPositive();
        Thread.currentThread().interrupt();
        quotas.close();
        assertThat(Thread.interrupted()).isTrue();
        assertThat(trial.counted(many)).isEqualTo(200);
    }

    @Test
    void anInterruptDuringTheCloseWaitsUntilAllIsDone() throws Exception {
        CountDownLatch inStep = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        boolean[] interrupted = new boolean[1];
        Thread closes = new Thread(() -> {
            new Closing(
                            () -> {
                                inStep.countDown();
                                awaitUninterruptibly(go);
                            },
                            () -> done.add("second, interrupted: "
                                    + Thread.currentThread().isInterrupted()))
                    .run(task -> new Thread(task).start(), Long.MAX_VALUE);
            interrupted[0] = Thread.interrupted();
        });
        closes.start();
        inStep.await();
        closes.interrupt();
        go.countDown();
        closes.join();
        assertThat(interrupted[0]).isTrue();
        assertThat(done).containsExactly("second, interrupted: false");
    }

    @Test
    void aStepThatFailsKeepsNoOtherFromBeingTaken() {
        for (Executor executor : List.<Executor>of(Runnable::run, task -> new Thread(task).start(), task -> {
            throw new OutOfMemoryError("unable to create native thread");
        })) {
            done.clear();
            new Closing(
                            () -> {
                                throw new StackOverflowError("deep in a driver");
                            },
                            () -> Thread.currentThread().interrupt(),
                            () -> done.add("third, interrupted: "
                                    + Thread.currentThread().isInterrupted()))
                    .run(executor, Long.MAX_VALUE);
            Thread.interrupted();
            assertThat(done).containsExactly("third, interrupted: false");
        }
    }

    @Test
    void anExecutorThatIsStuckIsNotWaitedForLongerThanTheDeadline() {
        List<Runnable> stuck = new ArrayList<>();
        new Closing(() -> done.add("done")).run(stuck::add, 1_000_000);
        assertThat(done).containsExactly("done");
        stuck.forEach(Runnable::run);
        assertThat(done).containsExactly("done");
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        boolean interrupted = false;
        while (true) {
            try {
                latch.await();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
