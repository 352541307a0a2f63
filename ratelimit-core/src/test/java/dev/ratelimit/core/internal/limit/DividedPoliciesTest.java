package dev.ratelimit.core.internal.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ratelimit.ClusterShare;
import dev.ratelimit.Policy;
import dev.ratelimit.Rate;
import dev.ratelimit.WhenSaturated;
import dev.ratelimit.core.internal.cells.CellTable;
import dev.ratelimit.testing.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The part of this node follows the number of live nodes, as far as a table can keep it. */
class DividedPoliciesTest {

    private static final long KEY = 77;
    private static final Policy WHOLE = Policy.of("whole", Rate.perSecond(120));

    /** Divided by more than 13, a part is too slow. */
    private static final Policy SLOW = Policy.of("slow", Rate.of(1, Duration.ofDays(30)));

    private final ManualTime time = new ManualTime();
    private final CellTable table = new CellTable(100, WhenSaturated.EVICT, time);
    private final List<Throwable> failures = new ArrayList<>();
    private int live = 2;

    private DividedPolicies<String> divided(Policy policy) {
        ClusterShare share =
                ClusterShare.of(() -> live, 2).every(Duration.ofSeconds(1)).onFailure(failures::add);
        return new DividedPolicies<>(policy, share, new OnePolicy<>(policy.dividedBy(2), table), time);
    }

    private void nodes(int nodes) {
        live = nodes;
        time.advance(Duration.ofSeconds(1));
    }

    @Test
    void theNextRequestAfterAChangeHasTheNewPart() {
        DividedPolicies<String> policies = divided(WHOLE);
        assertThat(policies.of("k", KEY).policy()).isEqualTo(WHOLE.dividedBy(2));
        nodes(3);
        assertThat(policies.known(KEY)).as("no request yet").isEqualTo(WHOLE.dividedBy(2));
        PolicyBudgets third = policies.of("k", KEY);
        assertThat(third.policy()).isEqualTo(WHOLE.dividedBy(3));
        assertThat(policies.of("other", KEY + 1)).isSameAs(third);
        assertThat(policies.inForce(third)).isSameAs(third);
        assertThat(failures).isEmpty();
    }

    @Test
    void aChangeOfTheNumberIsToldLikeAnyOtherAndKeepsDebts() {
        DividedPolicies<String> policies = divided(WHOLE);
        policies.of("k", KEY).tryTake(KEY, 50, time.nanos());
        int[] changes = {0};
        policies.onChange(() -> changes[0]++);
        live = 4;
        time.advance(Duration.ofNanos(999_999_999));
        assertThat(policies.of("k", KEY).policy()).isEqualTo(WHOLE.dividedBy(2));
        assertThat(changes[0]).isZero();
        time.advanceNanos(1);
        policies.of("k", KEY).tryTake(KEY, 30, time.nanos());
        nodes(2);
        assertThat(policies.of("k", KEY).peek(KEY, 1, time.nanos()).remaining()).isEqualTo(60 - 30 + 30);
        assertThat(changes[0]).isEqualTo(2);
    }

    @Test
    void aPartThatCannotBeKeptIsReportedOnceAndThePreviousOneStays() {
        DividedPolicies<String> policies = divided(SLOW);
        nodes(20);
        PolicyBudgets half = policies.of("k", KEY);
        assertThat(half.policy()).isEqualTo(SLOW.dividedBy(2));
        assertThat(policies.of("k", KEY)).isSameAs(half);
        nodes(20);
        assertThat(policies.of("k", KEY)).isSameAs(half);
        assertThat(failures).hasSize(1);
        assertThat(failures.get(0)).isInstanceOf(IllegalArgumentException.class);
        nodes(3);
        assertThat(policies.of("k", KEY).policy()).isEqualTo(SLOW.dividedBy(3));
    }

    @Test
    void anotherPolicyIsDividedByTheCurrentNumber() {
        DividedPolicies<String> policies = divided(WHOLE);
        nodes(4);
        Policy other = Policy.of("other", Rate.perSecond(80));
        policies.update(other);
        assertThat(policies.known(KEY)).isEqualTo(other.dividedBy(4));
        nodes(8);
        assertThat(policies.of("k", KEY).policy()).isEqualTo(other.dividedBy(8));
        assertThat(policies).hasToString(other.dividedBy(8) + ", a part of " + other);
    }

    @Test
    void aPolicyOfWhichThePartCannotBeKeptChangesNothing() {
        DividedPolicies<String> policies = divided(WHOLE);
        nodes(20);
        policies.of("k", KEY);
        assertThatThrownBy(() -> policies.update(SLOW)).isInstanceOf(IllegalArgumentException.class);
        nodes(10);
        assertThat(policies.of("k", KEY).policy()).isEqualTo(WHOLE.dividedBy(10));
    }
}
