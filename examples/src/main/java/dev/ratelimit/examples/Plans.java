package dev.ratelimit.examples;

import dev.ratelimit.ClusterShare;
import dev.ratelimit.Limiter;
import dev.ratelimit.Policy;
import dev.ratelimit.PolicyFallback;
import dev.ratelimit.Rate;
import dev.ratelimit.Statistics;
import dev.ratelimit.Tiers;
import dev.ratelimit.TimeSource;
import dev.ratelimit.core.Limiters;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Limits by the plan that a customer has booked, with counts for each plan. */
final class Plans {

    private static final Policy FREE = Policy.of("free", Rate.perSecond(2));
    private static final Policy GOLD = Policy.of("gold", Rate.perSecond(500)).shape(Duration.ofMillis(200));

    private final Map<String, String> directory;
    private final List<String> warnings = new ArrayList<>();
    private final Statistics statistics = new Statistics();
    private final Limiter<String> perCustomer;
    private final Limiter<String> perNode;

    Plans(Map<String, String> directory, ClusterShare.Membership membership, TimeSource time) {
        this.directory = directory;
        Tiers<String> tiers =
                Tiers.of(this::policyOf, FREE).maxAge(Duration.ofMinutes(5)).onFallback(this::warn);
        perCustomer =
                Limiters.builder(tiers).listener(statistics).timeSource(time).build();

        perNode = Limiters.builder(Rate.perSecond(1000))
                .clusterShare(ClusterShare.of(membership, 3).every(Duration.ofSeconds(5)))
                .timeSource(time)
                .build();
    }

    private Policy policyOf(String customer) {
        return switch (directory.getOrDefault(customer, "none")) {
            case "gold" -> GOLD;
            case "staff" -> Policy.unlimited();
            case "closed" -> Policy.blocked();
            case "none" -> FREE;
            default -> throw new IllegalStateException("unknown plan");
        };
    }

    void booked(String customer, String plan) {
        directory.put(customer, plan);
        perCustomer.forgetPolicy(customer);
    }

    private void warn(PolicyFallback fallback) {
        warnings.add(fallback.toString());
    }

    boolean allows(String customer) {
        return perCustomer.tryAcquire(customer);
    }

    boolean nodeAllows(String operation) {
        return perNode.tryAcquire(operation);
    }

    String summary() {
        Statistics.Counts free = statistics.counts("free");
        return free.allowed() + " allowed, " + free.refused() + " refused";
    }

    List<String> warnings() {
        return warnings;
    }
}
