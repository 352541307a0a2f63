package dev.ratelimit.core.issues;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.Decision;
import dev.ratelimit.Limiter;
import dev.ratelimit.Policy;
import dev.ratelimit.Rate;
import dev.ratelimit.Reservation;
import dev.ratelimit.ScheduledTask;
import dev.ratelimit.Statistics;
import dev.ratelimit.VirtualTimeSource;
import dev.ratelimit.core.Limiters;
import dev.ratelimit.testing.ManualTime;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A policy changes between two steps of a call: the call has found the budgets of the policy before. */
class WaitingAcrossChangesTest {

    private static final String KEY = "key";
    private static final long MAX_READINGS = 12;

    private final Policy before =
            Policy.of("before", Rate.perSecond(1).burst(2)).shape(Duration.ofSeconds(5));
    private final Statistics statistics = new Statistics();
    private final HookedTime time = new HookedTime();
    private final Limiter<String> limiter =
            Limiters.builder(before).timeSource(time).listener(statistics).build();

    /** Does something at a reading, once. */
    private static final class HookedTime implements VirtualTimeSource {

        private final ManualTime time = new ManualTime();
        private Runnable hook = () -> {};
        private long readingsLeft;

        void at(long reading, Runnable action) {
            hook = action;
            readingsLeft = reading;
        }

        @Override
        public long nanos() {
            if (readingsLeft > 0 && --readingsLeft == 0) {
                hook.run();
            }
            return time.nanos();
        }

        @Override
        public ScheduledTask schedule(long instantNanos, Runnable task) {
            return time.schedule(instantNanos, task);
        }
    }

    private CompletableFuture<Decision> waitsWhileThePolicyBecomes(Policy after, long reading) {
        limiter.update(before);
        limiter.reset(KEY);
        assertThat(limiter.tryAcquire(KEY, 2)).isTrue();
        time.at(reading, () -> limiter.update(after));
        CompletableFuture<Decision> stage = limiter.acquireAsync(KEY, 2).toCompletableFuture();
        time.at(0, () -> {});
        limiter.update(after);
        return stage;
    }

    @Test
    void aCallThatWouldWaitGoesAsTheNewPolicyLetsIt() {
        for (long reading = 1; reading < MAX_READINGS; reading++) {
            assertThat(waitsWhileThePolicyBecomes(Policy.unlimited(), reading).join())
                    .as("reading %s", reading)
                    .matches(Decision::allowed);
            assertThat(waitsWhileThePolicyBecomes(Policy.blocked(), reading).join())
                    .as("reading %s", reading)
                    .returns(Decision.Reason.BLOCKED, Decision::reason);
            assertThat(waitsWhileThePolicyBecomes(
                                    Policy.of("small", Rate.perSecond(1).burst(1)), reading)
                            .join())
                    .as("reading %s", reading)
                    .returns(Decision.Reason.EXCEEDS_CAPACITY, Decision::reason);
            assertThat(waitsWhileThePolicyBecomes(
                                    Policy.of("large", Rate.perSecond(1).burst(4)), reading)
                            .join())
                    .as("reading %s", reading)
                    .matches(Decision::allowed);
            assertThat(limiter.snapshot(KEY).budgets().get(0).debt())
                    .as("reading %s", reading)
                    .isEqualTo(4);
        }
    }

    /** It would not wait under the old policy either: the reading is that between the first look and the queue. */
    @Test
    void alsoACallThatDoesNotWait() {
        for (Policy after : List.of(Policy.unlimited(), Policy.unlimited().maxConcurrent(5))) {
            assertThat(comesWhileThePolicyBecomes(after)).matches(Decision::allowed);
        }
        assertThat(comesWhileThePolicyBecomes(Policy.blocked())).returns(Decision.Reason.BLOCKED, Decision::reason);
        assertThat(comesWhileThePolicyBecomes(
                        Policy.of("large", Rate.perSecond(1).burst(4))))
                .matches(Decision::allowed);
        assertThat(comesWhileThePolicyBecomes(
                        Policy.of("same", Rate.perSecond(1).burst(2))))
                .returns(Decision.Reason.OVER_LIMIT, Decision::reason);
    }

    private Decision comesWhileThePolicyBecomes(Policy after) {
        limiter.update(before);
        limiter.reset(KEY);
        limiter.tryAcquire(KEY, 2);
        time.at(2, () -> limiter.update(after));
        return limiter.acquireAsync(KEY, 1, Duration.ZERO).toCompletableFuture().join();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void aReservationIsPromisedAsBeforeOrAsTheNewPolicyLetsIt(long reading) {
        limiter.tryAcquire(KEY, 2);
        time.at(reading, () -> limiter.update(Policy.blocked()));
        Reservation reservation = limiter.reserve(KEY, 2);
        assertThat(reservation.allowed() || reservation.decision().reason() == Decision.Reason.BLOCKED)
                .as(reservation.toString())
                .isTrue();
        time.at(0, () -> {});
        limiter.update(before);
        limiter.reset(KEY);
        limiter.tryAcquire(KEY, 2);
        time.at(reading, () -> limiter.update(Policy.unlimited()));
        assertThat(limiter.reserve(KEY, 2).allowed()).isTrue();
    }

    @Test
    void aReservationForMoreThanTheNewCapacityIsRefused() {
        limiter.tryAcquire(KEY, 2);
        time.at(
                2,
                () -> limiter.update(
                        Policy.of("small", Rate.perSecond(1).burst(1)).shape(Duration.ofHours(1))));
        assertThat(limiter.reserve(KEY, 2).decision().reason()).isEqualTo(Decision.Reason.EXCEEDS_CAPACITY);
    }

    /** It takes the permits from other budgets than it has asked first, and gives them back there. */
    @Test
    void aReservationThatIsThereUnderTheNewPolicyIsCountedAndCanBeCancelled() {
        limiter.tryAcquire(KEY, 2);
        time.at(2, () -> limiter.update(Policy.of("large", Rate.perSecond(1).burst(4))));
        Reservation reservation = limiter.reserve(KEY, 2);
        assertThat(reservation.allowed()).isTrue();
        assertThat(reservation.decision().delayNanos()).isZero();
        assertThat(reservation.decision().policy()).isEqualTo("large");
        assertThat(statistics.counts("large").allowed()).isEqualTo(1);
        assertThat(limiter.snapshot(KEY).budgets().get(0).debt()).isEqualTo(4);
        assertThat(reservation.cancel()).isTrue();
        assertThat(limiter.snapshot(KEY).budgets().get(0).debt()).isEqualTo(2);
        assertThat(statistics.counts("large").allowed()).isEqualTo(1);
        assertThat(statistics.counts("large").givenUp()).isZero();
        assertThat(time.time.pending()).isZero();
    }
}
