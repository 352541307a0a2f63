package dev.ratelimit.quota.service.internal;

import dev.ratelimit.quota.spi.Counter;
import dev.ratelimit.quota.spi.CounterQuery;
import dev.ratelimit.quota.spi.Operation.Adjust;
import dev.ratelimit.quota.spi.OperationId;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The units that a service allowed while its store was away, by counter, until the store has counted them.
 *
 * <p>The number of counters is bounded ({@link OwedCounters}): a counter beyond the maximum takes no units.
 *
 * <p>Thread-safe. All counters have one lock, which is held for a look-up and an addition.
 */
final class OwedUnits {

    /** The maximum number of counters, which take some 30 MB. */
    static final int MAX_COUNTERS = 100_000;

    private final ReentrantLock lock = new ReentrantLock();
    private final OwedCounters accounts;
    private volatile boolean closed;

    /**
     * Creates an object without owed units.
     *
     * @param keepsAllowed whether the allowed units are kept until the window ends
     */
    OwedUnits(int maxCounters, boolean keepsAllowed) {
        this.accounts = new OwedCounters(maxCounters, keepsAllowed);
    }

    /** Allows an amount on all counters or on none, each up to its limit. Returns whether it did. */
    boolean allow(List<Target> targets, long amount, long[] limits, long nowMillis) {
        lock.lock();
        try {
            if (closed) {
                return false;
            }
            for (int i = 0; i < limits.length; i++) {
                OwedCounter account = accounts.find(targets.get(i).counter());
                if (limits[i] - (account == null ? 0 : account.allowed) < amount) {
                    return false;
                }
            }
            if (!accounts.hasRoomFor(targets, nowMillis)) {
                return false;
            }
            for (Target target : targets) {
                accounts.of(target).add(amount, true);
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Changes the owed units of all counters, or of none if there is no room for them. Returns whether it did.
     *
     * @param ofAllowed whether the change corrects units that were allowed here; the allowed units then change, too
     */
    boolean add(List<Target> targets, long delta, boolean ofAllowed, long nowMillis) {
        lock.lock();
        try {
            if (closed || !accounts.hasRoomFor(targets, nowMillis)) {
                return false;
            }
            for (Target target : targets) {
                OwedCounter account = accounts.of(target);
                account.add(delta, ofAllowed);
                accounts.removeIfDone(account, nowMillis);
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Takes over changes that were sent without an answer, on all counters or on none. Returns whether it did. Each is
     * sent again unchanged, under its id.
     *
     * @param sent one change for each target, in their order
     */
    boolean takeOver(List<Target> targets, List<Adjust> sent, boolean ofAllowed, long nowMillis) {
        lock.lock();
        try {
            for (Target target : targets) {
                OwedCounter account = accounts.find(target.counter());
                if (account != null && !account.hasRoomToTakeOver()) {
                    return false;
                }
            }
            if (closed || !accounts.hasRoomFor(targets, nowMillis)) {
                return false;
            }
            for (int i = 0; i < sent.size(); i++) {
                accounts.of(targets.get(i)).takeOver(sent.get(i), ofAllowed);
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Subtracts an amount from the owed units of each counter, down to zero. Returns how much it subtracted from each.
     * Units that were sent without an answer are sent again all the same, and then given back.
     *
     * @param ofAllowed whether it corrects units that were allowed here
     */
    long[] takeOff(List<Target> targets, long amount, boolean ofAllowed, long nowMillis) {
        lock.lock();
        try {
            long[] taken = new long[targets.size()];
            for (int i = 0; i < taken.length; i++) {
                OwedCounter account = accounts.find(targets.get(i).counter());
                if (account != null) {
                    taken[i] = Math.min(amount, Math.max(0, account.total()));
                    account.add(-taken[i], ofAllowed);
                    accounts.removeIfDone(account, nowMillis);
                }
            }
            return taken;
        } finally {
            lock.unlock();
        }
    }

    /** Reverses {@link #takeOff}. */
    void putBack(List<Target> targets, long[] taken, boolean ofAllowed) {
        lock.lock();
        try {
            for (int i = 0; i < taken.length; i++) {
                if (taken[i] > 0) {
                    accounts.of(targets.get(i)).add(taken[i], ofAllowed);
                }
            }
        } finally {
            lock.unlock();
        }
    }

    /** Returns the units that were allowed on each counter, as far as they are still known. */
    long[] allowed(List<Target> targets) {
        lock.lock();
        try {
            return targets.stream()
                    .mapToLong(target -> {
                        OwedCounter account = accounts.find(target.counter());
                        return account == null ? 0 : account.allowed;
                    })
                    .toArray();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Returns whether at least one of these counters has owed units, including units that were sent without an answer.
     */
    boolean isOwedOn(List<Target> targets) {
        lock.lock();
        try {
            return targets.stream().anyMatch(target -> {
                OwedCounter account = accounts.find(target.counter());
                return account != null && !account.isSettled();
            });
        } finally {
            lock.unlock();
        }
    }

    /** Forgets everything about these counters, because they have been set to zero. Nothing more is sent for them. */
    void forgive(List<Counter> counters) {
        lock.lock();
        try {
            counters.forEach(accounts::remove);
        } finally {
            lock.unlock();
        }
    }

    /** Returns the counters that have owed units and match a query. */
    Set<Counter> matching(CounterQuery query) {
        lock.lock();
        try {
            Set<Counter> matching = new LinkedHashSet<>();
            for (OwedCounter account : accounts) {
                if (!account.isSettled() && query.matches(account.target.counter())) {
                    matching.add(account.target.counter());
                }
            }
            return matching;
        } finally {
            lock.unlock();
        }
    }

    /** Takes no more units, because no thread will post them. Units that were taken before can still be posted. */
    void close() {
        lock.lock();
        try {
            closed = true;
        } finally {
            lock.unlock();
        }
    }

    /** Returns whether it takes no more units. */
    boolean isClosed() {
        return closed;
    }

    /**
     * Returns the next adjustments to send. An adjustment without an answer comes again unchanged, under its id.
     * Adjustments of counters that the store may have forgotten are dropped.
     */
    List<Adjust> next(int max, long nowMillis, Supplier<@Nullable OperationId> ids) {
        lock.lock();
        try {
            List<Adjust> next = new ArrayList<>();
            for (Iterator<OwedCounter> all = accounts.iterator(); all.hasNext() && next.size() < max; ) {
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

    /** Removes an adjustment, which is never sent again: the store has counted it, or it is given up. */
    void done(Adjust adjust, long nowMillis) {
        lock.lock();
        try {
            OwedCounter account = accounts.find(adjust.counter());
            if (account != null) {
                account.done(adjust);
                accounts.removeIfDone(account, nowMillis);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Notes that the store has not taken an adjustment. Other counters now come before its counter. */
    void notTaken(Adjust adjust) {
        lock.lock();
        try {
            accounts.moveToTheEnd(adjust.counter());
        } finally {
            lock.unlock();
        }
    }

    /** Returns the number of counters that have owed units. */
    int size() {
        lock.lock();
        try {
            return accounts.countUnsettled();
        } finally {
            lock.unlock();
        }
    }
}
