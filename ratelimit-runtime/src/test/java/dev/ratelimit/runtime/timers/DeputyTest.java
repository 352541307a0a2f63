package dev.ratelimit.runtime.timers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.TimeSource;
import dev.ratelimit.internal.OwnThreads;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The role of the timer thread goes to another thread while callers' code takes long, and to one only. */
@Timeout(120)
class DeputyTest {

    private static final TimeSource SYSTEM = TimeSource.system();
    private static final long NEVER = Long.MAX_VALUE / 4;
    private static final ThreadFactory THREADS = task -> OwnThreads.unstarted("timers-of-a-test", task);

    @Test
    void whatBlocksDelaysNoOtherWhetherThatIsKnownBeforeOrComesMeanwhile() throws Exception {
        TimerThread timers = new TimerThread(THREADS, 1_000_000, 50_000, 0);
        CountDownLatch end = new CountDownLatch(1);
        CountDownLatch blocked = new CountDownLatch(1);
        CountDownLatch knownBefore = new CountDownLatch(2);
        long now = SYSTEM.nanos();
        timers.wake(SYSTEM, now + 2_000_000, knownBefore::countDown);
        timers.call(SYSTEM, now + 2_000_000, knownBefore::countDown);
        CompletableFuture<Thread> blocking = new CompletableFuture<>();
        timers.call(SYSTEM, now, () -> {
            blocking.complete(Thread.currentThread());
            blocked.countDown();
            awaitQuietly(end);
        });
        blocked.await();
        knownBefore.await();
        BlockingQueue<Thread> meanwhile = new LinkedBlockingQueue<>();
        timers.wake(SYSTEM, SYSTEM.nanos(), () -> meanwhile.add(Thread.currentThread()));
        timers.call(SYSTEM, SYSTEM.nanos() + 100_000, () -> meanwhile.add(Thread.currentThread()));
        assertThat(List.of(meanwhile.take(), meanwhile.take())).doesNotContain(blocking.get());
        end.countDown();
        blocking.get().join();
    }

    @Test
    void whatIsShortRunsOnTheThreadThatWokeForIt() throws Exception {
        TimerThread timers = new TimerThread(THREADS, 1_000_000_000, NEVER, NEVER);
        BlockingQueue<Thread> seen = new LinkedBlockingQueue<>();
        timers.wake(SYSTEM, SYSTEM.nanos(), () -> seen.add(Thread.currentThread()));
        Thread leader = seen.take();
        for (int i = 0; i < 100; i++) {
            timers.call(SYSTEM, SYSTEM.nanos() + i * 10_000L, () -> seen.add(Thread.currentThread()));
        }
        for (int i = 0; i < 100; i++) {
            assertThat(seen.take()).isSameAs(leader);
        }
    }

    @Test
    void onceSomethingTookLongWhatFollowsRunsOnOtherThreads() throws Exception {
        TimerThread timers = new TimerThread(THREADS, 1_000_000_000, 0, NEVER);
        CountDownLatch end = new CountDownLatch(1);
        timers.call(SYSTEM, SYSTEM.nanos(), () -> awaitQuietly(end));
        BlockingQueue<Thread> leaders = new LinkedBlockingQueue<>();
        timers.wake(SYSTEM, SYSTEM.nanos(), () -> leaders.add(Thread.currentThread()));
        Thread leader = leaders.take();
        end.countDown();
        CountDownLatch all = new CountDownLatch(100);
        BlockingQueue<Thread> callers = new LinkedBlockingQueue<>();
        for (int i = 0; i < 100; i++) {
            timers.call(SYSTEM, SYSTEM.nanos(), () -> {
                callers.add(Thread.currentThread());
                all.countDown();
            });
        }
        all.await();
        assertThat(callers).hasSize(100).doesNotContain(leader);
    }

