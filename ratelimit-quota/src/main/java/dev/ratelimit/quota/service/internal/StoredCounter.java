package dev.ratelimit.quota.service.internal;

import dev.ratelimit.quota.spi.Counter;
import dev.ratelimit.quota.spi.Operation.Acquire;
import dev.ratelimit.quota.spi.Operation.Adjust;
import dev.ratelimit.quota.spi.OperationId;
import dev.ratelimit.quota.spi.Outcome.Counted;
import dev.ratelimit.runtime.locks.Headroom;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Instant;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A counter in memory: its usage, and the answers to its operations. The thread that holds its lock reads and writes
 * everything but its name.
 */
final class StoredCounter {

    private static final int SPINS = 200;
    private static final long ASIDE_NANOS = 10_000;
    private static final VarHandle HELD;

    static {
        try {
            HELD = MethodHandles.lookup().findVarHandle(StoredCounter.class, "held", boolean.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /**
     * The lock. It is a field of this object, because a lock object of its own would have to be fetched from memory,
     * too.
     */
    @SuppressWarnings("unused") // used by the VarHandle
    private volatile boolean held;

    private final WindowCounters window;
    private final String subject;

    /** Whether the subject is the key itself, without escaped characters. */
    private final boolean plain;

    private long used;
    private Instant expires;
    private StoredCounters.Due due;
    private boolean gone;

    /** Created with the first operation that has an id. */
    private @Nullable Answers answers;

    StoredCounter(WindowCounters window, Counter counter, StoredCounters.Due due) {
        this.window = window;
        this.subject = counter.subject();
        this.plain = subject.indexOf('%') < 0;
        this.expires = counter.expires();
        this.due = due;
    }

    WindowCounters window() {
        return window;
    }

    String subject() {
        return subject;
    }

    /** Returns the name and the expiry of this counter as a new object. */
    Counter counter() {
        WindowCounters.Name name = window.name();
        return Counter.parse(name.quota() + "/" + subject + "/" + name.window(), expires);
    }

    boolean isPlain() {
        return plain;
    }

    void lock() {
        Headroom.forOne();
        int spins = 0;
        while (!HELD.compareAndSet(this, false, true)) {
            if (++spins % SPINS == 0) {
                // The thread that holds the lock is not running.
                LockSupport.parkNanos(ASIDE_NANOS);
            } else {
                Thread.onSpinWait();
            }
        }
    }

    void unlock() {
        HELD.setRelease(this, false);
    }

    long used() {
        return used;
    }

    Instant expires() {
        return expires;
    }

    /** Keeps the later of two instants. Counters are equal by name, and may have different instants. */
    void keepUntil(Instant instant) {
        // Mostly the very same object: then it need not be read.
        if (!isSame(instant, expires) && instant.isAfter(expires)) {
            expires = instant;
        }
    }

    @SuppressWarnings("ReferenceEquality") // only to save the comparison
    private static boolean isSame(Instant one, Instant other) {
        return one == other;
    }

    /** Returns when to check whether the counter may be forgotten: never later than {@link #expires()}. */
    StoredCounters.Due due() {
        return due;
    }

    void due(StoredCounters.Due place) {
        due = place;
    }

    /** Returns whether the counter is no longer in the map, so that the caller must find another. */
    boolean isGone() {
        return gone;
    }

    void leave() {
        gone = true;
    }

    /** Returns whether the counter is equal to one that was never touched. */
    boolean isBlank() {
        return used == 0 && answers == null;
    }

    /**
     * Grants the units that there is room for, unless they are fewer than the minimum. If the store cannot remember the
     * operation, it throws and changes nothing.
     */
    Counted acquire(Acquire acquire, long nowMillis) {
        Counted before = answer(acquire.id());
        if (before != null) {
            return before;
        }
        if (acquire.granted(used) == 0) {
            return new Counted(0, used);
        }
        takePlace(acquire.id());
        return count(acquire, nowMillis);
    }

    /** Counts an acquire that is granted. The caller has taken a place for its answer if it {@link #needsPlace}. */
    Counted count(Acquire acquire, long nowMillis) {
        Counted before = answer(acquire.id());
        return before != null
                ? before
                : remembered(acquire.id(), acquire(acquire.want(), acquire.min(), acquire.limit()), nowMillis);
    }

    /** Returns whether a granted acquire takes a place among the remembered operations. */
    boolean needsPlace(Acquire acquire) {
        return acquire.id() != null && answer(acquire.id()) == null;
    }

    /** Counts an acquire that is not remembered. */
    Counted acquire(long want, long min, long limit) {
        long granted = Acquire.granted(want, min, limit, used);
        used += granted;
        return new Counted(granted, used);
    }

    /** Returns whether {@link #acquire} would grant now. */
    boolean grants(Acquire acquire) {
        return answer(acquire.id()) != null || acquire.granted(used) > 0;
    }

    /** Adds an amount. The result stops at zero and at the largest number. */
    Counted adjust(Adjust adjust, long nowMillis) {
        Counted before = answer(adjust.id());
        if (before != null) {
            return before;
        }
        takePlace(adjust.id());
        used = adjust.applied(used);
        return remembered(adjust.id(), new Counted(0, used), nowMillis);
    }

    /** Returns the number of remembered operations. */
    int answers() {
        return answers == null ? 0 : answers.size();
    }

    private @Nullable Counted answer(@Nullable OperationId id) {
        return id == null || answers == null ? null : answers.of(id);
    }

    private void takePlace(@Nullable OperationId id) {
        if (id != null) {
            window.bounds().takeOperations(1);
        }
    }

    private Counted remembered(@Nullable OperationId id, Counted answer, long nowMillis) {
        if (id != null) {
            if (answers == null) {
                answers = new Answers(window.bounds());
            }
            answers.put(id, answer, nowMillis);
        }
        return answer;
    }
}
