package dev.ratelimit.quota.service.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ratelimit.Certainty;
import dev.ratelimit.quota.CalendarWindow;
import dev.ratelimit.quota.Quota;
import dev.ratelimit.quota.QuotaDecision;
import dev.ratelimit.quota.QuotaService;
import dev.ratelimit.quota.QuotaUnavailableException;
import dev.ratelimit.quota.service.QuotaStores;
import dev.ratelimit.quota.service.Quotas;
import dev.ratelimit.quota.spi.Operation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class LanesTest {

    private final GatedStore store = GatedStore.closed(QuotaStores.inMemory());

    private QuotaService quotas(long limit, Duration deadline) {
        return Quotas.builder(store)
                .quota(Quota.of("q", limit, CalendarWindow.yearly()))
                .deadline(deadline)
                .build();
    }

    /** Starts a call, and waits until its thread waits: in the store for the first of a key, in the queue for others. */
    private static <T> FutureTask<T> start(Callable<T> call) throws InterruptedException {
        FutureTask<T> task = new FutureTask<>(call);
        Thread thread = new Thread(task);
        thread.setDaemon(true);
        thread.start();
        while (thread.getState() != Thread.State.WAITING && thread.getState() != Thread.State.TIMED_WAITING) {
            Thread.onSpinWait();
        }
        return task;
    }

    private List<FutureTask<QuotaDecision>> startAll(QuotaService quotas, long... amounts) throws InterruptedException {
        List<FutureTask<QuotaDecision>> tasks = new ArrayList<>();
        for (long amount : amounts) {
            tasks.add(start(() -> quotas.consume("key", amount)));
        }
        return tasks;
    }

    private static List<String> answers(List<FutureTask<QuotaDecision>> tasks) throws Exception {
        List<String> answers = new ArrayList<>();
        for (FutureTask<QuotaDecision> task : tasks) {
            answers.add((task.get().allowed() ? "yes " : "no ") + task.get().used());
        }
        return answers;
    }

    @Test
    void whoMeetsNobodyGoesAtOnce() throws Exception {
        QuotaService quotas = quotas(10, Duration.ofMinutes(1));
        FutureTask<QuotaDecision> first = start(() -> quotas.consume("a"));
        FutureTask<QuotaDecision> second = start(() -> quotas.consume("b"));
        assertThat(store.calls).hasSize(2);
        store.gate.release(2);
        assertThat(first.get().used() + second.get().used()).isEqualTo(2);
    }

    @Test
    void thoseWhoMeetAreAskedForAsOneSum() throws Exception {
        List<FutureTask<QuotaDecision>> tasks = startAll(quotas(20, Duration.ofMinutes(1)), 1, 2, 3, 4);
        store.gate.release(10);
        assertThat(answers(tasks)).containsExactly("yes 1", "yes 3", "yes 6", "yes 10");
        assertThat(store.calls).hasSize(2);
        assertThat(store.calls.get(1))
                .singleElement()
                .isInstanceOfSatisfying(
                        Operation.Acquire.class,
                        acquire -> assertThat(acquire.want()).isEqualTo(9));
    }

    @Test
    void ifThereIsNoRoomForTheSumEachIsAskedForInItsTurn() throws Exception {
        List<FutureTask<QuotaDecision>> tasks = startAll(quotas(8, Duration.ofMinutes(1)), 3, 4, 2, 1);
        store.gate.release(10);
        assertThat(answers(tasks)).containsExactly("yes 3", "yes 7", "no 7", "yes 8");
        assertThat(store.calls).hasSize(3);
    }

    @Test
    void whereNothingIsLeftNobodyIsAskedForAgain() throws Exception {
        List<FutureTask<QuotaDecision>> tasks = startAll(quotas(3, Duration.ofMinutes(1)), 3, 1, 1);
        store.gate.release(10);
        assertThat(answers(tasks)).containsExactly("yes 3", "no 3", "no 3");
        assertThat(store.calls).hasSize(2);
    }

    @Test
    void amountsThatOverflowAreNotSummed() throws Exception {
        List<FutureTask<QuotaDecision>> tasks =
                startAll(quotas(Long.MAX_VALUE, Duration.ofMinutes(1)), 1, Long.MAX_VALUE - 1, Long.MAX_VALUE - 1);
        store.gate.release(10);
        assertThat(answers(tasks)).containsExactly("yes 1", "yes " + Long.MAX_VALUE, "no " + Long.MAX_VALUE);
    }

    @Test
    void whoWaitsBeyondItsDeadlineHasCountedNothing() throws Exception {
        QuotaService patient = quotas(10, Duration.ofMinutes(1));
        QuotaService hasty = quotas(10, Duration.ofMillis(20));
        // Each service has lanes of its own: both calls of the hasty one are its own.
        FutureTask<QuotaDecision> first = start(() -> hasty.consume("key"));
        FutureTask<QuotaDecision> second = start(() -> hasty.consume("key"));
        assertThatThrownBy(second::get)
                .isInstanceOf(ExecutionException.class)
                .cause()
                .isInstanceOfSatisfying(
                        QuotaUnavailableException.class,
                        e -> assertThat(e.certainty()).isEqualTo(Certainty.NOT_APPLIED));
        store.gate.release(10);
        assertThat(first.get().used()).isEqualTo(1);
        assertThat(patient.consume("key").used()).isEqualTo(2);
    }

    @Test
    void whoIsUnderWayAtItsDeadlineIsUncertain() throws Exception {
        QuotaService hasty = quotas(10, Duration.ofSeconds(2));
        FutureTask<QuotaDecision> first = start(() -> hasty.consume("key"));
        FutureTask<QuotaDecision> second = start(() -> hasty.consume("key"));
        FutureTask<QuotaDecision> third = start(() -> hasty.consume("key"));
        // The second now calls the store for the third, and the store does not answer.
        store.gate.release(1);
        assertThat(first.get().used()).isEqualTo(1);
        assertThatThrownBy(third::get)
                .cause()
                .isInstanceOfSatisfying(
                        QuotaUnavailableException.class,
                        e -> assertThat(e.certainty()).isEqualTo(Certainty.INDETERMINATE));
        store.gate.release(10);
        assertThat(second.get().used()).isEqualTo(2);
        assertThat(hasty.peek("key").used()).isEqualTo(3);
    }

    @Test
    void anInterruptIsKeptForAfterwards() throws Exception {
        QuotaService quotas = quotas(10, Duration.ofMinutes(1));
        FutureTask<QuotaDecision> first = start(() -> quotas.consume("key"));
        LinkedBlockingQueue<Thread> threads = new LinkedBlockingQueue<>();
        FutureTask<Boolean> second = start(() -> {
            threads.add(Thread.currentThread());
            return quotas.consume("key").allowed() && Thread.interrupted();
        });
        threads.take().interrupt();
        store.gate.release(10);
        assertThat(first.get().allowed()).isTrue();
        assertThat(second.get()).isTrue();
    }
}
