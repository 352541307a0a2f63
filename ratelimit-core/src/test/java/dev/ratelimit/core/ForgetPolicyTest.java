package dev.ratelimit.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ratelimit.ClusterShare;
import dev.ratelimit.Decision;
import dev.ratelimit.Limiter;
import dev.ratelimit.Policy;
import dev.ratelimit.Rate;
import dev.ratelimit.Tiers;
import dev.ratelimit.testing.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** A key whose policy is forgotten is resolved anew by its next request. */
class ForgetPolicyTest {

    private static final String KEY = "key";
    private static final Policy FREE = Policy.of("free", Rate.perSecond(2));
    private static final Policy GOLD = Policy.of("gold", Rate.perSecond(10)).shape(Duration.ofSeconds(9));

    private final ManualTime time = new ManualTime();
    private final List<String> asked = new ArrayList<>();
    private Policy named = FREE;
    private boolean isAway;

    private Limiter<String> limiter() {
        return Limiters.builder(Tiers.of(this::resolve, Policy.blocked()).maxAge(Duration.ofHours(1)))
                .timeSource(time)
                .build();
    }

    private Policy resolve(String key) {
        asked.add(key);
        if (isAway) {
            throw new IllegalStateException("the directory is away");
        }
        return named;
    }

    @Test
    void isAskedForByTheNextRequestAndOnce() {
        Limiter<String> limiter = limiter();
        assertThat(limiter.policy(KEY)).isEqualTo(FREE);
        named = GOLD;
        assertThat(limiter.policy(KEY)).isEqualTo(FREE);
        limiter.forgetPolicy(KEY);
        assertThat(asked).hasSize(1);
        assertThat(limiter.tryAcquire(KEY, 10)).isTrue();
        assertThat(limiter.policy(KEY)).isEqualTo(GOLD);
        assertThat(asked).hasSize(2);
    }

    @Test
    void othersAreNotForgottenAndADebtIsNotForgiven() {
        Limiter<String> limiter = limiter();
        assertThat(limiter.tryAcquire(KEY, 2)).isTrue();
        assertThat(limiter.tryAcquire("other")).isTrue();
        limiter.forgetPolicy(KEY);
        assertThat(limiter.tryAcquire(KEY)).isFalse();
        assertThat(limiter.tryAcquire("other")).isTrue();
        assertThat(asked).containsExactly(KEY, "other", KEY);
    }

    @Test
    void theDefaultStandsInIfTheResolverFailsThen() {
        Limiter<String> limiter = limiter();
        assertThat(limiter.tryAcquire(KEY)).isTrue();
        isAway = true;
        limiter.forgetPolicy(KEY);
        assertThat(limiter.decide(KEY).reason()).isEqualTo(Decision.Reason.BLOCKED);
    }

    @Test
    void callsThatWaitGoByTheNewPolicyAfterTheNextRequest() {
        named = GOLD;
        Limiter<String> limiter = limiter();
        assertThat(limiter.tryAcquire(KEY, 10)).isTrue();
        CompletableFuture<Decision> waits = limiter.acquireAsync(KEY, 10).toCompletableFuture();
        named = FREE;
        limiter.forgetPolicy(KEY);
        assertThat(waits).isNotDone();
        assertThat(limiter.tryAcquire(KEY)).isFalse();
        // Ten are never there at once any more.
        assertThat(waits.join().reason()).isEqualTo(Decision.Reason.EXCEEDS_CAPACITY);
    }

    @Test
    void aKeyOfWhichNothingIsKnownAndALimiterOfOnePolicyHaveNothingToForget() {
        limiter().forgetPolicy(KEY);
        assertThat(asked).isEmpty();
        Limiter<String> one = Limiters.builder(FREE).timeSource(time).build();
        one.tryAcquire(KEY, 2);
        one.forgetPolicy(KEY);
        assertThat(one.tryAcquire(KEY)).isFalse();
        Limiter<String> shared = Limiters.builder(GOLD)
                .clusterShare(ClusterShare.fixed(2))
                .timeSource(time)
                .build();
        shared.forgetPolicy(KEY);
        assertThat(shared.policy(KEY)).isEqualTo(GOLD.dividedBy(2));
    }

    @Test
    @SuppressWarnings("NullAway")
    void aKeyIsNeeded() {
        assertThatThrownBy(() -> limiter().forgetPolicy(null)).isInstanceOf(NullPointerException.class);
    }
}
