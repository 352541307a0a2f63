package dev.ratelimit.core.issues;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.Decision;
import dev.ratelimit.Decision.Reason;
import dev.ratelimit.Limiter;
import dev.ratelimit.Policy;
import dev.ratelimit.Rate;
import dev.ratelimit.core.Limiters;
import dev.ratelimit.testing.ManualTime;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The refusal that begins a blackout tells when to come again after it, and not only when the rate would let the caller go. */
class BlackoutRetryTest {

    private static final Duration BLACKOUT = Duration.ofSeconds(30);
    private static final Policy THROTTLING =
            Policy.of("policy", Rate.perSecond(1).burst(1)).blackout(BLACKOUT);

    private final ManualTime time = new ManualTime();

    private Limiter<String> limiter(Policy policy) {
        return Limiters.builder(policy).timeSource(time).build();
    }

    @Test
    void aRefusalTellsOfTheBlackoutThatItBegins() {
        Limiter<String> limiter = limiter(THROTTLING);
        limiter.tryAcquire("key");

        Decision refusal = limiter.decide("key");

        assertThat(refusal.reason()).isEqualTo(Reason.OVER_LIMIT);
        assertThat(refusal.retryAfter()).isEqualTo(BLACKOUT);
        time.advance(refusal.retryAfter().minusNanos(1));
        assertThat(limiter.decide("key").reason()).isEqualTo(Reason.BLACKOUT);
        time.advance(Duration.ofNanos(1));
        assertThat(limiter.decide("key").allowed()).isTrue();
    }

    @Test
    void soDoOnesOfCallsThatMayWaitAndOfReservations() {
        Policy shaping = THROTTLING.shape(Duration.ofMillis(1));
        assertThat(spent(shaping)
                        .acquireAsync("key")
                        .toCompletableFuture()
                        .join()
                        .retryAfter())
                .isEqualTo(BLACKOUT);
        assertThat(spent(shaping).reserve("key", 1).decision().retryAfter()).isEqualTo(BLACKOUT);
        assertThat(spent(THROTTLING).reserve("key", 1).decision().retryAfter()).isEqualTo(BLACKOUT);
    }

    @Test
    void aRateThatNeedsLongerIsToldOf() {
        Limiter<String> limiter =
                limiter(Policy.of("policy", Rate.perHour(1).burst(1)).blackout(BLACKOUT));
        limiter.tryAcquire("key");
        assertThat(limiter.decide("key").retryAfter()).isEqualTo(Duration.ofHours(1));
    }

    private Limiter<String> spent(Policy policy) {
        Limiter<String> limiter = limiter(policy);
        limiter.tryAcquire("key");
        return limiter;
    }
}
