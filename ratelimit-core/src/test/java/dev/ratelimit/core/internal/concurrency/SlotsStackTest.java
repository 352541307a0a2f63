package dev.ratelimit.core.internal.concurrency;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.core.SmallStack;
import dev.ratelimit.testing.ManualTime;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Slots at each depth of a small stack, up to its end: no lock stays taken, nothing is half done, and what could be taken
 * can be given back.
 */
@Timeout(900)
class SlotsStackTest {

    private static final long KEY = 7;
    private static final long HOLD = 1_000;
    private static final long WAIT = 500;
    private static final ConcurrencyBounds ONE = new ConcurrencyBounds(1, ConcurrencyBounds.FOREVER);

    private final ManualTime time = new ManualTime();

    /** Keeps its shape when a call of it fails for want of stack. */
    private final ConcurrentLinkedQueue<Runnable> wakeups = new ConcurrentLinkedQueue<>();

    private final Slots slots = new Slots(time, this::wakeUp, (key, held) -> {}, 1);
    private final SmallStack stack = new SmallStack();
    private long failedToGiveBack;
    private long given;

    private Wakeups.Cancellable wakeUp(long instant, Runnable task) {
        wakeups.add(task);
        return () -> wakeups.remove(task);
    }

    @Test
    void takenAndGivenBackAtEachDepth() throws Exception {
        assertThat(isSoundAtEachDepth(Turnstile.of(slots, HOLD))).isTrue();
        assertThat(stack.overflowed()).isPositive();
        assertThat(failedToGiveBack).isZero();
    }

    @Test
    void aTwinThatMakesSureOfNoStackIsCaught() throws Exception {
        assertThat(isSoundAtEachDepth(new Turnstile.Broken(AllocationProbe.PLENTY, Turnstile.Flaw.COUNTS_FIRST)))
                .isFalse();
    }

    /** As a caller holds leases in {@code try}, one within the other, until the innermost call overflows. */
    @Test
    void whateverIsHeldWhenTheStackOverflowsIsGivenBack() throws Exception {
        Turnstile turnstile = Turnstile.of(slots, ConcurrencyBounds.FOREVER);
        for (int round = 0; round < SmallStack.ROUNDS; round++) {
            SmallStack.until(round, () -> hold(turnstile, 0));
            assertThat(slots.inUse()).as("in round %s", round).isZero();
            assertThat(slots.stripe(0).isLocked()).isFalse();
        }
        assertThat(failedToGiveBack).isZero();
        assertThat(given).isGreaterThan(100L * SmallStack.ROUNDS);
    }

    /** Who waits is told at its deadline at the latest, by a thread that has the stack for it. */
    @Test
    void nobodyWhoWaitsIsForgottenAtAnyDepth() throws Exception {
        for (int round = 0; round < SmallStack.ROUNDS; round++) {
            stack.atEachDepth(round, this::handOn);
            for (Runnable task = wakeups.poll(); task != null; task = wakeups.poll()) {
                task.run();
            }
            assertThat(slots.stripe(0).isLocked()).isFalse();
            assertThat(slots.waiting()).isZero();
            assertThat(slots.inUse()).as("in round %s", round).isZero();
        }
        assertThat(given).isPositive();
        assertThat(stack.overflowed()).isPositive();
    }

    /** One takes the only slot, another one waits for it, a third waits and gives up; then the slot goes on. */
    private void handOn() {
        Slot first = slots.tryEnter(KEY, ONE);
        if (first == null) {
            return;
        }
        try {
            slots.enterLater(KEY, ONE, WAIT, this::giveBack);
            slots.enterLater(KEY, ONE, WAIT, this::giveBack).cancel();
        } finally {
            first.close();
        }
    }

    private void giveBack(Admission admission) {
        if (admission instanceof Slot slot) {
            slot.close();
            given++;
        }
    }

    private boolean isSoundAtEachDepth(Turnstile turnstile) throws Exception {
        for (int round = 0; round < SmallStack.ROUNDS; round++) {
            stack.atEachDepth(round, () -> passThrough(turnstile));
            if (turnstile.isLocked() || turnstile.inUse() != 0 || turnstile.keys() != 0) {
                return false;
            }
        }
        return true;
    }

    private void passThrough(Turnstile turnstile) {
        Runnable closing = turnstile.enter(KEY);
        try {
            closing.run();
        } catch (StackOverflowError e) {
            failedToGiveBack++;
            throw e;
        }
    }

    @SuppressWarnings("InfiniteRecursion") // until the stack ends
    private int hold(Turnstile turnstile, int depth) {
        Runnable closing = turnstile.enter(depth % 5);
        try {
            return 1 + hold(turnstile, depth + 1);
        } finally {
            try {
                closing.run();
                given++;
            } catch (StackOverflowError e) {
                failedToGiveBack++;
            }
        }
    }
}
