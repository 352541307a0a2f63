package dev.ratelimit.core.internal.quota;

import dev.ratelimit.quota.spi.Counter;
import java.time.Instant;
import java.util.Comparator;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/**
 * The tallies of all counters, by name and by when they may be forgotten.
 *
 * <p>A tally is found in the map, locked, and asked whether it is still there: whoever takes one out of the map holds its
 * lock, and marks it. So there is one lock for each counter, and none for all. The order by time is touched only where a
 * tally comes or goes; each tally stands in it once, by its {@link Tally#due()}, and that changes under its lock. A
 * counter whose life has been prolonged is put back when its first time has come.
 */
final class Tallies {

    /** A place in the order by time. */
    private record Due(Instant at, String name) {
        static final Comparator<Due> ORDER = Comparator.comparing(Due::at).thenComparing(Due::name);
    }

    private final ConcurrentHashMap<String, Tally> byName = new ConcurrentHashMap<>();
    private final ConcurrentSkipListMap<Due, Tally> byDue = new ConcurrentSkipListMap<>(Due.ORDER);

    /** The tally of a counter, locked; made if need be. */
    Tally locked(Counter counter) {
        while (true) {
            Tally tally = byName.get(counter.name());
            if (tally == null) {
                Tally fresh = new Tally(counter);
                fresh.lock();
                tally = byName.putIfAbsent(fresh.name(), fresh);
                if (tally == null) {
                    byDue.put(new Due(fresh.due(), fresh.name()), fresh);
                    return fresh;
                }
            }
            tally.lock();
            if (!tally.isGone()) {
                tally.keepUntil(counter.expires());
                return tally;
            }
            tally.unlock();
        }
    }

    /** The tally of a counter, locked, or null if it was never touched. */
    @Nullable
    Tally lockedIfThere(Counter counter) {
        Tally tally = byName.get(counter.name());
        if (tally == null) {
            return null;
        }
        tally.lock();
        if (tally.isGone()) {
            tally.unlock();
            return null;
        }
        return tally;
    }

    /** Unlocks a tally, and drops it if there is nothing to be kept: a denial must not cost memory. */
    void release(Tally tally) {
        try {
            if (tally.isBlank()) {
                byDue.remove(new Due(tally.due(), tally.name()));
                drop(tally);
            }
        } finally {
            tally.unlock();
        }
    }

    /** Looks at no more than so many tallies whose time has come, and drops them. */
    void forget(Instant now, int most) {
        for (int i = 0; i < most; i++) {
            Map.Entry<Due, Tally> first = byDue.firstEntry();
            if (first == null || first.getKey().at().isAfter(now)) {
                return;
            }
            Tally tally = first.getValue();
            tally.lock();
            try {
                if (byDue.remove(first.getKey(), tally)) {
                    forgetIfExpired(tally, now);
                }
            } finally {
                tally.unlock();
            }
        }
    }

    /** How many there are. */
    int size() {
        return byName.size();
    }

    void clear() {
        byName.clear();
        byDue.clear();
    }

    private void forgetIfExpired(Tally tally, Instant now) {
        if (tally.expires().isAfter(now)) {
            tally.due(tally.expires());
            byDue.put(new Due(tally.due(), tally.name()), tally);
        } else {
            drop(tally);
        }
    }

    private void drop(Tally tally) {
        tally.leave();
        byName.remove(tally.name(), tally);
    }
}
