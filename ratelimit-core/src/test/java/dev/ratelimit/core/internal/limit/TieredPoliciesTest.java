package dev.ratelimit.core.internal.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ratelimit.Policy;
import dev.ratelimit.PolicyFallback;
import dev.ratelimit.Rate;
import dev.ratelimit.Tiers;
import dev.ratelimit.WhenSaturated;
import dev.ratelimit.core.internal.cells.CellTable;
import dev.ratelimit.testing.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Each key has the budgets of the policy that the resolver names, or those of the default. */
class TieredPoliciesTest {

    private static final Policy FREE = Policy.of("free", Rate.perSecond(1));
    private static final Policy GOLD = Policy.of("gold", Rate.perSecond(100));

    private final ManualTime time = new ManualTime();
    private final CellTable table = new CellTable(100, WhenSaturated.EVICT, time);
    private final Map<String, Policy> answers = new HashMap<>();
    private final List<String> asked = new ArrayList<>();
    private final List<PolicyFallback> fallbacks = new ArrayList<>();
    private final TieredPolicies<String> policies = new TieredPolicies<>(
            Tiers.<String>of(
                            key -> {
                                asked.add(key);
                                return answers.getOrDefault(key, GOLD);
                            },
                            FREE)
                    .onFallback(fallbacks::add),
            table,
            time);

    @Test
    void aKeyHasTheBudgetsOfItsPolicyAndTheResolverIsAskedOnce() {
        assertThat(policies.known(1)).as("before any request").isEqualTo(FREE);
        assertThat(policies.of("a", 1).policy()).isEqualTo(GOLD);
        assertThat(policies.of("a", 1).policy()).isEqualTo(GOLD);
        assertThat(policies.known(1)).isEqualTo(GOLD);
        assertThat(asked).containsExactly("a");
    }

    @Test
    void keysWithEqualPoliciesShareBudgets() {
        answers.put("b", Policy.of("gold", Rate.perSecond(100)));
        PolicyBudgets gold = policies.of("a", 1);
        assertThat(policies.of("b", 2)).isSameAs(gold);
        assertThat(policies.inForce(gold)).as("others never replace them").isSameAs(gold);
    }

    @Test
    void aPolicyThatCannotBeKeptIsAFailureOfTheResolver() {
        answers.put("a", Policy.of("slow", Rate.perDay(1).burst(500)));
        assertThat(policies.of("a", 1).policy()).isEqualTo(FREE);
        assertThat(fallbacks).hasSize(1);
        assertThat(fallbacks.get(0).policy()).isEqualTo(FREE);
        assertThat(fallbacks.get(0).cause()).hasMessageContaining("too large for 1 per PT24H");
    }

    @Test
    void aForgottenKeyIsAskedForAgain() {
        policies.of("a", 1);
        policies.of("b", 2);
        answers.put("a", FREE);
        policies.forget(1);
        assertThat(policies.of("a", 1).policy()).isEqualTo(FREE);
        policies.of("b", 2);
        assertThat(asked).containsExactly("a", "b", "a");
    }

    /** A key in a blackout of ten seconds gets a policy of two, and then one without a blackout. */
    @Test
    void aNewPolicyCutsTheBlackoutOfItsKey() {
        answers.put("a", GOLD.blackout(Duration.ofSeconds(10)));
        policies.of("a", 1).beginBlackout(1, time.nanos());
        answers.put("a", GOLD.blackout(Duration.ofSeconds(2)));
        policies.forget(1);
        assertThat(policies.of("a", 1).peek(1, 1, time.nanos()).retryAfter()).isEqualTo(Duration.ofSeconds(2));
        answers.put("a", GOLD);
        policies.forget(1);
        assertThat(policies.of("a", 1).peek(1, 1, time.nanos()).allowed()).isTrue();
        answers.put("a", GOLD.blackout(Duration.ofSeconds(10)));
        policies.forget(1);
        assertThat(policies.of("a", 1).peek(1, 1, time.nanos()).allowed())
                .as("cut for good")
                .isTrue();
    }

    @Test
    void thePoliciesAreTheResolversToChange() {
        assertThatThrownBy(() -> policies.update(FREE))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the policies of this limiter come from a resolver: let it answer differently");
        assertThatThrownBy(() -> new TieredPolicies<>(
                        Tiers.of(key -> GOLD, Policy.of("slow", Rate.perDay(1).burst(500))), table, time))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
