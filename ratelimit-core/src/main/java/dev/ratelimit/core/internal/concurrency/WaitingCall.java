package dev.ratelimit.core.internal.concurrency;

import dev.ratelimit.core.internal.locks.Headroom;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A call that is made once a wait for a slot is decided, without a thread that waits.
 *
 * <p>Whoever takes the call out, by one exchange, decides what becomes of the slot: the one who makes it hands the slot
 * on; the one who cancels gives it back. Once it is taken nothing is kept here of the caller's, nor of the key's.
 */
final class WaitingCall implements SlotCallback, PendingEntry {

    private final AtomicReference<@Nullable Consumer<? super Admission>> then;
    private volatile @Nullable Waiter waiter;
    private volatile Wakeups.@Nullable Cancellable timeout;

    WaitingCall(Consumer<? super Admission> then) {
        this.then = new AtomicReference<>(then);
    }

    /** Ends the wait at a deadline, unless it is decided: then the one who decided may not have been able to tell. */
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
     * Makes the call, if nobody has. A slot that it throws at is given back. Where there is not enough of the stack left
     * for that, the call is not made, and the deadline makes it.
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

    /** Gives up; the caller has made sure of the stack for it. */
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
