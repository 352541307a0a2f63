package dev.ratelimit.runtime.timers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.ScheduledTask;
import dev.ratelimit.TimeSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Callers that come just when the thread goes to sleep, ends, or runs what they cancel: no task is lost, none runs twice. */
@Timeout(120)
class TimerThreadRaceTest {

    private static final TimeSource SYSTEM = TimeSource.system();
    private static final int THREADS = 3;
    private static final int EACH = 20_000;

    @ParameterizedTest(name = "idle for {0} ns")
    @ValueSource(longs = {0, 20_000, 1_000_000_000})
    void aTaskThatComesWhenTheThreadGoesIsNotLost(long idleNanos) {
        TimerThread timers = new TimerThread("racing-timers", idleNanos);
        assertThat(isOneLost(task -> timers.wake(SYSTEM, SYSTEM.nanos(), task), 10_000, Duration.ofSeconds(20)))
                .isFalse();
    }

    @ParameterizedTest
    @EnumSource(BrokenTimerThread.WhenIdle.class)
    void aTwinThatLooksBeforeItSaysSoIsCaught(BrokenTimerThread.WhenIdle whenIdle) {
        boolean isCaught = false;
        for (int attempt = 0; attempt < 50 && !isCaught; attempt++) {
            BrokenTimerThread timers = new BrokenTimerThread(whenIdle);
            isCaught = isOneLost(timers::schedule, 10_000, Duration.ofMillis(200));
            timers.close();
        }
        assertThat(isCaught).isTrue();
    }

    @ParameterizedTest(name = "idle for {0} ns")
    @ValueSource(longs = {0, 1_000_000_000})
    void eachOfManyTasksRunsOnceOrIsCancelledAndNoneEarly(long idleNanos) throws Exception {
        TimerThread timers = new TimerThread("racing-timers", idleNanos);
        AtomicLong early = new AtomicLong();
        List<List<Case>> all = new ArrayList<>();
        List<Future<?>> futures = new ArrayList<>();
        ExecutorService executor = Executors.newFixedThreadPool(THREADS);
        try {
            for (int t = 0; t < THREADS; t++) {
                Random random = new Random(t);
                List<Case> mine = new ArrayList<>();
                all.add(mine);
                futures.add(executor.submit(() -> {
                    for (int i = 0; i < EACH; i++) {
                        mine.add(new Case(timers, SYSTEM.nanos() + random.nextInt(300_000), early));
                        if (random.nextInt(3) == 0) {
                            mine.get(i - random.nextInt(Math.min(i + 1, 20))).cancel();
                        }
                    }
                }));
            }
            for (Future<?> future : futures) {
                future.get();
            }
        } finally {
            executor.shutdownNow();
        }
        for (List<Case> cases : all) {
            for (Case each : cases) {
                while (each.outcomes.get() == 0) {
                    Thread.onSpinWait();
                }
            }
        }
        // What the thread has run by now it has also counted; a second run would have come before the last timer's.
        assertThat(TimerThreadTest.sizeOf(timers)).isZero();
        assertThat(all.stream().flatMap(List::stream)).allMatch(each -> each.outcomes.get() == 1);
        assertThat(early).hasValue(0);
    }

    @Test
    void aTimerIsRunOrCancelled() throws Exception {
        TimerThread timers = new TimerThread("racing-timers", 0);
        assertThat(RacingPairs.wrong(50_000, i -> new RunOrCancel(timers))).isZero();
    }

    @Test
    void aTwinThatLooksBeforeItTakesTheTaskIsCaught() throws Exception {
        assertThat(RacingPairs.wrongOfTwin(50_000, i -> new LooksFirst())).isPositive();
    }

    /** Schedules one task after the other, each as soon as the last has run; whether one did not run in time. */
    private static boolean isOneLost(Consumer<Runnable> schedule, int rounds, Duration patience) {
        for (int i = 0; i < rounds; i++) {
            AtomicInteger runs = new AtomicInteger();
            schedule.accept(runs::incrementAndGet);
            long start = System.nanoTime();
            while (runs.get() == 0) {
                if (System.nanoTime() - start > patience.toNanos()) {
                    return true;
                }
                Thread.onSpinWait();
            }
        }
        return false;
    }

    /** One task of many, and how often it ran or was cancelled. */
    private static final class Case implements Runnable {

        private final AtomicInteger outcomes = new AtomicInteger();
        private final long due;
        private final AtomicLong early;
        private final ScheduledTask timer;

        Case(TimerThread timers, long due, AtomicLong early) {
            this.due = due;
            this.early = early;
            this.timer = timers.wake(SYSTEM, due, this);
        }

        @Override
        public void run() {
            early.addAndGet(SYSTEM.nanos() - due < 0 ? 1 : 0);
            outcomes.incrementAndGet();
        }

        void cancel() {
            if (timer.cancel()) {
                outcomes.incrementAndGet();
            }
        }
    }

    /** The timer's thread, and a caller who cancels. */
    private static final class RunOrCancel implements RacingPairs.Round {

        private final AtomicInteger runs = new AtomicInteger();
        private final Timer timer;
        private boolean isCancelled;

        RunOrCancel(TimerThread timers) {
            timer = new Timer(timers, SYSTEM, 0, runs::incrementAndGet, Timer.Kind.SHORT);
        }

        @Override
        public void one() {
            timer.run();
        }

        @Override
        public void other() {
            isCancelled = timer.takeTask() != null;
        }

        @Override
        public boolean isRight() {
            return runs.get() == (isCancelled ? 0 : 1);
        }
    }

    /** The twin. */
    private static final class LooksFirst implements RacingPairs.Round {

        private final AtomicInteger runs = new AtomicInteger();
        private volatile boolean isOver;
        private boolean isCancelled;

        @Override
        public void one() {
            if (!isOver) {
                isOver = true;
                runs.incrementAndGet();
            }
        }

        @Override
        public void other() {
            if (!isOver) {
                isOver = true;
                isCancelled = true;
            }
        }

        @Override
        public boolean isRight() {
            return runs.get() == (isCancelled ? 0 : 1);
        }
    }
}
