package dev.ratelimit.examples;

import dev.ratelimit.Decision;
import dev.ratelimit.Limiter;
import dev.ratelimit.Rate;
import dev.ratelimit.TimeSource;
import dev.ratelimit.core.Limiters;

/** More than yes or no: what an HTTP answer tells a client about its limit. */
final class Answers {

    private final Limiter<String> perUser;

    Answers(TimeSource time) {
        perUser = Limiters.builder(Rate.perMinute(20).burst(5)).timeSource(time).build();
    }

    String answer(String userId, long permits) {
        Decision decision = perUser.decide(userId, permits);
        return switch (decision.reason()) {
            case WITHIN_LIMIT -> "200, " + decision.remaining() + " left";
            case EXCEEDS_CAPACITY -> "413, at most " + decision.capacity() + " at once";
            default -> "429, Retry-After: " + decision.retryAfterSeconds().orElseThrow();
        };
    }
}
