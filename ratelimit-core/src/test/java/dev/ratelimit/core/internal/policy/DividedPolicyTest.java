package dev.ratelimit.core.internal.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.ClusterShare;
import dev.ratelimit.Policy;
import dev.ratelimit.Rate;
import dev.ratelimit.core.internal.policy.LiveNodes.Count;
import dev.ratelimit.testing.ManualTime;
import java.time.Duration;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class DividedPolicyTest {

    private static final Policy WHOLE = Policy.of("gold", Rate.perSecond(120)).maxConcurrent(8);

    private final ManualTime time = new ManualTime();
    private int live = 3;
    private final LiveNodes nodes = new LiveNodes(ClusterShare.of(() -> live, 2).every(Duration.ofSeconds(1)), time);
    private final DividedPolicy shared = new DividedPolicy(WHOLE, nodes);

    @Test
    void thePartIsTheSameObjectUntilTheNumberChanges() {
        Policy third = shared.current();
        assertThat(third).isEqualTo(WHOLE.dividedBy(3));
        for (int i = 0; i < 10; i++) {
            time.advance(Duration.ofMillis(900));
            assertThat(shared.current()).isSameAs(third);
        }
        live = 4;
        time.advance(Duration.ofSeconds(1));
        Policy quarter = shared.current();
        assertThat(quarter).isEqualTo(WHOLE.dividedBy(4));
        assertThat(shared.current(time.nanos())).isSameAs(quarter);
        live = 0;
        time.advance(Duration.ofSeconds(1));
        assertThat(shared.current()).isSameAs(quarter);
        live = 1;
        time.advance(Duration.ofSeconds(1));
        assertThat(shared.current()).isSameAs(WHOLE);
        assertThat(shared.whole()).isSameAs(WHOLE);
    }

    @Test
    void theNumberIsReadOnceForAllPolicies() {
        DividedPolicy other = new DividedPolicy(Policy.unlimited(), nodes);
        assertThat(shared.current()).isEqualTo(WHOLE.dividedBy(3));
        live = 4;
        assertThat(other.current()).isEqualTo(Policy.unlimited());
        assertThat(shared.current()).isEqualTo(WHOLE.dividedBy(3));
    }

    @Test
    void aThreadThatStoodStillGetsTheLaterPart() {
        Count before = new Count(3, 1, 0);
        Policy quarter = shared.at(new Count(4, 2, 0));
        assertThat(shared.at(before)).isSameAs(quarter);
        assertThat(shared.at(new Count(4, 2, 77))).isSameAs(quarter);
    }

    @Test
    @Timeout(120)
    void inARaceAllGetTheSameObject() throws Exception {
        assertThat(roundsWithDifferentObjects(shared::at)).isZero();
    }

    @Test
    @Timeout(120)
    void aTwinWithoutALockIsCaught() throws Exception {
        long wrong = 0;
        for (int attempt = 0; attempt < 50 && wrong == 0; attempt++) {
            Object[] last = {new Count(0, -1, 0), WHOLE};
            wrong = roundsWithDifferentObjects(count -> {
                if (((Count) last[0]).change() < count.change()) {
                    Crew.stepAside();
                    last[1] = WHOLE.dividedBy(count.nodes());
                    last[0] = count;
                }
                return (Policy) last[1];
            });
        }
        assertThat(wrong).isPositive();
    }

    private static long roundsWithDifferentObjects(Function<Count, Policy> part) throws Exception {
        int rounds = 10_000;
        Policy[][] seen = new Policy[3][rounds];
        Crew.race(3, rounds, (round, thread) -> seen[thread][round] = part.apply(new Count(round + 2, round, 0)));
        long different = 0;
        for (int round = 0; round < rounds; round++) {
            Set<Policy> objects = Collections.newSetFromMap(new IdentityHashMap<>());
            Collections.addAll(objects, seen[0][round], seen[1][round], seen[2][round]);
            different += objects.size() == 1 ? 0 : 1;
        }
        return different;
    }
}
