package dev.ratelimit.core.internal.quota;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.ratelimit.core.internal.trouble.FirstFailure;
import dev.ratelimit.quota.QuotaListener;
import dev.ratelimit.quota.QuotaUsage;
import java.util.List;

/**
 * Tells a listener which shares of a quota a key has reached, each once a window.
 *
 * <p>What was told is remembered for so many counters; a key that is asked for so seldom that it is forgotten meanwhile may be
 * told of again.
 *
 * <p>Thread-safe.
 */
final class Thresholds {

    private static final int REMEMBERED = 100_000;

    private final QuotaListener listener;
    private final int[] percents;
    private final FirstFailure trouble = new FirstFailure("a quota listener failed");
    private final Cache<String, Integer> told = Caffeine.newBuilder()
            .maximumSize(REMEMBERED)
            .executor(Runnable::run)
            .build();

    Thresholds(QuotaSettings.Shares shares) {
        this.listener = shares.listener();
        this.percents = shares.percents().stream().mapToInt(Integer::intValue).toArray();
    }

    /** Whether a usage is one to look at. */
    boolean concerns(QuotaUsage usage) {
        return reached(usage.percent()) > 0;
    }

    /** Looks at what a request has found. */
    void look(String key, List<Target> targets, List<QuotaUsage> usages) {
        for (int i = 0; i < targets.size(); i++) {
            QuotaUsage usage = usages.get(i);
            int reached = reached(usage.percent());
            if (reached > 0) {
                tell(key, targets.get(i), usage, reached);
            }
        }
    }

    private int reached(long percent) {
        int reached = 0;
        while (reached < percents.length && percents[reached] <= percent) {
            reached++;
        }
        return reached;
    }

    private void tell(String key, Target target, QuotaUsage usage, int reached) {
        String counter = target.counter().name();
        Integer before = told.getIfPresent(counter);
        while (before == null || before < reached) {
            Integer found = before == null
                    ? told.asMap().putIfAbsent(counter, reached)
                    : told.asMap().replace(counter, before, reached) ? before : told.getIfPresent(counter);
            if (found == null ? before == null : found.equals(before)) {
                for (int i = before == null ? 0 : before; i < reached; i++) {
                    tell(key, percents[i], usage);
                }
                return;
            }
            before = found;
        }
    }

    private void tell(String key, int percent, QuotaUsage usage) {
        trouble.caught(() -> listener.reached(key, percent, usage));
    }
}
