package dev.ratelimit.core.internal.quota;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.ratelimit.quota.Quota;
import dev.ratelimit.quota.QuotaUsage;
import dev.ratelimit.quota.WindowBounds;
import dev.ratelimit.quota.spi.Counter;
import java.util.List;

/**
 * What keys were given on top of their lifetime quotas: a counter beside each, which only goes up.
 *
 * <p>A credit that was seen once is there for good, so the service uses the one that it saw last without a look at the
 * store: it is too little at worst, and then the request is refused, the credit is read, and the request is asked
 * again below a higher limit.
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

    /** Whether there can be credit. */
    static boolean concern(List<Target> targets) {
        for (Target target : targets) {
            if (target.window().isEndless()) {
                return true;
            }
        }
        return false;
    }

    /** Whether more credit than is known could allow a request that was refused. */
    static boolean mayAdmit(List<Target> targets, Answer.Counted counted, long amount) {
        for (int i = 0; i < targets.size(); i++) {
            if (targets.get(i).window().isEndless() && targets.get(i).quota().limit() - counted.used(i) < amount) {
                return true;
            }
        }
        return false;
    }

    /** The targets below the limits that hold with the credit that was seen last. */
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

    /** Looks at the store for what credit there is. */
    void reread(String key, List<Target> targets) {
        List<Target> credits = credits(key, targets);
        remember(credits, adjustments.read(credits));
    }

    /** Gives more. Each of the targets must be without end. */
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
