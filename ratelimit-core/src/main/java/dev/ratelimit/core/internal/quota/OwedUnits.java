package dev.ratelimit.core.internal.quota;

import dev.ratelimit.quota.spi.Counter;
import dev.ratelimit.quota.spi.CounterQuery;
import dev.ratelimit.quota.spi.Operation.Adjust;
import dev.ratelimit.quota.spi.OperationId;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What a service allowed while its store was away, counter by counter, until the store has counted it.
 *
 * <p>It is bounded: a counter beyond the most that there may be takes nothing. Under a share of the limit, a counter also keeps what
 * was allowed in its window, so that another outage in the same window has no new share.
 *
 * <p>Thread-safe. All counters have one lock, which is held for a look-up and an addition.
 */
final class OwedUnits {

    /** The most counters that something is kept of: some 30 MB. */
    static final int MAX_COUNTERS = 100_000;

    /** After how long it is worth looking again for counters whose windows have ended. */
    private static final long SWEEP_MILLIS = 1_000;

    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Counter, OwedCounter> accounts = new LinkedHashMap<>();
    private final int maxCounters;
    private final boolean keepsAllowed;
    private long nextSweepMillis = Long.MIN_VALUE;
    private volatile boolean closed;

    /**
     * Creates a ledger in which nothing is owed.
     *
     * @param keepsAllowed whether what was allowed is kept until the window ends
     */
    OwedUnits(int maxCounters, boolean keepsAllowed) {
        this.maxCounters = maxCounters;
        this.keepsAllowed = keepsAllowed;
    }

