package dev.ratelimit.examples;

import dev.ratelimit.Key;
import dev.ratelimit.Limiter;
import dev.ratelimit.Rate;
import dev.ratelimit.TimeSource;
import dev.ratelimit.address.AddressKey;
import dev.ratelimit.core.Limiters;
import java.net.InetAddress;
import java.time.Duration;
import java.util.function.BiPredicate;

/** Logins of which only those that fail cost permits: five failures in 15 minutes for an account from one address. */
final class Logins {

    private final Limiter<Key> failures;
    private final Limiter<InetAddress> perAddress;
    private final BiPredicate<String, String> passwords;

    Logins(BiPredicate<String, String> passwords, TimeSource time) {
        this.passwords = passwords;
        failures = Limiters.builder(Rate.of(5, Duration.ofMinutes(15)))
                .timeSource(time)
                .build();
        perAddress = Limiters.builder(Rate.of(50, Duration.ofMinutes(15)))
                .timeSource(time)
                .build(AddressKey.perClient()::of);
    }

    String login(String account, String password, InetAddress client) {
        Key attempt = Key.of(account, client);
        if (!perAddress.tryAcquire(client)) return "429";
        if (!failures.tryAcquire(attempt)) return "429";
        if (!passwords.test(account, password)) return "401";
        failures.reset(attempt);
        perAddress.refund(client, 1);
        return "200";
    }
}
