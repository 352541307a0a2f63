package dev.ratelimit.runtime.timers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.TimeSource;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Tasks of timers that block, in real time: they stop no other task. */
@Timeout(60)
class BlockedTimersIT {

    private static final TimeSource SYSTEM = TimeSource.system();

    private final CountDownLatch end = new CountDownLatch(1);

    @AfterEach
    void letGo() {
        end.countDown();
    }

    /** Each but the last waits for the next: they all need a thread at the same time. */
    @Test
    void thoseThatWaitForOneAnotherAllHaveAThread() throws Exception {
        TimerThread timers = new TimerThread("blocked-timers", 1_000_000_000);
        int many = 3 * CallThreads.FEW;
        CountDownLatch all = new CountDownLatch(many);
        for (int i = 0; i < many; i++) {
            timers.call(SYSTEM, SYSTEM.nanos() + i * 10_000L, () -> {
                all.countDown();
                awaitQuietly(all);
            });
        }
        CountDownLatch deadline = new CountDownLatch(1);
        timers.schedule(SYSTEM, SYSTEM.nanos() + 5_000_000, deadline::countDown);
        assertThat(deadline.await(20, TimeUnit.SECONDS)).isTrue();
        assertThat(all.await(20, TimeUnit.SECONDS)).isTrue();
    }

    /** The check can fail: a task that blocks without the role being lent stops the next. */
    @Test
    void aTwinThatDoesNotLendItsRoleIsCaught() throws Exception {
        TimerThread timers = new TimerThread("blocked-timers", 1_000_000);
        CountDownLatch other = new CountDownLatch(1);
        CountDownLatch blocks = new CountDownLatch(1);
        timers.wake(SYSTEM, SYSTEM.nanos(), () -> {
            blocks.countDown();
            awaitQuietly(end);
        });
        blocks.await();
        timers.wake(SYSTEM, SYSTEM.nanos(), other::countDown);
        assertThat(other.await(200, TimeUnit.MILLISECONDS)).isFalse();
        end.countDown();
        other.await();
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
