package dev.ratelimit.core.internal.limit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.Decision;
import dev.ratelimit.Limiter;
import dev.ratelimit.Policy;
import dev.ratelimit.Rate;
import dev.ratelimit.Reservation;
import dev.ratelimit.core.Limiters;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A request that its key's queue leaves nothing for takes nothing, not even for a moment. */
class QueuedRequestsTest {

    private static final String KEY = "key";
    private static final long SECOND = 1_000_000_000;

    private long now = 1_000 * SECOND;
    private @Nullable Runnable meanwhile;

    /** Runs what others do whenever the clock is read: a call that takes something reads it again before it gives that back. */
    private long nanos() {
        Runnable others = meanwhile;
        if (others != null) {
            meanwhile = null;
            others.run();
            meanwhile = others;
        }
        return now;
    }

    private Limiter<String> limiter(Rate rate) {
        return Limiters.builder(Policy.of("policy", rate).shape(Duration.ofSeconds(500)))
                .timeSource(this::nanos)
                .build();
    }

    @Test
    void aRefusalMakesNoOtherCallBeRefused() {
        Limiter<String> limiter = limiter(Rate.of(100, Duration.ofSeconds(1000)).burst(100));
        limiter.tryAcquire(KEY);
        CompletableFuture<Decision> head = limiter.acquireAsync(KEY, 100).toCompletableFuture();
        assertThat(head).isNotDone();

        List<Decision> refusals = new ArrayList<>();
        meanwhile = () -> {
            CompletableFuture<Decision> other = limiter.acquireAsync(KEY, 1).toCompletableFuture();
            if (other.isDone()) {
                refusals.add(other.join());
            }
            other.cancel(true);
        };
        assertThat(limiter.tryAcquire(KEY, 99)).isFalse();
        assertThat(limiter.decide(KEY, 99).allowed()).isFalse();
        limiter.reserve(KEY, 1).cancel();
        meanwhile = null;

        assertThat(refusals).as("what one permit behind 100 was refused").isEmpty();
    }

    @Test
    void aRefusalBesideADepartingReservationLeavesNothingOver() {
        Limiter<String> limiter = limiter(Rate.perSecond(1).burst(1));
        limiter.tryAcquire(KEY);
        Reservation first = limiter.reserve(KEY, 1);
        limiter.reserve(KEY, 1);
        first.cancel();
        Reservation third = limiter.reserve(KEY, 1);
        now += SECOND + SECOND / 10;

        long late = now + SECOND * 9 / 10;
        meanwhile = () -> {
            if (now != late) {
                now = late;
                limiter.acquireAsync(KEY, 1).toCompletableFuture().cancel(true);
            }
        };
        limiter.tryAcquire(KEY);
        meanwhile = null;

        now = late;
        third.cancel();
        now += SECOND / 10;
        assertThat(limiter.tryAcquire(KEY))
                .as("0.1 s after the reservation departed")
                .isFalse();
    }
}
