package dev.ratelimit.core.internal.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ratelimit.Decision;
import dev.ratelimit.Lease;
import dev.ratelimit.Limiter;
import dev.ratelimit.Policy;
import dev.ratelimit.Rate;
import dev.ratelimit.Statistics;
import dev.ratelimit.core.Limiters;
import dev.ratelimit.testing.ManualTime;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Leases together with the rates of a policy: a refused rate keeps no slot, a refused slot spends no permit. */
class LeasesTest {

    private static final String KEY = "key";

    private final ManualTime time = new ManualTime();
    private final Statistics statistics = new Statistics();

    private Limiter<String> limiter(Policy policy) {
        return Limiters.builder(policy).timeSource(time).listener(statistics).build();
    }

    @Test
    void soManyAtOnceAndNoMore() {
        Limiter<String> limiter = limiter(Policy.unlimited().maxConcurrent(2));
        Lease first = limiter.tryEnter(KEY);
        Lease second = limiter.tryEnter(KEY);
        Lease third = limiter.tryEnter(KEY);
        assertThat(first.allowed() && second.allowed()).isTrue();
        assertThat(third.allowed()).isFalse();
        assertThat(third.decision().reason()).isEqualTo(Decision.Reason.TOO_MANY_CONCURRENT);
        assertThat(limiter.snapshot(KEY).leases()).isEqualTo(2);
        third.close();
        first.close();
        first.close();
        assertThat(limiter.snapshot(KEY).leases()).isEqualTo(1);
        assertThat(limiter.tryEnter(KEY).allowed()).isTrue();
        assertThat(limiter.tryEnter("another").allowed()).isTrue();
    }

    @Test
    void aRefusedSlotSpendsNoPermit() {
        Limiter<String> limiter = limiter(Policy.of("p", Rate.perHour(10)).maxConcurrent(1));
        try (Lease lease = limiter.tryEnter(KEY)) {
            assertThat(lease.allowed()).isTrue();
            for (int i = 0; i < 100; i++) {
                assertThat(limiter.tryEnter(KEY).allowed()).isFalse();
            }
        }
        assertThat(limiter.peek(KEY).remaining()).isEqualTo(9);
    }

    @Test
    void aRefusedRateKeepsNoSlot() {
        Limiter<String> limiter = limiter(Policy.of("p", Rate.perSecond(1)).maxConcurrent(1));
        limiter.tryAcquire(KEY);
        Lease refused = limiter.tryEnter(KEY);
        assertThat(refused.decision().reason()).isEqualTo(Decision.Reason.OVER_LIMIT);
        assertThat(limiter.snapshot(KEY).leases()).isZero();
        time.advance(Duration.ofSeconds(1));
        assertThat(limiter.tryEnter(KEY).allowed()).isTrue();
    }

    @Test
    void withoutABoundALeaseIsOnlyItsPermit() {
        Limiter<String> limiter = limiter(Policy.of("p", Rate.perSecond(2)));
        assertThat(limiter.tryEnter(KEY).allowed()).isTrue();
        assertThat(limiter.tryEnter(KEY).allowed()).isTrue();
        assertThat(limiter.tryEnter(KEY).allowed()).isFalse();
    }

    @Test
    void aLeaseThatIsHeldForTooLongIsTakenBackAndReported() {
        Limiter<String> limiter =
                limiter(Policy.unlimited().named("slow").maxConcurrent(1).leaseTimeout(Duration.ofSeconds(5)));
        Lease forgotten = limiter.tryEnter(KEY);
        time.advance(Duration.ofSeconds(5).minusNanos(1));
        assertThat(limiter.tryEnter(KEY).allowed()).isFalse();
        time.advanceNanos(1);
        assertThat(limiter.tryEnter(KEY).allowed()).isTrue();
        forgotten.close();
        assertThat(limiter.tryEnter(KEY).allowed()).as("the other's place").isFalse();
        assertThat(statistics.counts("slow").leasesReclaimed()).isEqualTo(1);
    }

    @Test
    void whoWaitsGetsThePlaceThatIsGivenBack() throws InterruptedException {
        Limiter<String> limiter = limiter(Policy.unlimited().maxConcurrent(1));
        Lease first = limiter.tryEnter(KEY);
        AtomicReference<Lease> entered = new AtomicReference<>();
        Thread waiting = new Thread(() -> {
            try {
                entered.set(limiter.enter(KEY, Duration.ofSeconds(10)));
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        });
        waiting.start();
        time.awaitPending(1);
        first.close();
        waiting.join();
        assertThat(entered).hasValueMatching(Lease::allowed);
        assertThat(limiter.enter(KEY, Duration.ZERO).allowed()).isFalse();
    }

    @Test
    void theLongestHoldBeginsWhenTheLeaseIsHandedOver() throws InterruptedException {
        Policy policy = Policy.of("slow", Rate.of(1, Duration.ofSeconds(3)))
                .shape(Duration.ofSeconds(10))
                .maxConcurrent(1)
                .leaseTimeout(Duration.ofSeconds(1));
        Limiter<String> limiter = limiter(policy);
        limiter.tryAcquire(KEY);
        AtomicReference<Lease> entered = new AtomicReference<>();
        Thread waiting = new Thread(() -> {
            try {
                entered.set(limiter.enter(KEY, Duration.ZERO));
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        });
        waiting.start();
        time.awaitPending(1);
        time.advance(Duration.ofSeconds(3).minusNanos(1));
        assertThat(limiter.snapshot(KEY).leases())
                .as("the place is kept while its permit is waited for")
                .isEqualTo(1);
        assertThat(limiter.tryEnter(KEY).allowed()).isFalse();
        time.advanceNanos(1);
        waiting.join();
        assertThat(entered).hasValueMatching(Lease::allowed);
        time.advance(Duration.ofSeconds(1).minusNanos(1));
        assertThat(limiter.tryEnter(KEY).decision().reason()).isEqualTo(Decision.Reason.TOO_MANY_CONCURRENT);
        assertThat(statistics.counts("slow").leasesReclaimed()).isZero();
        time.advanceNanos(1);
        assertThat(statistics.counts("slow").leasesReclaimed()).isEqualTo(1);
        assertThat(limiter.snapshot(KEY).leases()).isZero();
    }

    @Test
    void aChangeOfPolicyBindsAtOnce() {
        Limiter<String> limiter = limiter(Policy.unlimited().maxConcurrent(1));
        Lease first = limiter.tryEnter(KEY);
        limiter.update(Policy.unlimited().maxConcurrent(2));
        Lease second = limiter.tryEnter(KEY);
        assertThat(second.allowed()).isTrue();
        limiter.update(Policy.unlimited().maxConcurrent(1));
        first.close();
        assertThat(limiter.tryEnter(KEY).allowed()).isFalse();
        second.close();
        assertThat(limiter.tryEnter(KEY).allowed()).isTrue();
    }

    @Test
    void badWaits() {
        Limiter<String> limiter = limiter(Policy.unlimited().maxConcurrent(1));
        assertThatThrownBy(() -> limiter.enter(KEY, Duration.ofNanos(-1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("maxWait");
        assertThat(limiter.snapshot(KEY).leases()).isZero();
    }
}
