package dev.ratelimit.core.internal.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ratelimit.Policy;
import dev.ratelimit.Rate;
import dev.ratelimit.WhenSaturated;
import dev.ratelimit.core.internal.cells.CellTable;
import dev.ratelimit.testing.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** One policy for all keys, which another replaces as a whole or not at all. */
class OnePolicyTest {

    private static final long KEY = 77;
    private static final Policy TEN = Policy.of("ten", Rate.perSecond(10));
    private static final Policy TWENTY = Policy.of("twenty", Rate.perSecond(20));

    private final ManualTime time = new ManualTime();
    private final OnePolicy<String> policies = new OnePolicy<>(TEN, new CellTable(100, WhenSaturated.EVICT, time));
    private final List<Policy> changes = new ArrayList<>();

    private PolicyBudgets current() {
        return policies.of("any", KEY);
    }

    @Test
    void allKeysHaveTheSameBudgets() {
        assertThat(policies.of("other", KEY + 1)).isSameAs(current());
        assertThat(current().policy()).isSameAs(TEN);
        assertThat(policies.known(KEY)).isSameAs(TEN);
        assertThat(policies).hasToString(TEN.toString());
    }

    @Test
    void anotherPolicyIsInForceBeforeTheChangeIsTold() {
        policies.onChange(() -> changes.add(policies.known(KEY)));
        PolicyBudgets before = current();
        before.tryTake(KEY, 6, time.nanos());
        policies.update(TWENTY);
        assertThat(changes).containsExactly(TWENTY);
        assertThat(current()).isNotSameAs(before);
        assertThat(policies.inForce(before)).isSameAs(current());
        assertThat(current().peek(KEY, 1, time.nanos()).remaining())
                .as("six are owed")
                .isEqualTo(14);
    }

    @Test
    void aPolicyThatCannotBeKeptChangesNothing() {
        policies.onChange(() -> changes.add(policies.known(KEY)));
        PolicyBudgets before = current();
        assertThatThrownBy(
                        () -> policies.update(Policy.of("slow", Rate.perDay(1).burst(500))))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(changes).isEmpty();
        assertThat(current()).isSameAs(before);
        assertThat(before.tryTake(KEY, 10, time.nanos())).isTrue();
    }

    @Test
    void aRateDecidesAloneIfThePolicyIsNothingElse() {
        assertThat(policies.alone()).isNotNull();
        policies.update(TEN.blackout(Duration.ofSeconds(1)));
        assertThat(policies.alone()).isNull();
        policies.update(Policy.of("two", Rate.perSecond(10), Rate.perMinute(100)));
        assertThat(policies.alone()).isNull();
        policies.update(Policy.unlimited());
        assertThat(policies.alone()).isNull();
        policies.update(TEN);
        assertThat(policies.alone()).isNotNull();
    }
}
