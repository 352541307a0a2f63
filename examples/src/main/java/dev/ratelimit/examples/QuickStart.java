package dev.ratelimit.examples;

import dev.ratelimit.Limiter;
import dev.ratelimit.Rate;
import dev.ratelimit.core.Limiters;
import java.time.Duration;

/** The first limiter that one writes: 1,000 requests a second for each user, up to 5,000 at once. */
final class QuickStart {

    private static final int OK = 200;
    private static final int TOO_MANY_REQUESTS = 429;

    private final Limiter<String> perUser = Limiters.perKey(Rate.perSecond(1000).burstWindow(Duration.ofSeconds(5)));

    int handle(String userId) {
        if (!perUser.tryAcquire(userId)) return tooManyRequests();
        return OK;
    }

    private static int tooManyRequests() {
        return TOO_MANY_REQUESTS;
    }
}
