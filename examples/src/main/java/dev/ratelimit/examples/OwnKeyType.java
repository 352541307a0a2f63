package dev.ratelimit.examples;

import dev.ratelimit.Limiter;
import dev.ratelimit.Rate;
import dev.ratelimit.TimeSource;
import dev.ratelimit.core.Limiters;
import java.util.UUID;

/** A limiter of one's own type of key, which a function reduces to what identifies it. */
final class OwnKeyType {

    /** A user, who may change name and stays the same. */
    record User(UUID id, String name) {}

    private final Limiter<User> perUser;

    OwnKeyType(TimeSource time) {
        perUser = Limiters.builder(Rate.perMinute(3)).timeSource(time).build(User::id);
    }

    boolean allows(User user) {
        return perUser.tryAcquire(user);
    }
}