    /** Allows an amount on all counters or on none, each up to its limit; says whether it did. */
    boolean allow(List<Target> targets, long amount, long[] limits, long nowMillis) {
        lock.lock();
        try {
            if (closed) {
                return false;
            }
            for (int i = 0; i < limits.length; i++) {
                OwedCounter account = accounts.get(targets.get(i).counter());
                if (limits[i] - (account == null ? 0 : account.allowed) < amount) {
                    return false;
                }
            }
            if (!hasRoomFor(targets, nowMillis)) {
                return false;
            }
            for (Target target : targets) {
                account(target).add(amount, true);
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Changes what is owed on all counters, or on none if there is no room for them; says whether it did.
     *
     * @param ofAllowed whether it corrects what was allowed here, so that its part of the limit changes, too
     */
    boolean add(List<Target> targets, long delta, boolean ofAllowed, long nowMillis) {
        lock.lock();
        try {
            if (closed || !hasRoomFor(targets, nowMillis)) {
                return false;
            }
            for (Target target : targets) {
                OwedCounter account = account(target);
                account.add(delta, ofAllowed);
                removeIfDone(account, nowMillis);
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Takes over changes that were sent without an answer, on all counters or on none; says whether it did. Each is sent
     * again as it is, under its id.
     *
     * @param sent one for each target, in their order
     */
    boolean takeOver(List<Target> targets, List<Adjust> sent, boolean ofAllowed, long nowMillis) {
        lock.lock();
        try {
            for (Target target : targets) {
                OwedCounter account = accounts.get(target.counter());
                if (account != null && !account.hasRoomToTakeOver()) {
                    return false;
                }
            }
            if (closed || !hasRoomFor(targets, nowMillis)) {
                return false;
            }
            for (int i = 0; i < sent.size(); i++) {
                account(targets.get(i)).takeOver(sent.get(i), ofAllowed);
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Takes an amount off what is owed on each counter, as far as something is; says how much of it was owed. What has been sent
     * without an answer is sent again all the same, and then given back.
     *
     * @param ofAllowed whether it corrects what was allowed here
     */
    long[] takeOff(List<Target> targets, long amount, boolean ofAllowed, long nowMillis) {
        lock.lock();
        try {
            long[] taken = new long[targets.size()];
            for (int i = 0; i < taken.length; i++) {
                OwedCounter account = accounts.get(targets.get(i).counter());
                if (account != null) {
                    taken[i] = Math.min(amount, Math.max(0, account.total()));
                    account.add(-taken[i], ofAllowed);
                    removeIfDone(account, nowMillis);
                }
            }
            return taken;
        } finally {
            lock.unlock();
        }
    }

    /** Takes {@link #takeOff} back. */
    void putBack(List<Target> targets, long[] taken, boolean ofAllowed) {
        lock.lock();
        try {
            for (int i = 0; i < taken.length; i++) {
                if (taken[i] > 0) {
                    account(targets.get(i)).add(taken[i], ofAllowed);
                }
            }
        } finally {
            lock.unlock();
        }
    }

    private OwedCounter account(Target target) {
        return accounts.computeIfAbsent(target.counter(), counter -> new OwedCounter(target));
    }

    /** What was allowed on each counter and is still known. */
    long[] allowed(List<Target> targets) {
        lock.lock();
        try {
            return targets.stream()
                    .mapToLong(target -> {
                        OwedCounter account = accounts.get(target.counter());
                        return account == null ? 0 : account.allowed;
                    })
                    .toArray();
        } finally {
            lock.unlock();
        }
    }

    /** Whether something is owed on at least one of these counters, also if it has been sent and not answered. */
    boolean isOwedOn(List<Target> targets) {
        lock.lock();
        try {
            return targets.stream().anyMatch(target -> {
                OwedCounter account = accounts.get(target.counter());
                return account != null && !account.isSettled();
            });
        } finally {
            lock.unlock();
        }
    }

    /** Forgets all that is known of these counters, because they have been set to zero: nothing is sent for them any more. */
    void forgive(List<Counter> counters) {
        lock.lock();
        try {
            counters.forEach(accounts::remove);
        } finally {
            lock.unlock();
        }
    }

    /** The counters that something is owed on and that a query is for. */
    Set<Counter> matching(CounterQuery query) {
        lock.lock();
        try {
            Set<Counter> matching = new LinkedHashSet<>();
            for (OwedCounter account : accounts.values()) {
                if (!account.isSettled() && query.matches(account.target.counter())) {
                    matching.add(account.target.counter());
                }
            }
            return matching;
        } finally {
            lock.unlock();
        }
    }

    /** Takes nothing more, since nobody will post it: whatever was taken before is there to be posted. */
    void close() {
        lock.lock();
        try {
            closed = true;
        } finally {
            lock.unlock();
        }
    }

    /** Whether nothing more is taken. */
    boolean isClosed() {
        return closed;
    }

    /**
     * The next adjustments to send. What was sent without an answer comes again unchanged, under its id; what counters may have
     * been forgotten with is dropped.
     */
    List<Adjust> next(int max, long nowMillis, Supplier<@Nullable OperationId> ids) {
        lock.lock();
        try {
            List<Adjust> next = new ArrayList<>();
            for (Iterator<OwedCounter> all = accounts.values().iterator(); all.hasNext() && next.size() < max; ) {
                OwedCounter account = all.next();
                if (account.isExpired(nowMillis)) {
                    all.remove();
                } else if (!account.isSettled()) {
                    next.add(account.next(ids));
                }
            }
            return next;
        } finally {
            lock.unlock();
        }
    }

    /** Never sends an adjustment again: the store has counted it, or it is given up. */
    void done(Adjust adjust, long nowMillis) {
        lock.lock();
        try {
            OwedCounter account = accounts.get(adjust.counter());
            if (account != null) {
                account.done(adjust);
                removeIfDone(account, nowMillis);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Notes that the store has not taken an adjustment: others come before it now. */
    void notTaken(Adjust adjust) {
        lock.lock();
        try {
            OwedCounter account = accounts.remove(adjust.counter());
            if (account != null) {
                accounts.put(adjust.counter(), account);
            }
        } finally {
            lock.unlock();
        }
    }

    /** How many counters something is owed on. */
    int size() {
        lock.lock();
        try {
            return (int) accounts.values().stream()
                    .filter(account -> !account.isSettled())
                    .count();
        } finally {
            lock.unlock();
        }
    }

    private boolean hasRoomFor(List<Target> targets, long nowMillis) {
        int missing = 0;
        for (Target target : targets) {
            missing += accounts.containsKey(target.counter()) ? 0 : 1;
        }
        return missing == 0 || hasRoom(missing, nowMillis);
    }

    private boolean hasRoom(int more, long nowMillis) {
        if (accounts.size() + more > maxCounters && nowMillis >= nextSweepMillis) {
            nextSweepMillis = nowMillis + SWEEP_MILLIS;
            accounts.values().removeIf(account -> isDone(account, nowMillis) || account.isExpired(nowMillis));
        }
        return accounts.size() + more <= maxCounters;
    }

    private void removeIfDone(OwedCounter account, long nowMillis) {
        if (isDone(account, nowMillis)) {
            accounts.remove(account.target.counter());
        }
    }

    private boolean isDone(OwedCounter account, long nowMillis) {
        return account.isSettled()
                && (!keepsAllowed
                        || account.allowed == 0
                        || account.target.window().end().toEpochMilli() <= nowMillis);
    }
}