    /** Without a time in which callers' code runs elsewhere, so that the role is lost again and again. */
    @ParameterizedTest(name = "patience of {0} ns")
    @ValueSource(longs = {0, 5_000, 100_000})
    void eachRunsOnceAndNoneIsLostWhileTheRoleGoesToAndFro(long patience) throws Exception {
        TimerThread timers = new TimerThread(THREADS, 100_000, patience, 0);
        int count = 20_000;
        AtomicInteger[] runs = new AtomicInteger[count];
        CountDownLatch all = new CountDownLatch(count);
        AtomicLong early = new AtomicLong();
        Random random = new Random(7);
        for (int i = 0; i < count; i++) {
            AtomicInteger mine = new AtomicInteger();
            runs[i] = mine;
            long due = SYSTEM.nanos() + random.nextInt(200_000);
            long takes = random.nextInt(20) == 0 ? random.nextInt(100_000) : 0;
            Runnable task = () -> {
                early.addAndGet(SYSTEM.nanos() - due < 0 ? 1 : 0);
                mine.incrementAndGet();
                spin(takes);
                all.countDown();
            };
            if (random.nextInt(4) == 0) {
                timers.wake(SYSTEM, due, task);
            } else {
                timers.call(SYSTEM, due, task);
            }
            if (random.nextInt(50) == 0) {
                spin(random.nextInt(200_000));
            }
        }
        all.await();
        assertThat(early).hasValue(0);
        assertThat(runs).allMatch(each -> each.get() == 1);
        assertThat(TimerThreadTest.sizeOf(timers)).isZero();
    }

    @Test
    void theRoleIsTakenBackOrTakenOver() throws Exception {
        assertThat(RacingPairs.wrong(50_000, i -> new BackOrOver())).isZero();
    }

    @Test
    void aTwinThatLooksBeforeItTakesTheRoleIsCaught() throws Exception {
        assertThat(RacingPairs.wrongOfTwin(50_000, i -> new LooksFirst())).isPositive();
    }

    @Test
    void whereNoDeputyCanBeStartedCallersCodeRunsAllTheSame() throws Exception {
        List<Thread> started = new ArrayList<>();
        TimerThread timers = new TimerThread(
                task -> {
                    if (!started.isEmpty()) {
                        throw new OutOfMemoryError("unable to create native thread");
                    }
                    started.add(THREADS.newThread(task));
                    return started.get(0);
                },
                1_000_000_000,
                0,
                NEVER);
        BlockingQueue<Thread> seen = new LinkedBlockingQueue<>();
        for (int i = 0; i < 1_000; i++) {
            timers.call(SYSTEM, SYSTEM.nanos() + i * 1_000L, () -> seen.add(Thread.currentThread()));
        }
        for (int i = 0; i < 1_000; i++) {
            assertThat(seen.take()).isSameAs(started.get(0));
        }
    }

    private static void spin(long nanos) {
        for (long end = SYSTEM.nanos() + nanos; SYSTEM.nanos() - end < 0; ) {
            Thread.onSpinWait();
        }
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The leader that comes back, and the deputy that takes over: {@link DeputyThread#regain} is what both do. */
    private static final class BackOrOver implements RacingPairs.Round {

        private final DeputyThread deputy = new DeputyThread(THREADS, () -> {}, new Timeline(), 0, 0);
        private final long lent = deputy.lend();
        private final AtomicInteger leaders = new AtomicInteger();

        @Override
        public void one() {
            leaders.addAndGet(deputy.regain(lent) ? 1 : 0);
        }

        @Override
        public void other() {
            leaders.addAndGet(deputy.regain(lent) ? 1 : 0);
        }

        @Override
        public boolean isRight() {
            return leaders.get() == 1;
        }
    }

    /** The twin. */
    private static final class LooksFirst implements RacingPairs.Round {

        private volatile long turn = 1;
        private final AtomicInteger leaders = new AtomicInteger();

        @Override
        public void one() {
            if (turn == 1) {
                turn = 2;
                leaders.incrementAndGet();
            }
        }

        @Override
        public void other() {
            one();
        }

        @Override
        public boolean isRight() {
            return leaders.get() == 1;
        }
    }
}
