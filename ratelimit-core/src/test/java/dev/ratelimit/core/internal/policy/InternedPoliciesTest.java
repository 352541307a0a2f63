package dev.ratelimit.core.internal.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ratelimit.Policy;
import dev.ratelimit.Rate;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What policies were made into is let go when no key has them, by count and need. */
class InternedPoliciesTest {

    private final Set<Policy> inForce = new HashSet<>();
    private final Set<String> made = new HashSet<>();
    private int room = Integer.MAX_VALUE;

    private final InternedPolicies<String> bound = new InternedPolicies<>(this::make, made::remove, () -> inForce);

    private String make(Policy policy) {
        if (made.size() >= room) {
            throw new IllegalStateException("no room");
        }
        made.add(policy.name());
        return policy.name();
    }

    private static Policy policy(int name) {
        return Policy.of("policy " + name, Rate.perSecond(1));
    }

    @Test
    void policiesThatNoKeyHasDoNotPileUp() {
        for (int name = 0; name < 10_000; name++) {
            inForce.clear();
            inForce.add(policy(name));
            assertThat(bound.of(policy(name))).isEqualTo("policy " + name);
            assertThat(bound.size()).isLessThan(130);
        }
        assertThat(made).hasSize(bound.size());
    }

    @Test
    void thoseThatKeysHaveStay() {
        for (int name = 0; name < 1_000; name++) {
            inForce.add(policy(name));
            bound.of(policy(name));
        }
        assertThat(bound.size()).isEqualTo(1_000);
        assertThat(bound.of(policy(3))).isSameAs(bound.of(policy(3)));
    }

    @Test
    void roomIsMadeWhenThereIsNone() {
        room = 3;
        for (int name = 0; name < 100; name++) {
            inForce.clear();
            inForce.add(policy(name));
            bound.of(policy(name));
        }
        inForce.addAll(Set.of(policy(1), policy(2), policy(3)));
        bound.of(policy(1));
        bound.of(policy(2));
        assertThatThrownBy(() -> bound.of(policy(3))).hasMessage("no room");
        assertThat(made).containsExactlyInAnyOrder("policy 99", "policy 1", "policy 2");
    }
}
