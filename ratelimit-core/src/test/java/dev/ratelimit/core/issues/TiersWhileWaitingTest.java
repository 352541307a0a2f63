package dev.ratelimit.core.issues;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.Decision;
import dev.ratelimit.Decision.Reason;
import dev.ratelimit.Limiter;
import dev.ratelimit.Policy;
import dev.ratelimit.Rate;
import dev.ratelimit.Tiers;
import dev.ratelimit.core.Limiters;
import dev.ratelimit.testing.ManualTime;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** A key's next request binds the calls that wait for the key to its new policy, whatever that request asks. */
class TiersWhileWaitingTest {

    private static final String KEY = "key";
    private static final Policy FAST = shaping("fast", Rate.perSecond(1));
    private static final Policy SLOW = shaping("slow", Rate.perHour(1));

    private final ManualTime time = new ManualTime();
    private Policy current = FAST;

    private static Policy shaping(String name, Rate rate) {
        return Policy.of(name, rate).shape(Duration.ofSeconds(10));
    }

    private Decision ofWaitingCall(Policy next, Consumer<Limiter<String>> request) {
        Limiter<String> limiter = Limiters.<String>builder(
                        Tiers.<String>of(key -> current, FAST).maxAge(Duration.ofMillis(1)))
                .timeSource(time)
                .build();
        current = FAST;
        limiter.tryAcquire(KEY);
        CompletableFuture<Decision> waiting = limiter.acquireAsync(KEY).toCompletableFuture();
        assertThat(waiting).isNotDone();
        current = next;
        time.advance(Duration.ofMillis(10));
        request.accept(limiter);
        time.advance(Duration.ofHours(2));
        return waiting.join();
    }

    @Test
    void aTryBindsThemToASlowerRate() {
        assertThat(ofWaitingCall(SLOW, limiter -> limiter.tryAcquire(KEY)).reason())
                .isEqualTo(Reason.OVER_LIMIT);
    }

    @Test
    void aDecisionBindsThemToASlowerRate() {
        assertThat(ofWaitingCall(SLOW, limiter -> limiter.decide(KEY)).reason()).isEqualTo(Reason.OVER_LIMIT);
    }

    @Test
    void anyRequestLetsABlockRefuseThem() {
        assertThat(ofWaitingCall(Policy.blocked(), limiter -> limiter.tryAcquire(KEY))
                        .reason())
                .isEqualTo(Reason.BLOCKED);
        assertThat(ofWaitingCall(Policy.blocked(), limiter -> limiter.decide(KEY))
                        .reason())
                .isEqualTo(Reason.BLOCKED);
        assertThat(ofWaitingCall(Policy.blocked(), limiter -> limiter.reserve(KEY, 1))
                        .reason())
                .isEqualTo(Reason.BLOCKED);
        assertThat(ofWaitingCall(Policy.blocked(), limiter -> limiter.acquireAsync(KEY))
                        .reason())
                .isEqualTo(Reason.BLOCKED);
    }
}
