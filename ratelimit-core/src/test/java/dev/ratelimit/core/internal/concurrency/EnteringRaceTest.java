package dev.ratelimit.core.internal.concurrency;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.testing.ManualTime;
import java.util.Objects;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A call that waits for a slot is cancelled, or its time is over, while the slot is given back: it is told once, or never. */
@Timeout(120)
@SuppressWarnings("ThreadPriorityCheck") // yielding makes the threads meet, also on one processor
class EnteringRaceTest {

    private static final long KEY = 7;
    private static final int ROUNDS = 20_000;
    private static final ConcurrencyBounds ONE = new ConcurrencyBounds(1, ConcurrencyBounds.FOREVER);

    /** One slot, and one call that waits for it and gives it back when it is told. */
    private interface Scene {
        void close();

        boolean cancel();

        /** How often the call was told. */
        int told();

        long left();
    }

    private static final class Real implements Scene {
        private final ManualTime time = new ManualTime();
        private final ManualWakeups wakeups = new ManualWakeups(time);
        private final Slots slots = new Slots(time, wakeups, (key, held) -> {}, 1);
        private final AtomicInteger told = new AtomicInteger();
        private final Slot slot = Objects.requireNonNull(slots.tryEnter(KEY, ONE));
        private final Slots.PendingEntry call = slots.enterLater(KEY, ONE, 10, this::tell);

        private void tell(Admission admission) {
            told.incrementAndGet();
            if (admission instanceof Slot handed) {
                handed.close();
            }
        }

        @Override
        public void close() {
            slot.close();
        }

        @Override
        public boolean cancel() {
            return call.cancel();
        }

        @Override
        public int told() {
            return told.get();
        }

        @Override
        public long left() {
            return slots.inUse() + slots.waiting() + slots.keys() + wakeups.pending();
        }
    }

    /** The twin: each looks whether the other was first, and acts then. */
    private static final class Broken implements Scene {
        private final AtomicInteger told = new AtomicInteger();
        private volatile boolean cancelled;

        @Override
        public void close() {
            if (!cancelled) {
                Thread.yield();
                told.incrementAndGet();
            }
        }

        @Override
        public boolean cancel() {
            if (told.get() > 0) {
                return false;
            }
            Thread.yield();
            cancelled = true;
            return true;
        }

        @Override
        public int told() {
            return told.get();
        }

        @Override
        public long left() {
            return 0;
        }
    }

    @Test
    void whoIsCancelledIsToldNothingAndKeepsNothing() throws Exception {
        assertThat(wrongRounds(Real::new)).isZero();
    }

    @Test
    void whoseTimeIsOverIsToldOnceAndKeepsNothing() throws Exception {
        assertThat(wrongRounds(Timed::new)).isZero();
    }

    @Test
    void aTwinThatLooksFirstIsCaught() throws Exception {
        // On a machine that is busy elsewhere the threads may take turns for a while.
        boolean caught = false;
        for (int attempt = 0; attempt < 50 && !caught; attempt++) {
            caught = wrongRounds(Broken::new) > 0;
        }
        assertThat(caught).isTrue();
    }

    /** Where the time of the call is over instead. */
    private static final class Timed implements Scene {
        private final Real real = new Real();

        @Override
        public void close() {
            real.close();
        }

        @Override
        public boolean cancel() {
            real.wakeups.advanceNanos(10);
            return false;
        }

        @Override
        public int told() {
            return real.told();
        }

        @Override
        public long left() {
            return real.left();
        }
    }

    private static int wrongRounds(Supplier<Scene> scenes) throws Exception {
        CyclicBarrier barrier = new CyclicBarrier(2);
        Scene[] current = new Scene[1];
        Thread closing = new Thread(() -> {
            try {
                for (int round = 0; round < ROUNDS; round++) {
                    barrier.await();
                    current[0].close();
                    barrier.await();
                }
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
        int wrong = 0;
        closing.start();
        for (int round = 0; round < ROUNDS; round++) {
            Scene scene = scenes.get();
            current[0] = scene;
            barrier.await();
            boolean cancelled = scene.cancel();
            barrier.await();
            wrong += scene.told() == (cancelled ? 0 : 1) && scene.left() == 0 ? 0 : 1;
        }
        closing.join();
        return wrong;
    }
}
