package dev.ratelimit.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.ratelimit.Certainty;
import dev.ratelimit.internal.OwnThreads;
import dev.ratelimit.store.Deadline;
import dev.ratelimit.store.StoreException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The threads of calls, where the system lets none start. */
@Timeout(60)
class CallsTest {

    @Test
    void aThreadThatCannotBeStartedIsOneClearErrorAndTheNextCallStartsOne() {
        AtomicInteger attempts = new AtomicInteger();
        OutOfMemoryError full = new OutOfMemoryError("unable to create native thread");
        try (Calls calls = new Calls(1, task -> {
            if (attempts.incrementAndGet() == 1) {
                throw full;
            }
            return OwnThreads.unstarted("calls-of-a-test", task);
        })) {
            assertThatExceptionOfType(StoreException.class)
                    .isThrownBy(() -> calls.call(Deadline.never(), progress -> 1))
                    .withMessageContaining("no thread could be started")
                    .withCause(full)
                    .satisfies(e -> assertThat(e.certainty()).isEqualTo(Certainty.NOT_APPLIED));
            assertThat(calls.<Integer>call(Deadline.never(), progress -> 2)).isEqualTo(2);
        }
    }

    @Test
    void aCallThatGetsNoTurnHearsOfTheOthers() throws Exception {
        CountDownLatch busy = new CountDownLatch(1);
        CountDownLatch over = new CountDownLatch(1);
        try (Calls calls = new Calls(1)) {
            FutureTask<Integer> first = new FutureTask<>(() -> calls.call(Deadline.never(), progress -> {
                busy.countDown();
                return await(over) ? 1 : 0;
            }));
            new Thread(first, "first").start();
            busy.await();
            assertThatExceptionOfType(StoreException.class)
                    .isThrownBy(() -> calls.call(Deadline.after(Duration.ofMillis(20)), progress -> 2))
                    .withMessageContaining("all 1 calls")
                    .satisfies(e -> assertThat(e.certainty()).isEqualTo(Certainty.NOT_APPLIED));
            over.countDown();
            assertThat(first.get()).isEqualTo(1);
        }
    }

    private static boolean await(CountDownLatch latch) {
        try {
            return latch.await(30, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
