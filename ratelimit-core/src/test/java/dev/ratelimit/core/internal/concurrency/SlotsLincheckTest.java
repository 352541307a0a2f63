package dev.ratelimit.core.internal.concurrency;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ratelimit.testing.ManualTime;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.jetbrains.lincheck.datastructures.ThreadIdGen;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Slots of one key are linearizable: entering, closing, taking back, waiting and giving up; the broken twin's are not.
 *
 * <p>Waiting is taken apart: a thread that waits does not park here, but sees later what became of it.
 */
class SlotsLincheckTest {

    private static final long KEY = 7;
    private static final int LIMIT = 2;
    private static final long HOLD = 10;
    private static final ConcurrencyBounds BOUNDS = new ConcurrencyBounds(LIMIT, ConcurrencyBounds.FOREVER);
    private static final ConcurrencyBounds ONE = new ConcurrencyBounds(1, ConcurrencyBounds.FOREVER, 2);

    /** The most threads, with those that the checker runs before and after all others. */
    private static final int THREADS = 6;

    /**
     * Two slots, one of which is overdue, and may be closed and taken back by any thread. They are as the checker calls
     * them; by themselves, one call at a time, also the specification.
     */
    @Param(name = "thread", gen = ThreadIdGen.class)
    public static class Real {
        private final ManualTime time = new ManualTime();
        private Runnable wakeUp = () -> {};
        private final Slots slots = new Slots(
                time,
                (instant, task) -> {
                    wakeUp = task;
                    return () -> {};
                },
                (key, held) -> {},
                1);
        private final Slot overdue = Objects.requireNonNull(slots.tryEnter(KEY, new ConcurrencyBounds(LIMIT, HOLD)));
        private final @Nullable Slot[] own = new @Nullable Slot[THREADS];

        public Real() {
            time.set(HOLD);
        }

        @Operation
        public String enter(@Param(name = "thread") int thread) {
            if (own[thread] != null) {
                return "has one";
            }
            own[thread] = slots.tryEnter(KEY, BOUNDS);
            return own[thread] == null ? "full" : "entered";
        }

        @Operation
        public void close(@Param(name = "thread") int thread) {
            Slot slot = own[thread];
            own[thread] = null;
            if (slot != null) {
                slot.close();
            }
        }

        @Operation
        public void closeTheOverdue() {
            overdue.close();
        }

        @Operation
        public void takeBackTheOverdue() {
            wakeUp.run();
        }

        @Operation
        public int inUse() {
            return slots.inUse(KEY);
        }
    }

    /** One slot, in use from the beginning, and those who wait for it. */
    @Param(name = "thread", gen = ThreadIdGen.class)
    public static class Waits {
        private final Slots slots = new Slots(() -> 0, (instant, task) -> () -> {}, (key, held) -> {}, 1);
        private final Slot first = Objects.requireNonNull(slots.tryEnter(KEY, ONE));
        private final @Nullable Slot[] own = new @Nullable Slot[THREADS];
        private final @Nullable Waiter[] waiters = new @Nullable Waiter[THREADS];

        @Operation
        public void closeTheFirst() {
            first.close();
        }

        @Operation
        public void close(@Param(name = "thread") int thread) {
            Slot slot = own[thread];
            own[thread] = null;
            if (slot != null) {
                slot.close();
            }
        }

        @Operation
        public String queue(@Param(name = "thread") int thread) {
            if (own[thread] != null || waiters[thread] != null) {
                return "has one, or waits";
            }
            waiters[thread] = slots.stripe(KEY).queue(KEY, ONE, new WaitingThread(), 0);
            return waiters[thread] == null ? "too many wait" : "waits";
        }

        @Operation
        public String giveUp(@Param(name = "thread") int thread) {
            Waiter waiter = waiters[thread];
            if (waiter == null) {
                return "does not wait";
            }
            waiters[thread] = null;
            if (waiter.withdraw()) {
                return "gave up";
            }
            own[thread] = waiter.handed();
            return "has been handed one";
        }

        @Operation
        public int inUse() {
            return slots.inUse(KEY);
        }
    }

    /**
     * One slot, in use from the beginning, and calls that are left for it. What a call is told is read by the thread that
     * left it; so a slot that a cancelled call was handed, and that does not go back, is missed.
     */
    @Param(name = "thread", gen = ThreadIdGen.class)
    public static class Calls {
        private final Slots slots = new Slots(() -> 0, (instant, task) -> () -> {}, (key, held) -> {}, 1);
        private final Slot first = Objects.requireNonNull(slots.tryEnter(KEY, ONE));
        private final Slots.@Nullable PendingEntry[] calls = new Slots.@Nullable PendingEntry[THREADS];
        private final AtomicReferenceArray<@Nullable Admission> told = new AtomicReferenceArray<>(THREADS);

        @Operation
        public void closeTheFirst() {
            first.close();
        }

        @Operation
        public String call(@Param(name = "thread") int thread) {
            if (calls[thread] != null) {
                return "has called";
            }
            calls[thread] = slots.enterLater(KEY, ONE, 1, admission -> told.set(thread, admission));
            return "called";
        }

        @Operation
        public String cancel(@Param(name = "thread") int thread) {
            Slots.PendingEntry call = calls[thread];
            if (call == null) {
                return "has not called";
            }
            calls[thread] = null;
            return call.cancel() ? "cancelled" : "was told";
        }

        @Operation
        public int waiting() {
            return slots.waiting(KEY);
        }
    }

    /** The twin. */
    @Param(name = "thread", gen = ThreadIdGen.class)
    public static class Broken {
        private final BrokenSlots slots = new BrokenSlots();
        private final Runnable shared = Objects.requireNonNull(slots.tryEnter(KEY, LIMIT));

        @Operation
        public boolean enter() {
            return slots.tryEnter(KEY, LIMIT) != null;
        }

        @Operation
        public void close() {
            shared.run();
        }

        @Operation
        public int inUse() {
            return slots.inUse(KEY);
        }
    }

    @Test
    void modelChecking() {
        modelChecker().check(Real.class);
    }

    @Test
    void modelCheckingWithThreeThreads() {
        modelChecker().threads(3).actorsPerThread(2).check(Real.class);
    }

    @Test
    void modelCheckingOfWaits() {
        modelChecker().actorsPerThread(3).iterations(20).check(Waits.class);
    }

    @Test
    void modelCheckingOfCalls() {
        modelChecker().actorsPerThread(3).iterations(10).check(Calls.class);
    }

    @Test
    void stress() {
        new StressOptions()
                .iterations(15)
                .invocationsPerIteration(2_000)
                .threads(2)
                .actorsPerThread(4)
                .check(Real.class);
    }

    @Test
    void brokenTwinIsCaught() {
        assertThatThrownBy(() -> modelChecker().check(Broken.class)).hasMessageContaining("Invalid execution results");
    }

    private static ModelCheckingOptions modelChecker() {
        return new ModelCheckingOptions()
                .iterations(6)
                .invocationsPerIteration(800)
                .threads(2)
                .actorsPerThread(4)
                .actorsBefore(2)
                .actorsAfter(3);
    }
}
