package dev.ratelimit.examples;

import dev.ratelimit.Limiter;
import dev.ratelimit.Rate;
import dev.ratelimit.TimeSource;
import dev.ratelimit.core.Limiters;

/** A service with a replaceable time source, for tests: three password resets an hour for each account. */
final class PasswordResets {

    private final Limiter<String> perAccount;

    PasswordResets(TimeSource time) {
        perAccount = Limiters.builder(Rate.perHour(3)).timeSource(time).build();
    }

    boolean send(String account) {
        return perAccount.tryAcquire(account);
    }
}
