package dev.ratelimit.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ratelimit.ClusterShare;
import dev.ratelimit.Limiter;
import dev.ratelimit.Policy;
import dev.ratelimit.PolicyFallback;
import dev.ratelimit.Rate;
import dev.ratelimit.Tiers;
import dev.ratelimit.testing.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Limiters whose policies a resolver names, or the number of nodes divides. */
class TiersTest {

    private static final Policy FREE = Policy.of("free", Rate.perSecond(1));
    private static final Policy GOLD = Policy.of("gold", Rate.perSecond(10));

    private final ManualTime time = new ManualTime();
    private final Map<String, Policy> directory = new HashMap<>();
    private final List<PolicyFallback> fallbacks = new ArrayList<>();

    private Policy resolve(String user) {
        Policy policy = directory.get(user);
        if (policy == null) {
            throw new IllegalStateException("down");
        }
        return policy;
    }

    private final Limiter<String> limiter = Limiters.builder(
                    Tiers.of(this::resolve, FREE).onFallback(fallbacks::add))
            .timeSource(time)
            .build();

    @Test
    void eachKeyHasThePolicyThatTheResolverNames() {
        directory.put("ada", GOLD);
        directory.put("eve", Policy.blocked());
        assertThat(limiter.tryAcquire("ada", 10)).isTrue();
        assertThat(limiter.tryAcquire("eve")).isFalse();
        assertThat(limiter.decide("ada").policy()).isEqualTo("gold");
        assertThat(limiter.policy("eve")).isEqualTo(Policy.blocked());
        assertThat(fallbacks).isEmpty();
    }

    @Test
    void anotherAnswerBindsAndWhatIsOwedStays() {
        directory.put("ada", GOLD);
        assertThat(limiter.tryAcquire("ada", 10)).isTrue();
        directory.put("ada", Policy.of("platinum", Rate.perSecond(100)));
        time.advance(Duration.ofMinutes(1));
        assertThat(limiter.tryAcquire("ada", 100)).isTrue();
        directory.put("ada", GOLD);
        time.advance(Duration.ofSeconds(59));
        assertThat(limiter.tryAcquire("ada", 100)).isTrue();
        time.advance(Duration.ofSeconds(1));
        // A hundred are owed at a hundred a second, a hundred less since; then ten a second.
        assertThat(limiter.decide("ada", 10).allowed()).isTrue();
        assertThat(limiter.policy("ada")).isEqualTo(GOLD);
    }

    @Test
    void aFailingResolverIsStoodInForAndReported() {
        assertThat(limiter.tryAcquire("bob")).isTrue();
        assertThat(limiter.tryAcquire("bob")).isFalse();
        assertThat(fallbacks).hasSize(1);
        assertThat(fallbacks.get(0).policy()).isEqualTo(FREE);
    }

    @Test
    void aPolicyThatCannotBeKeptIsAFailureOfTheResolver() {
        directory.put("bob", Policy.of("endless", Rate.perDay(1).burst(1_000)));
        assertThat(limiter.tryAcquire("bob")).isTrue();
        assertThat(limiter.policy("bob")).isEqualTo(FREE);
        assertThat(fallbacks).hasSize(1);
        assertThat(fallbacks.get(0).cause()).hasMessageStartingWith("the burst of 1000 is too large for 1 per PT24H");
    }

    @Test
    void policiesOfAResolverAreChangedThere() {
        assertThatThrownBy(() -> limiter.update(GOLD))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("resolver");
    }

    @Test
    void aShareFollowsTheNumberOfNodes() {
        AtomicInteger nodes = new AtomicInteger(2);
        Limiter<String> shared = Limiters.builder(Policy.of("p", Rate.perSecond(100)))
                .clusterShare(ClusterShare.of(nodes::get, 2).every(Duration.ofSeconds(5)))
                .timeSource(time)
                .build();
        assertThat(shared.tryAcquire("k", 50)).isTrue();
        assertThat(shared.tryAcquire("k")).isFalse();
        nodes.set(4);
        time.advance(Duration.ofSeconds(5));
        assertThat(shared.decide("k", 25).remaining()).isZero();
        nodes.set(0);
        time.advance(Duration.ofSeconds(5));
        assertThat(shared.decide("k", 25).remaining())
                .as("the last known number stands")
                .isZero();
        nodes.set(1);
        time.advance(Duration.ofSeconds(5));
        assertThat(shared.tryAcquire("k", 100)).isTrue();
        shared.update(Policy.of("q", Rate.perSecond(10)));
        assertThat(shared.policy("k").name()).isEqualTo("q");
    }

    @Test
    void aPartThatCannotBeKeptIsAFailureOfTheMembership() {
        AtomicInteger nodes = new AtomicInteger(2);
        List<Throwable> failures = new ArrayList<>();
        Limiter<String> shared = Limiters.builder(Policy.of("p", Rate.of(1, Duration.ofDays(30))))
                .clusterShare(ClusterShare.of(nodes::get, 2)
                        .every(Duration.ofSeconds(5))
                        .onFailure(failures::add))
                .timeSource(time)
                .build();
        assertThat(shared.tryAcquire("k")).isTrue();
        Policy half = shared.policy("k");
        nodes.set(20);
        time.advance(Duration.ofSeconds(5));
        assertThat(shared.tryAcquire("k")).isFalse();
        assertThat(shared.tryAcquire("other")).isTrue();
        assertThat(shared.policy("k")).as("the part of before").isSameAs(half);
        assertThat(failures)
                .singleElement()
                .satisfies(failure -> assertThat(failure)
                        .hasMessageStartingWith("the period PT14400H is too long for 1 permit: at most "));
        nodes.set(1);
        time.advance(Duration.ofSeconds(5));
        assertThat(shared.policy("k").rates()).containsExactly(Rate.of(1, Duration.ofDays(30)));
        assertThatThrownBy(() -> shared.update(Policy.of("q", Rate.perDay(1).burst(500))))
                .hasMessageStartingWith("the burst of 500 is too large for 1 per PT24H");
        assertThat(shared.policy("k").name()).isEqualTo("p");
    }

    @Test
    void tiersDivideThemselves() {
        assertThatThrownBy(() -> Limiters.builder(Tiers.of(this::resolve, FREE)).clusterShare(ClusterShare.fixed(2)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("dividedBy");
    }
}
