package dev.ratelimit.core.internal.limit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.Policy;
import dev.ratelimit.WhenSaturated;
import dev.ratelimit.core.internal.cells.Blackouts;
import dev.ratelimit.core.internal.cells.CellTable;
import dev.ratelimit.testing.ManualTime;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Phaser;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Threads that begin, prolong and end blackouts at once, while time stands still. */
@Timeout(240)
class CalledBlackoutRaceTest {

    private static final int ROUNDS = 4_000;
    private static final int ATTEMPTS = 100;
    private static final long MINUTE = 60_000_000_000L;
    private static final long HOUR = 60 * MINUTE;

    /** What the races are about: one that begins, and one that ends. */
    private interface Called {
        void extend(long key, long nanos);

        void end(long key);

        long nanosLeft(long key, long clock);
    }

    private static Called sound(ManualTime time, AtomicInteger looks) {
        CalledBlackouts blackouts = new CalledBlackouts(time, looks, 16, () -> {});
        return new Called() {
            @Override
            public void extend(long key, long nanos) {
                blackouts.extend(key, nanos);
            }

            @Override
            public void end(long key) {
                blackouts.end(key);
            }

            @Override
            public long nanosLeft(long key, long clock) {
                return blackouts.nanosLeft(key, clock);
            }
        };
    }

    /** Has calls look before the blackout is there, and replaces a blackout by one that is longer than it was. */
    private static final class Twin implements Called {

        private final ManualTime time;
        private final AtomicInteger looks;
        private final Blackouts blackouts;
        private long until = Long.MIN_VALUE;

        Twin(ManualTime time, AtomicInteger looks) {
            this.time = time;
            this.looks = looks;
            this.blackouts = new CellTable(16, WhenSaturated.EVICT, time).blackouts(Policy.MAX_DURATION.toNanos());
        }

        @Override
        public void extend(long key, long nanos) {
            open(time.nanos() + nanos + MINUTE);
            if (blackouts.remaining(key, time.nanos()) < nanos) {
                blackouts.end(key);
                blackouts.extend(key, nanos, time.nanos());
            }
        }

        private synchronized void open(long end) {
            until = Math.max(until, end);
            looks.set(1);
        }

        @Override
        public synchronized void end(long key) {
            blackouts.end(key);
            until = time.nanos() + blackouts.nanosUntilNone(time.nanos()) + MINUTE;
        }

        @Override
        public synchronized long nanosLeft(long key, long clock) {
            if (clock - until > 0) {
                looks.set(0);
            }
            return blackouts.remaining(key, clock);
        }
    }

    private static Called called(boolean isTwin, ManualTime time, AtomicInteger looks) {
        return isTwin ? new Twin(time, looks) : sound(time, looks);
    }

    @Test
    void ofTwoForOneKeyTheLongerOneStands() throws Exception {
        assertThat(shortened(false, ROUNDS)).isZero();
    }

    @Test
    void aTwinThatLooksAndThenReplacesIsCaught() throws Exception {
        long shortened = 0;
        for (int attempt = 0; attempt < ATTEMPTS && shortened == 0; attempt++) {
            shortened = shortened(true, ROUNDS);
        }
        assertThat(shortened).isPositive();
    }

    private static long shortened(boolean isTwin, int rounds) throws Exception {
        ManualTime time = new ManualTime();
        Called called = called(isTwin, time, new AtomicInteger());
        long wrong = 0;
        try (Pair pair = new Pair()) {
            for (int round = 0; round < rounds; round++) {
                pair.run(() -> called.extend(1, HOUR), () -> called.extend(1, MINUTE));
                wrong += called.nanosLeft(1, time.nanos()) == HOUR ? 0 : 1;
                called.end(1);
            }
        }
        return wrong;
    }

    /** However another key's blackout ends meanwhile, calls look as long as one is left. */
    @Test
    void callsLookAsLongAsAnyIsLeft() throws Exception {
        assertThat(unseen(false, ROUNDS)).isZero();
    }

    @Test
    void aTwinThatHasThemLookBeforeItIsThereIsCaught() throws Exception {
        long unseen = 0;
        for (int attempt = 0; attempt < ATTEMPTS && unseen == 0; attempt++) {
            unseen = unseen(true, ROUNDS);
        }
        assertThat(unseen).isPositive();
    }

    private static long unseen(boolean isTwin, int rounds) throws Exception {
        long wrong = 0;
        try (Pair pair = new Pair()) {
            for (int round = 0; round < rounds; round++) {
                ManualTime time = new ManualTime();
                AtomicInteger looks = new AtomicInteger();
                Called called = called(isTwin, time, looks);
                called.extend(2, 2 * HOUR);
                pair.run(() -> called.extend(1, HOUR), () -> called.end(2));
                time.advanceNanos(HOUR / 2);
                // Any call looks so: one for another key may be the one that notices that the last has ended.
                called.nanosLeft(3, time.nanos());
                wrong += looks.get() > 0 && called.nanosLeft(1, time.nanos()) > 0 ? 0 : 1;
            }
        }
        return wrong;
    }

    /** Two threads that do something at the same moment, again and again. */
    private static final class Pair implements AutoCloseable {

        private final ExecutorService threads = Executors.newFixedThreadPool(2);
        private final Phaser phaser = new Phaser(2);

        void run(Runnable one, Runnable other) throws Exception {
            Future<?> first = threads.submit(() -> meet(one));
            Future<?> second = threads.submit(() -> meet(other));
            first.get();
            second.get();
        }

        private void meet(Runnable action) {
            phaser.arriveAndAwaitAdvance();
            action.run();
        }

        @Override
        public void close() {
            threads.shutdownNow();
        }
    }
}
