package dev.ratelimit.redis;

import dev.ratelimit.quota.spi.Counter;
import dev.ratelimit.quota.spi.ListedCounter;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * The counters with the largest values among any number that are added. It keeps no more than the maximum, and each
 * counter once: a server that is scanned may name a key again, and a cluster that moves it names it at two servers.
 *
 * <p>Not thread-safe.
 */
final class MostUsed {

    private static final Comparator<ListedCounter> MOST_FIRST = Comparator.comparingLong(ListedCounter::used)
            .reversed()
            .thenComparing(listed -> listed.counter().name());

    private final int max;
    private final TreeSet<ListedCounter> kept = new TreeSet<>(MOST_FIRST);
    private final Map<Counter, ListedCounter> byCounter = new HashMap<>();

    MostUsed(int max) {
        this.max = max;
    }

    /**
     * Adds a counter, and keeps it if its value is among the largest. If a counter is added again, the larger value
     * counts.
     */
    void add(ListedCounter listed) {
        ListedCounter before = byCounter.get(listed.counter());
        if (before != null) {
            if (before.used() >= listed.used()) {
                return;
            }
            kept.remove(before);
        }
        byCounter.put(listed.counter(), listed);
        kept.add(listed);
        if (kept.size() > max) {
            byCounter.remove(kept.last().counter());
            kept.remove(kept.last());
        }
    }

    /** Returns the counters, largest values first; equal ones by name. */
    List<ListedCounter> list() {
        return List.copyOf(kept);
    }
}
