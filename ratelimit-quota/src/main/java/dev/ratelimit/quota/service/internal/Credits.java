package dev.ratelimit.quota.service.internal;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.ratelimit.quota.Quota;
import dev.ratelimit.quota.QuotaUsage;
import dev.ratelimit.quota.WindowBounds;
import dev.ratelimit.quota.spi.Counter;
import java.util.List;

/**
 * The credits of keys on top of their lifetime quotas. Each is a counter beside the quota's counter, and only
 * increases.
 *
 * <p>Credit is never taken back, so the service uses the credit that it read last, without a call of the store. At
 * worst that credit is too small, and the request is refused. The service then reads the credit, and sends the request
 * again with the higher limit.
 *
 * <p>Thread-safe.
 */
final class Credits {

    private static final int REMEMBERED = 100_000;
    private final Adjustments adjustments;
    private final Cache<String, Long> known = Caffeine.newBuilder()
            .maximumSize(REMEMBERED)
            .executor(Runnable::run)
            .build();

    Credits(Adjustments adjustments) {
        this.adjustments = adjustments;
    }

    /** Returns whether a target can have credit. */
    static boolean concern(List<Target> targets) {
        for (Target target : targets) {
            if (target.window().isEndless()) {
                return true;
            }
        }
        return false;
    }

    /** Returns whether more credit than is known could allow a request that was refused. */
    static boolean mayAdmit(List<Target> targets, Answer.Counted counted, long amount) {
        for (int i = 0; i < targets.size(); i++) {
            if (targets.get(i).window().isEndless() && targets.get(i).quota().limit() - counted.used(i) < amount) {
                return true;
            }
        }
        return false;
    }

    /** Returns the targets with their limits raised by the credit that the service read last. */
    List<Target> raised(String key, List<Target> targets) {
        return concern(targets)
                ? targets.stream().map(target -> raised(key, target)).toList()
                : targets;
    }

    private Target raised(String key, Target target) {
        if (!target.window().isEndless()) {
            return target;
        }
        Quota quota = target.quota();
        Long credit = known.getIfPresent(counter(quota, key).name());
        if (credit == null) {
            return target;
        }
        long limit = credit > Long.MAX_VALUE - quota.limit() ? Long.MAX_VALUE : quota.limit() + credit;
        return new Target(new Quota(quota.name(), limit, quota.window()), target.window(), target.counter());
    }

    /** Reads the credit from the store. */
    void reread(String key, List<Target> targets) {
        List<Target> credits = credits(key, targets);
        remember(credits, adjustments.read(credits));
    }

    /** Adds credit. Each of the targets must have an endless window. */
    void topUp(String key, List<Target> targets, long amount) {
        List<Target> credits = credits(key, targets);
        remember(credits, adjustments.apply(credits, amount));
    }

    private static List<Target> credits(String key, List<Target> targets) {
        return targets.stream()
                .filter(target -> target.window().isEndless())
                .map(target -> new Target(target.quota(), target.window(), counter(target.quota(), key)))
                .toList();
    }

    private void remember(List<Target> credits, List<QuotaUsage> usages) {
        for (int i = 0; i < usages.size(); i++) {
            known.asMap().merge(credits.get(i).counter().name(), usages.get(i).used(), Math::max);
        }
    }

    private static Counter counter(Quota quota, String key) {
        return SideCounters.CREDIT.counter(quota.name(), key, Grace.PROPORTIONAL.endAfter(WindowBounds.ENDLESS));
    }
}
