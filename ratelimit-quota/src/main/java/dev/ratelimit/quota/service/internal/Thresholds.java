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
 * Tells a listener which shares of a quota a key has reached, each once a window, and again where it is reached once
 * more.
 *
 * <p><b>Once more</b> is a share that a request goes past by itself, if the request began after the share was told:
 * counters of which nothing is given back only go up, so something was given back in between, by whatever process. A
 * request that began before the share was told, and is answered after it, tells nothing. What is reserved goes up and
 * down by itself, and tells each share once; but what this service resets or gives back is forgotten here, as is what
 * was told below another limit.
 *
 * <p>What was told is remembered for so many counters; a key that is asked for so seldom that it is forgotten
 * meanwhile may be told of again.
 *
 * <p>Thread-safe.
 */
final class Thresholds {

    private static final int REMEMBERED = 100_000;

    /** How long an amount that was counted stays. */
    enum Stay {
        /** Until somebody gives it back. */
        FOR_GOOD,
        /** Until its reservation ends. */
        FOR_NOW
    }

    /**
     * A request that was answered.
     *
     * @param counted the amount that was counted on each quota; zero if it was refused
     * @param sinceMillis when it began
     */
    record Step(String key, long counted, Stay stay, long sinceMillis) {}

    /** What was told of a counter: below which limit, how many shares, and when. */
    private record Told(long limit, int shares, long atMillis) {}

    private final QuotaListener listener;
    private final int[] percents;
    private final InstantSource clock;
    private final FirstFailure trouble = new FirstFailure("a quota listener failed");
    private final Cache<String, Told> told = Caffeine.newBuilder()
            .maximumSize(REMEMBERED)
            .executor(Runnable::run)
            .build();

    Thresholds(QuotaSettings.Shares shares, InstantSource clock) {
        this.listener = shares.listener();
        this.percents = shares.percents().stream().mapToInt(Integer::intValue).toArray();
        this.clock = clock;
    }

    /** Whether a usage is one to look at. */
    boolean concerns(QuotaUsage usage) {
        return reached(usage) > 0;
    }

    /** Looks at what a request has found. */
    void look(Step step, List<Target> targets, List<QuotaUsage> usages) {
        for (int i = 0; i < targets.size(); i++) {
            QuotaUsage usage = usages.get(i);
            int reached = reached(usage);
            if (reached > 0) {
                look(step, targets.get(i).counter().name(), usage, reached);
            }
        }
    }

    /** Forgets shares that are not reached any more, because something was given back here. */
    void fallen(List<Target> targets, List<QuotaUsage> usages) {
        for (int i = 0; i < targets.size(); i++) {
            int reached = reached(usages.get(i));
            told.asMap()
                    .computeIfPresent(
                            targets.get(i).counter().name(),
                            (counter, before) -> before.shares <= reached
                                    ? before
                                    : reached == 0 ? null : new Told(before.limit, reached, before.atMillis));
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
            Told before = told.getIfPresent(counter);
            int known = known(before, step, usage);
            if (before != null && known >= reached && before.limit == usage.limit()) {
                return;
            }
            Told now = new Told(usage.limit(), reached, clock.millis());
            boolean mine = before == null
                    ? told.asMap().putIfAbsent(counter, now) == null
                    : told.asMap().replace(counter, before, now);
            if (mine) {
                for (int i = known; i < reached; i++) {
                    tell(step.key, percents[i], usage);
                }
                return;
            }
        }
    }

    /** How many shares need not be told again. */
    private int known(@Nullable Told before, Step step, QuotaUsage usage) {
        if (before == null) {
            return 0;
        }
        boolean raised = usage.limit() > before.limit;
        boolean later = step.stay == Stay.FOR_GOOD && step.counted > 0 && step.sinceMillis > before.atMillis;
        return raised || later ? Math.min(before.shares, reached(before(step, usage))) : before.shares;
    }

    /** What the counter showed without what the request counted. */
    private static QuotaUsage before(Step step, QuotaUsage usage) {
        return new QuotaUsage(usage.quota(), Math.max(0, usage.used() - step.counted), usage.window());
    }

    private void tell(String key, int percent, QuotaUsage usage) {
        trouble.caught(() -> listener.reached(key, percent, usage));
    }
}
