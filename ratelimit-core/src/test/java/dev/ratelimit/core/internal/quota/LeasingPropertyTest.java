package dev.ratelimit.core.internal.quota;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.testing.FaultyStore;
import dev.ratelimit.testing.FaultyStore.Fault;
import dev.ratelimit.testing.ManualTime;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

/** Any history of nodes that lease from one store: what was granted, what is leased and what the store shows agree. */
class LeasingPropertyTest {

    private static final long LIMIT = 60;

    /** One node asks for an amount, or gives back all it has, so many microseconds after the step before. */
    record Step(int node, int amount, boolean givesBack, int micros, Fault fault) {}

    @Property(tries = 2_000)
    void nothingIsGrantedThatIsNotCountedAndNothingCountedIsLost(@ForAll("steps") List<Step> steps) {
        ManualTime time = new ManualTime();
        FaultyStore store = new FaultyStore(LeasingNode.store());
        List<LeasingNode> nodes = nodes(3, store, time);
        long granted = 0;
        for (Step step : steps) {
            time.advanceNanos(step.micros() * 1_000L);
            LeasingNode node = nodes.get(step.node());
            if (step.givesBack()) {
                node.giveBack();
            } else {
                granted += node.grants(step.amount()) ? step.amount() : 0;
            }
            long held = nodes.stream().mapToLong(LeasingNode::held).sum();
            assertThat(nodes.get(0).used()).as("after %s", step).isEqualTo(granted + held);
            assertThat(granted + held).isLessThanOrEqualTo(LIMIT);
        }
        time.advance(LeasingNode.TERM);
        assertThat(nodes.get(0).used()).isEqualTo(granted);
        assertThat(time.pending()).isZero();
    }

    @Property(tries = 2_000)
    void aloneANodeGrantsWhatAPlainCounterWould(@ForAll("steps") List<Step> steps) {
        ManualTime time = new ManualTime();
        LeasingNode node = nodes(1, new FaultyStore(LeasingNode.store()), time).get(0);
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
        ManualTime time = new ManualTime();
        FaultyStore store = new FaultyStore(LeasingNode.store());
        List<LeasingNode> nodes = nodes(3, store, time);
        long granted = 0;
        for (Step step : steps) {
            time.advanceNanos(step.micros() * 1_000L);
            store.next(step.fault());
            granted += nodes.get(step.node()).grants(step.amount()) ? step.amount() : 0;
            // A fault that met no call of the store is not to meet the look.
            store.next(Fault.NONE);
            long held = nodes.stream().mapToLong(LeasingNode::held).sum();
            assertThat(granted + held).as("after %s", step).isLessThanOrEqualTo(LIMIT);
        }
    }

    private static List<LeasingNode> nodes(int count, FaultyStore store, ManualTime time) {
        List<LeasingNode> nodes = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            nodes.add(new LeasingNode(store, time, LIMIT));
        }
        return nodes;
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
