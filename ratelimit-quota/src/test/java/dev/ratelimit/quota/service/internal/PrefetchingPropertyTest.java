package dev.ratelimit.quota.service.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.quota.QuotaUnavailableException;
import dev.ratelimit.testing.FaultyStore;
import dev.ratelimit.testing.FaultyStore.Fault;
import dev.ratelimit.testing.ManualTime;
import java.util.List;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

/** Any history of nodes that prefetch from one store: what was granted, what is prefetched and what the store shows agree. */
class PrefetchingPropertyTest {

    private static final long LIMIT = 60;

    /** One node asks for an amount, or gives back all it has, so many microseconds after the step before. */
    record Step(int node, int amount, boolean givesBack, int micros, Fault fault) {}

    /** Nodes that share a store, and what they have granted. */
    private static final class Cluster {
        final ManualTime time = new ManualTime();
        final FaultyStore store = new FaultyStore(PrefetchingNode.store());
        final List<PrefetchingNode> nodes = Stream.generate(() -> new PrefetchingNode(store, time, LIMIT))
                .limit(3)
                .toList();
        long granted;

        void take(Step step) {
            time.advanceNanos(step.micros() * 1_000L);
            PrefetchingNode node = nodes.get(step.node());
            if (step.givesBack()) {
                node.giveBack();
            } else {
                granted += node.grants(step.amount()) ? step.amount() : 0;
            }
        }

        long held() {
            return nodes.stream().mapToLong(PrefetchingNode::held).sum();
        }

        long used() {
            return nodes.get(0).used();
        }
    }

    @Property(tries = 2_000)
    void nothingIsGrantedThatIsNotCountedAndNothingCountedIsLost(@ForAll("steps") List<Step> steps) {
        Cluster cluster = new Cluster();
        for (Step step : steps) {
            cluster.take(step);
            assertThat(cluster.used()).as("after %s", step).isEqualTo(cluster.granted + cluster.held());
            assertThat(cluster.used()).isLessThanOrEqualTo(LIMIT);
        }
        cluster.time.advance(PrefetchingNode.TERM);
        assertThat(cluster.used()).isEqualTo(cluster.granted);
        assertThat(cluster.time.pending()).isZero();
    }

    @Property(tries = 2_000)
    void aloneANodeGrantsWhatAPlainCounterWould(@ForAll("steps") List<Step> steps) {
        ManualTime time = new ManualTime();
        PrefetchingNode node = new PrefetchingNode(PrefetchingNode.store(), time, LIMIT);
        long granted = 0;
        for (Step step : steps) {
            time.advanceNanos(step.micros() * 1_000L);
            Answer.Counted counted = (Answer.Counted) node.consume(step.amount());
            assertThat(counted.granted()).as("at %s", step).isEqualTo(granted + step.amount() <= LIMIT);
            granted += counted.granted() ? step.amount() : 0;
            assertThat(counted.used(0)).isEqualTo(granted);
        }
    }

    @Property(tries = 2_000)
    void inTroubleItIsTooStrictAndNeverTooGenerous(@ForAll("steps") List<Step> steps) {
        Cluster cluster = new Cluster();
        for (Step step : steps) {
            // If this step calls the store not at all, it meets one that does.
            cluster.store.next(step.fault());
            try {
                cluster.take(step);
            } catch (QuotaUnavailableException e) {
                assertThat(step.givesBack()).isTrue();
            }
            assertThat(cluster.granted + cluster.held()).as("after %s", step).isLessThanOrEqualTo(LIMIT);
        }
    }

    @Provide
    Arbitrary<List<Step>> steps() {
        return Combinators.combine(
                        Arbitraries.integers().between(0, 2),
                        Arbitraries.frequencyOf(
                                Tuple.of(4, Arbitraries.just(1)),
                                Tuple.of(1, Arbitraries.integers().between(2, 20))),
                        Arbitraries.frequencyOf(
                                Tuple.of(9, Arbitraries.just(false)), Tuple.of(1, Arbitraries.just(true))),
                        Arbitraries.frequencyOf(
                                Tuple.of(4, Arbitraries.integers().between(1, 2_000)),
                                Tuple.of(1, Arbitraries.integers().between(9_000, 11_000))),
                        Arbitraries.frequencyOf(
                                Tuple.of(4, Arbitraries.just(Fault.NONE)), Tuple.of(1, Arbitraries.of(Fault.class))))
                .as(Step::new)
                .list()
                .ofMaxSize(80);
    }
}
