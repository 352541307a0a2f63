package dev.ratelimit.core.internal.concurrency;

import dev.ratelimit.runtime.locks.Headroom;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A callback that runs once a wait for a slot is decided, without a waiting thread.
 *
 * <p>The thread that takes the callback out, by one exchange, decides about the slot: the thread that runs the callback
 * passes the slot on, and the thread that cancels gives it back. After that, this object keeps no reference to the
 * caller or the key.
 */
final class WaitingCall implements Waiter.Callback, Slots.PendingEntry {

    private final AtomicReference<@Nullable Consumer<? super Admission>> then;
    private volatile @Nullable Waiter waiter;
    private volatile Wakeups.@Nullable Cancellable timeout;

    WaitingCall(Consumer<? super Admission> then) {
        this.then = new AtomicReference<>(then);
    }

    /**
     * Ends the wait at a deadline. If it is decided by then, the thread that decided may have failed to run the
     * callback.
     */
    void waits(Waiter joined, Wakeups wakeups, long deadline) {
        boolean isSettled = false;
        try {
            waiter = joined;
            if (!joined.isDecided()) {
                timeout = wakeups.at(deadline, joined::timeOut);
            }
            if (joined.isDecided()) {
                make(joined.outcome());
                forget();
            }
            isSettled = true;
        } finally {
            if (!isSettled) {
                drop();
            }
        }
    }

    @Override
    public void decided(Waiter decided) {
        make(decided.outcome());
    }

    /**
     * Runs the callback, if it has not run. If it throws, its slot is given back. If not enough stack is left for that,
     * the callback is not run, and the deadline runs it.
     */
    void make(@Nullable Admission outcome) {
        Headroom.forTwo();
        Consumer<? super Admission> mine = outcome == null ? null : then.getAndSet(null);
        if (mine == null) {
            return;
        }
        boolean isMade = false;
        try {
            mine.accept(outcome);
            isMade = true;
        } finally {
            if (!isMade && outcome instanceof Slot slot) {
                slot.close();
            }
            forget();
        }
    }

    @Override
    public boolean cancel() {
        Headroom.forTwo();
        return drop();
    }

    /** Gives up. The caller has checked the room on the stack. */
    private boolean drop() {
        Waiter joined = waiter;
        if (then.getAndSet(null) == null) {
            return false;
        }
        try {
            if (joined != null) {
                joined.giveUp();
            }
        } finally {
            forget();
        }
        return true;
    }

    private void forget() {
        Wakeups.Cancellable set = timeout;
        waiter = null;
        timeout = null;
        if (set != null) {
            set.cancel();
        }
    }
}
