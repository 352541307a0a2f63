package dev.ratelimit.quota.service.internal;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.ratelimit.quota.QuotaListener;
import dev.ratelimit.quota.QuotaUsage;
import dev.ratelimit.runtime.trouble.FirstFailure;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Calls a listener for the percentages of a quota that a key has reached: each once in a window, and again if the key
 * reaches it again.
 *
 * <p><b>Again</b> means that one request by itself passes the percentage, and began after the listener was called for
 * it. A counter only increases unless units are given back, so some process has given units back in between. A request
 * that began before the call of the listener, and is answered after it, causes no call. Reserved units increase and
 * decrease by themselves, and cause one call for each percentage. Percentages that are no longer reached are forgotten
 * after this service resets or gives back units, and after the limit was raised.
 *
 * <p>The reached percentages are remembered for a bounded number of counters. A key that is used so seldom that it is
 * forgotten meanwhile may cause the same call again.
 *
 * <p>Thread-safe.
 */
final class Thresholds {

    private static final int REMEMBERED = 100_000;

    /** The time for which a counted amount stays. */
    enum Stay {
        /** Until a caller gives it back. */
        FOR_GOOD,
        /** Until its reservation ends. */
        FOR_NOW
    }

    /**
     * A request that was answered.
     *
     * @param counted the amount that was counted on each quota; zero if it was refused
     * @param sinceMillis the time when it began
     */
    record Step(String key, long counted, Stay stay, long sinceMillis) {}

    /** The last call of the listener for a counter: the limit then, the number of percentages reached, and the time. */
    private record LastCall(long limit, int shares, long atMillis) {}

    private final QuotaListener listener;
    private final int[] percents;
    private final InstantSource clock;
    private final FirstFailure trouble = new FirstFailure("a quota listener failed");
    private final Cache<String, LastCall> lastCalls = Caffeine.newBuilder()
            .maximumSize(REMEMBERED)
            .executor(Runnable::run)
            .build();

    Thresholds(QuotaSettings.Shares shares, InstantSource clock) {
        this.listener = shares.listener();
        this.percents = shares.percents().stream().mapToInt(Integer::intValue).toArray();
        this.clock = clock;
    }

    /** Returns whether a usage has reached a percentage. */
    boolean concerns(QuotaUsage usage) {
        return reached(usage) > 0;
    }

    /** Checks the usages after a request. */
    void look(Step step, List<Target> targets, List<QuotaUsage> usages) {
        for (int i = 0; i < targets.size(); i++) {
            QuotaUsage usage = usages.get(i);
            int reached = reached(usage);
            if (reached > 0) {
                look(step, targets.get(i).counter().name(), usage, reached);
            }
        }
    }

    /** Forgets percentages that are no longer reached, because units were given back here. */
    void fallen(List<Target> targets, List<QuotaUsage> usages) {
        for (int i = 0; i < targets.size(); i++) {
            int reached = reached(usages.get(i));
            lastCalls
                    .asMap()
                    .computeIfPresent(
                            targets.get(i).counter().name(),
                            (counter, before) -> before.shares <= reached
                                    ? before
                                    : reached == 0 ? null : new LastCall(before.limit, reached, before.atMillis));
        }
    }

    private int reached(QuotaUsage usage) {
        long percent = usage.percent();
        int reached = 0;
        while (reached < percents.length && percents[reached] <= percent) {
            reached++;
        }
        return reached;
    }

    private void look(Step step, String counter, QuotaUsage usage, int reached) {
        while (true) {
            LastCall before = lastCalls.getIfPresent(counter);
            int known = known(before, step, usage);
            if (before != null && known >= reached && before.limit == usage.limit()) {
                return;
            }
            LastCall now = new LastCall(usage.limit(), reached, clock.millis());
            boolean mine = before == null
                    ? lastCalls.asMap().putIfAbsent(counter, now) == null
                    : lastCalls.asMap().replace(counter, before, now);
            if (mine) {
                for (int i = known; i < reached; i++) {
                    tell(step.key, percents[i], usage);
                }
                return;
            }
        }
    }

    /** Returns the number of percentages for which the listener need not be called again. */
    private int known(@Nullable LastCall before, Step step, QuotaUsage usage) {
        if (before == null) {
            return 0;
        }
        boolean raised = usage.limit() > before.limit;
        boolean later = step.stay == Stay.FOR_GOOD && step.counted > 0 && step.sinceMillis > before.atMillis;
        return raised || later ? Math.min(before.shares, reached(before(step, usage))) : before.shares;
    }

    /** Returns the usage without the amount that the request counted. */
    private static QuotaUsage before(Step step, QuotaUsage usage) {
        return new QuotaUsage(usage.quota(), Math.max(0, usage.used() - step.counted), usage.window());
    }

    private void tell(String key, int percent, QuotaUsage usage) {
        trouble.caught(() -> listener.reached(key, percent, usage));
    }
}
