package dev.ratelimit.core.internal.quota;

import dev.ratelimit.quota.spi.Counter;
import dev.ratelimit.quota.spi.Operation.Adjust;
import dev.ratelimit.quota.spi.OperationId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What a service admitted while its store was away, counter by counter, until the store has counted it.
 *
 * <p>It is bounded: a counter beyond the most that there may be takes nothing. Under a share of the limit, a counter also keeps what
 * was admitted in its window, so that another outage in the same window has no new share.
 *
 * <p>Thread-safe. All counters have one lock, which is held for a look-up and an addition.
 */
final class Owed {

    /** The most counters that something is kept of: some 30 MB. */
    static final int MAX_COUNTERS = 100_000;

    /** After how long it is worth looking again for counters whose windows have ended. */
    private static final long SWEEP_MILLIS = 1_000;

    /** What is kept of a counter. */
    private static final class Account {
        final Target target;
        long admitted;
        long owed;
        long sent;

        @Nullable
        OperationId sentAs;

        Account(Target target) {
            this.target = target;
        }

        boolean isSettled() {
            return owed == 0 && sent == 0;
        }
    }

    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Counter, Account> accounts = new LinkedHashMap<>();
    private final int maxCounters;
    private final boolean keepsAdmitted;
    private long nextSweepMillis = Long.MIN_VALUE;

    /**
     * Creates a ledger in which nothing is owed.
     *
     * @param keepsAdmitted whether what was admitted is kept until the window ends
     */
    Owed(int maxCounters, boolean keepsAdmitted) {
        this.maxCounters = maxCounters;
        this.keepsAdmitted = keepsAdmitted;
    }

    /** Admits an amount on all counters or on none, each up to its limit; says whether it did. */
    boolean admit(List<Target> targets, long amount, long[] limits, long nowMillis) {
        lock.lock();
        try {
            int missing = 0;
            for (int i = 0; i < limits.length; i++) {
                Account account = accounts.get(targets.get(i).counter());
                missing += account == null ? 1 : 0;
                if (limits[i] - (account == null ? 0 : account.admitted) < amount) {
                    return false;
                }
            }
            if (missing > 0 && !hasRoom(missing, nowMillis)) {
                return false;
            }
            for (Target target : targets) {
                Account account = accounts.computeIfAbsent(target.counter(), counter -> new Account(target));
                account.admitted = sum(account.admitted, amount);
                account.owed = sum(account.owed, amount);
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Changes what is owed on all counters, or on none if there is no room for them; says whether it did.
     *
     * @param ofAdmitted whether it corrects what was admitted here, so that its part of the limit changes, too
     */
    boolean add(List<Target> targets, long delta, boolean ofAdmitted, long nowMillis) {
        lock.lock();
        try {
            int missing = 0;
            for (Target target : targets) {
                missing += accounts.containsKey(target.counter()) ? 0 : 1;
            }
            if (missing > 0 && !hasRoom(missing, nowMillis)) {
                return false;
            }
            for (Target target : targets) {
                Account account = accounts.computeIfAbsent(target.counter(), counter -> new Account(target));
                account.admitted = ofAdmitted ? Math.max(0, sum(account.admitted, delta)) : account.admitted;
                account.owed = sum(account.owed, delta);
                removeIfDone(account, nowMillis);
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** What was admitted on each counter and is still known. */
    long[] admitted(List<Target> targets) {
        lock.lock();
        try {
            return targets.stream()
                    .mapToLong(target -> {
                        Account account = accounts.get(target.counter());
                        return account == null ? 0 : account.admitted;
                    })
                    .toArray();
        } finally {
            lock.unlock();
        }
    }

    /** Whether there is something to send for at least one of these counters. */
    boolean isOwedOn(List<Target> targets) {
        lock.lock();
        try {
            return targets.stream().anyMatch(target -> {
                Account account = accounts.get(target.counter());
                return account != null && account.owed != 0;
            });
        } finally {
            lock.unlock();
        }
    }

    /** Forgets what has not been sent yet for these counters, because they have been set to zero. */
    void forgive(List<Target> targets, long nowMillis) {
        lock.lock();
        try {
            for (Target target : targets) {
                Account account = accounts.get(target.counter());
                if (account != null) {
                    account.owed = 0;
                    account.admitted = 0;
                    removeIfDone(account, nowMillis);
                }
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * The next adjustments to send. What was sent without an answer comes again unchanged, under its id; what counters may have
     * been forgotten with is dropped.
     */
    List<Adjust> next(int max, long nowMillis, Supplier<@Nullable OperationId> ids) {
        lock.lock();
        try {
            Instant now = Instant.ofEpochMilli(nowMillis);
            List<Adjust> next = new ArrayList<>();
            for (Iterator<Account> all = accounts.values().iterator(); all.hasNext() && next.size() < max; ) {
                Account account = all.next();
                Counter counter = account.target.counter();
                if (!counter.expires().isAfter(now)) {
                    all.remove();
                } else if (!account.isSettled()) {
                    if (account.sent == 0) {
                        account.sent = account.owed;
                        account.sentAs = ids.get();
                        account.owed = 0;
                    }
                    next.add(new Adjust(counter, account.sent, account.sentAs));
                }
            }
            return next;
        } finally {
            lock.unlock();
        }
    }

    /** Notes that the store has counted an adjustment. */
    void counted(Adjust adjust, long nowMillis) {
        lock.lock();
        try {
            Account account = accounts.get(adjust.counter());
            if (account != null && account.sent != 0) {
                account.sent = 0;
                account.sentAs = null;
                removeIfDone(account, nowMillis);
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

    private boolean hasRoom(int more, long nowMillis) {
        if (accounts.size() + more > maxCounters && nowMillis >= nextSweepMillis) {
            nextSweepMillis = nowMillis + SWEEP_MILLIS;
            accounts.values().removeIf(account -> isDone(account, nowMillis));
        }
        return accounts.size() + more <= maxCounters;
    }

    private void removeIfDone(Account account, long nowMillis) {
        if (isDone(account, nowMillis)) {
            accounts.remove(account.target.counter());
        }
    }

    private boolean isDone(Account account, long nowMillis) {
        return account.isSettled()
                && (!keepsAdmitted
                        || account.admitted == 0
                        || account.target.window().end().toEpochMilli() <= nowMillis);
    }

    /** Never wraps: what is owed stops at the largest amount that a counter can show. */
    private static long sum(long one, long other) {
        long sum = one + other;
        return ((one ^ sum) & (other ^ sum)) >= 0 ? sum : one < 0 ? Long.MIN_VALUE + 1 : Long.MAX_VALUE;
    }
}
