package dev.ratelimit.core.internal.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ratelimit.Decision;
import dev.ratelimit.Gauges;
import dev.ratelimit.Limiter;
import dev.ratelimit.Policy;
import dev.ratelimit.Rate;
import dev.ratelimit.core.Limiters;
import dev.ratelimit.testing.ManualTime;
import java.time.Duration;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** A keyed limiter reduces keys, checks durations, and tells its listener of each call once. */
class PolicyLimiterTest {

    private static final Policy POLICY =
            Policy.of("p", Rate.perSecond(10)).shape(Duration.ofMillis(500)).maxConcurrent(1);

    private final ManualTime time = new ManualTime();
    private final EventLog log = new EventLog();
    private final Limiter<String> limiter =
            Limiters.builder(POLICY).maxKeys(50).timeSource(time).listener(log).build();

    @Test
    void keysThatReduceToEqualKeysShareABudget() {
        Limiter<String> byLength =
                Limiters.builder(Rate.perSecond(10)).timeSource(time).build(String::length);
        byLength.tryAcquire("one", 4);
        byLength.tryAcquire("two", 3);
        byLength.tryAcquire("three", 9);
        assertThat(byLength.peek("six").remaining()).isEqualTo(3);
    }

    @Test
    @SuppressWarnings("NullAway") // what a key function must not return
    void aKeyFunctionThatReturnsNullIsAnErrorThatSaysSo() {
        Limiter<String> broken = Limiters.builder(Rate.perSecond(10)).build(key -> null);
        assertThatThrownBy(() -> broken.tryAcquire("key"))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("the key function returned null: it must return a key for every request");
    }

    @Test
    void eachCallIsToldOnceAndWhatIsNoRequestIsNot() throws InterruptedException {
        limiter.tryAcquire("k", 4);
        limiter.decide("k", 3);
        limiter.reserve("k", 2);
        limiter.acquire("k");
        limiter.acquireAsync("k", 2);
        assertThat(log.events).as("the last one waits").hasSize(4);
        limiter.acquireAsync("k", 2).toCompletableFuture().cancel(true);
        limiter.tryAcquire("k", 11);
        limiter.peek("k");
        limiter.refund("k", 1);
        limiter.snapshot("k");
        time.advance(Duration.ofMillis(200));
        assertThat(log.events)
                .containsExactly(
                        "allowed p 4 after 0",
                        "allowed p 3 after 0",
                        "allowed p 2 after 0",
                        "allowed p 1 after 0",
                        "gave up p 2",
                        "refused p 11 EXCEEDS_CAPACITY",
                        "allowed p 2 after 100000000");
    }

    @Test
    void leasesAreToldAsRequestsAre() throws InterruptedException {
        limiter.tryEnter("k");
        limiter.tryEnter("k");
        limiter.enterAsync("other", Duration.ZERO);
        limiter.enter("k", Duration.ZERO);
        assertThat(log.events)
                .containsExactly(
                        "allowed p 1 after 0",
                        "refused p 1 TOO_MANY_CONCURRENT",
                        "allowed p 1 after 0",
                        "refused p 1 TOO_MANY_CONCURRENT");
        assertThat(limiter.gauges().leases()).isEqualTo(2);
    }

    /** With a listener each request makes a decision; without one most make none. */
    @Test
    void aListenerChangesNoAnswer() {
        Policy policy = Policy.of("p", Rate.perSecond(10), Rate.perMinute(40)).blackout(Duration.ofSeconds(1));
        Limiter<Integer> heard =
                Limiters.builder(policy).timeSource(time).listener(log).build();
        Limiter<Integer> silent = Limiters.builder(policy).timeSource(time).build();
        SplittableRandom random = new SplittableRandom(6);
        int refused = 0;
        for (int i = 0; i < 2_000; i++) {
            int key = random.nextInt(3);
            int permits = random.nextInt(1, 13);
            boolean isAllowed = heard.tryAcquire(key, permits);
            assertThat(silent.tryAcquire(key, permits)).isEqualTo(isAllowed);
            refused += isAllowed ? 0 : 1;
            time.advance(Duration.ofMillis(random.nextInt(900)));
        }
        assertThat(refused).isBetween(200, 1_800);
    }

    @Test
    void durationsAreFromZeroToAYear() {
        Duration tooLong = Policy.MAX_DURATION.plusNanos(1);
        for (Duration wrong : new Duration[] {tooLong, Duration.ofNanos(-1)}) {
            assertThatThrownBy(() -> limiter.acquire("k", 1, wrong))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("maxWait must be from 0 to 365 days, but was " + wrong);
            assertThatThrownBy(() -> limiter.blackout("k", wrong))
                    .hasMessage("duration must be from 0 to 365 days, but was " + wrong);
        }
        limiter.blackout("k", Policy.MAX_DURATION);
        assertThat(limiter.snapshot("k").blackout()).isEqualTo(Policy.MAX_DURATION);
        assertThat(log.events).isEmpty();
    }

    @Test
    void aBlackoutOfZeroEndsAnyBlackout() {
        Limiter<String> dark = Limiters.builder(POLICY.shape(Duration.ZERO).blackout(Duration.ofSeconds(9)))
                .timeSource(time)
                .build();
        dark.tryAcquire("k", 10);
        dark.tryAcquire("k");
        dark.blackout("k", Duration.ofSeconds(5));
        time.advance(Duration.ofSeconds(1));
        assertThat(dark.decide("k").reason()).isEqualTo(Decision.Reason.BLACKOUT);
        dark.blackout("k", Duration.ZERO);
        assertThat(dark.decide("k").allowed()).isTrue();
    }

    @Test
    void gaugesCountDebtsAgainstTheSizeOfTheTable() {
        limiter.tryAcquire("a", 10);
        limiter.tryAcquire("b", 1);
        limiter.acquireAsync("a");
        time.advance(Duration.ofMillis(90));
        Gauges gauges = limiter.gauges();
        assertThat(gauges.debts()).isEqualTo(2);
        assertThat(gauges.saturation()).isEqualTo(2.0 / 50);
        assertThat(gauges.waiting()).isEqualTo(1);
        assertThat(gauges.maxWait()).isEqualTo(Duration.ofMillis(90));
        assertThat(limiter).hasToString("Limiter[" + POLICY + " per key]");
    }
}
