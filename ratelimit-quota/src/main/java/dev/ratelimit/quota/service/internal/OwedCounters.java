package dev.ratelimit.quota.service.internal;

import dev.ratelimit.quota.spi.Counter;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The counters that have owed units, up to a maximum number of counters, in the order in which to post them.
 *
 * <p>If the service allows a share of the limit, a counter also keeps the units that were allowed in its window, until
 * the window ends. So another outage in the same window has no new share.
 *
 * <p>Not thread-safe: the lock of {@link OwedUnits} guards it.
 */
final class OwedCounters implements Iterable<OwedCounter> {

    /** The minimum time between two searches for counters whose windows have ended. */
    private static final long SWEEP_MILLIS = 1_000;

    private final Map<Counter, OwedCounter> byCounter = new LinkedHashMap<>();
    private final int maxCounters;
    private final boolean keepsAllowed;
    private long nextSweepMillis = Long.MIN_VALUE;

    /**
     * Creates an object without counters.
     *
     * @param keepsAllowed whether the allowed units are kept until the window ends
     */
    OwedCounters(int maxCounters, boolean keepsAllowed) {
        this.maxCounters = maxCounters;
        this.keepsAllowed = keepsAllowed;
    }

    /** Returns what is known of a counter; null for nothing. */
    @Nullable
    OwedCounter find(Counter counter) {
        return byCounter.get(counter);
    }

    /** Returns the counter of a target, and adds it if it is missing. The caller has checked that there is room. */
    OwedCounter of(Target target) {
        return byCounter.computeIfAbsent(target.counter(), counter -> new OwedCounter(target));
    }

    /** Returns the counters, the next to post first. The iterator can remove them. */
    @Override
    public Iterator<OwedCounter> iterator() {
        return byCounter.values().iterator();
    }

    int countUnsettled() {
        return (int) byCounter.values().stream()
                .filter(account -> !account.isSettled())
                .count();
    }

    void remove(Counter counter) {
        byCounter.remove(counter);
    }

    /** Puts all other counters before this one. */
    void moveToTheEnd(Counter counter) {
        OwedCounter account = byCounter.remove(counter);
        if (account != null) {
            byCounter.put(counter, account);
        }
    }

    /** Returns whether the counters of all targets are there or can be added. */
    boolean hasRoomFor(List<Target> targets, long nowMillis) {
        int missing = 0;
        for (Target target : targets) {
            missing += byCounter.containsKey(target.counter()) ? 0 : 1;
        }
        return missing == 0 || hasRoom(missing, nowMillis);
    }

    private boolean hasRoom(int more, long nowMillis) {
        if (byCounter.size() + more > maxCounters && nowMillis >= nextSweepMillis) {
            nextSweepMillis = nowMillis + SWEEP_MILLIS;
            byCounter.values().removeIf(account -> isDone(account, nowMillis) || account.isExpired(nowMillis));
        }
        return byCounter.size() + more <= maxCounters;
    }

    /** Removes a counter that owes nothing, unless its allowed units are still needed. */
    void removeIfDone(OwedCounter account, long nowMillis) {
        if (isDone(account, nowMillis)) {
            byCounter.remove(account.target.counter());
        }
    }

    private boolean isDone(OwedCounter account, long nowMillis) {
        return account.isSettled()
                && (!keepsAllowed
                        || account.allowed == 0
                        || account.target.window().end().toEpochMilli() <= nowMillis);
    }
}
