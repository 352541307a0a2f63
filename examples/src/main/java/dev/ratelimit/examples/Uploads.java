package dev.ratelimit.examples;

import dev.ratelimit.Decision;
import dev.ratelimit.Limiter;
import dev.ratelimit.Policy;
import dev.ratelimit.Rate;
import dev.ratelimit.Reservation;
import dev.ratelimit.TimeSource;
import dev.ratelimit.core.Limiters;
import java.time.Duration;
import java.util.concurrent.CompletionStage;

/** Uploads that wait their turn instead of being refused. */
final class Uploads {

    private final Limiter<String> perUser;

    Uploads(TimeSource time) {
        Policy policy = Policy.of("uploads", Rate.perSecond(10).burst(2)).shape(Duration.ofSeconds(3));
        perUser = Limiters.builder(policy).maxWaiters(1000).timeSource(time).build();
    }

    String upload(String user) throws InterruptedException {
        if (!perUser.acquire(user)) return "429";
        return "201";
    }

    String uploadSoon(String user) throws InterruptedException {
        if (!perUser.acquire(user, 1, Duration.ofMillis(200))) return "503, busy";
        return "201";
    }

    CompletionStage<String> uploadAsync(String user) {
        return perUser.acquireAsync(user).thenApply(this::answer);
    }

    private String answer(Decision decision) {
        return decision.allowed() ? "201 after " + decision.delay().toMillis() + " ms" : "429";
    }

    String quote(String user, long files) {
        Reservation reservation = perUser.reserve(user, files);
        String quote = "in " + reservation.decision().delay().toMillis() + " ms";
        reservation.cancel();
        return quote;
    }
}
