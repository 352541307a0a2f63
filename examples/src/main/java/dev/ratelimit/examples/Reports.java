package dev.ratelimit.examples;

import dev.ratelimit.Lease;
import dev.ratelimit.Limiter;
import dev.ratelimit.Policy;
import dev.ratelimit.Rate;
import dev.ratelimit.TimeSource;
import dev.ratelimit.core.Limiters;
import java.time.Duration;
import java.util.function.Supplier;

/** Reports that are so much work that an account may have only two under way. */
final class Reports {

    private final Limiter<String> perAccount;

    Reports(TimeSource time) {
        Policy policy =
                Policy.of("reports", Rate.perMinute(30)).maxConcurrent(2).leaseTimeout(Duration.ofMinutes(5));
        perAccount = Limiters.builder(policy).timeSource(time).build();
    }

    String report(String account, Supplier<String> work) {
        try (Lease lease = perAccount.tryEnter(account)) {
            if (!lease.allowed()) return "429, " + lease.decision();
            return work.get();
        }
    }

    Lease start(String account) throws InterruptedException {
        return perAccount.enter(account, Duration.ofSeconds(10));
    }
}
