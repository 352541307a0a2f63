package dev.ratelimit.quota.service.internal;

import dev.ratelimit.quota.CalendarWindow;
import dev.ratelimit.quota.Quota;
import dev.ratelimit.quota.service.QuotaStores;
import dev.ratelimit.quota.spi.QuotaStore;
import dev.ratelimit.store.Deadline;
import dev.ratelimit.testing.ManualTime;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/** A process that prefetches units of one key from a store, by a test's time; what goes back does so as the time comes. */
final class PrefetchingNode {

    static final Duration TERM = Duration.ofMillis(10);
    private static final Instant NOW = Instant.parse("2026-06-01T00:00:00Z");
    private static final String KEY = "key";

    private final List<Target> targets = new ArrayList<>();
    private final Adjustments adjustments;
    private final Prefetching prefetching;
    private final Lanes lanes;

    /** A store that goes by the nodes' clock. */
    static QuotaStore store() {
        return QuotaStores.inMemory(InstantSource.fixed(NOW));
    }

    /** Shares a counter for each limit with the other nodes of the store. */
    PrefetchingNode(QuotaStore store, ManualTime time, long... limits) {
        StoreCalls calls = CallsOnTrial.of(store, time, 0);
        AllOrNothing all = new AllOrNothing(calls);
        for (int i = 0; i < limits.length; i++) {
            Quota quota = Quota.of("q" + i, limits[i], CalendarWindow.yearly());
            targets.add(
                    new CurrentWindow(quota, Grace.PROPORTIONAL, NOW.toEpochMilli()).target(KEY, NOW.toEpochMilli()));
        }
        adjustments = new Adjustments(calls);
        prefetching = new Prefetching(all, adjustments, TERM, time, Runnable::run);
        lanes = new Lanes(all, prefetching);
    }

    Answer consume(long amount) {
        return lanes.ask(KEY, new Request(targets, amount), Deadline.never());
    }

    boolean grants(long amount) {
        return consume(amount) instanceof Answer.Counted counted && counted.granted();
    }

    long held() {
        return prefetching.held(KEY, targets)[0];
    }

    void giveBack() {
        prefetching.giveBack(KEY);
    }

    /** What the store shows of the first counter, units that are prefetched among it. */
    long used() {
        return adjustments.read(targets).get(0).used();
    }
}
