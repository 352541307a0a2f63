package dev.ratelimit.core.internal.compose;

import static dev.ratelimit.core.internal.compose.TrialModel.OFF;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.Limit;
import dev.ratelimit.Rate;
import dev.ratelimit.core.internal.compose.BrokenAll.Fault;
import dev.ratelimit.core.internal.compose.TrialModel.Node;
import dev.ratelimit.core.internal.compose.TrialModel.One;
import dev.ratelimit.core.internal.compose.TrialModel.OneNode;
import dev.ratelimit.core.internal.compose.TrialModel.Several;
import dev.ratelimit.core.internal.compose.TrialModel.SeveralNode;
import dev.ratelimit.core.internal.compose.TrialModel.Tree;
import dev.ratelimit.core.internal.compose.TrialModel.Trial;
import dev.ratelimit.core.internal.compose.TrialModel.TrialNode;
import dev.ratelimit.testing.ManualTime;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

/**
 * Limits of any kind in compositions and on trial, in any nesting, against a model of exact buckets that undoes what a
 * refusal has charged: the same answers, the same counts, and the same left at each limit.
 */
class AllOfTrialsPropertyTest {

    private enum Action {
        TRY,
        DECIDE,
        PEEK,
        REFUND,
        SWITCH
    }

    /** Time goes on, then something is done for a user with a number of permits, or a trial is switched. */
    private record Step(long nanos, Action action, int user, long permits, double percent) {}

    /** A tree of limits with its model. */
    private static final class Forest {

        private final ManualTime time = new ManualTime(-7);
        private final List<TrialNode> trials = new ArrayList<>();
        private final Function<List<Limit<Integer>>, Limit<Integer>> all;
        private final Node root;

        Forest(Tree tree, Function<List<Limit<Integer>>, Limit<Integer>> all) {
            this.all = all;
            this.root = node(tree);
        }

        private Node node(Tree tree) {
            if (tree instanceof One one) {
                return new OneNode(one, time);
            }
            return tree instanceof Trial trial
                    ? TrialNode.of(node(trial.limit()), trials)
                    : new SeveralNode(
                            ((Several) tree).limits().stream().map(this::node).toList(), all);
        }

        /** Returns the step at which limits and model differ, or -1. */
        int replay(List<Step> steps) {
            for (int i = 0; i < steps.size(); i++) {
                Step step = steps.get(i);
                time.advanceNanos(step.nanos());
                if (!isSame(step) || !root.agrees(time.nanos(), step.user())) {
                    return i;
                }
            }
            return -1;
        }

        private boolean isSame(Step step) {
            int user = step.user();
            long permits = step.permits();
            long now = time.nanos();
            return switch (step.action()) {
                case TRY -> root.limit.tryAcquire(user, permits) == root.take(now, user, permits, new ArrayDeque<>());
                case DECIDE ->
                    root.limit.decide(user, permits).allowed() == root.take(now, user, permits, new ArrayDeque<>());
                case PEEK -> root.limit.peek(user, permits).allowed() == root.allows(now, user, permits);
                case REFUND -> {
                    root.limit.refund(user, permits);
                    root.refund(now, user, permits);
                    yield true;
                }
                case SWITCH -> {
                    if (!trials.isEmpty()) {
                        trials.get((int) (permits % trials.size())).change(step.percent());
                    }
                    yield true;
                }
            };
        }
    }

    @Property(tries = 3_000)
    void sameAnswersCountsAndBudgetsAsTheExactModel(@ForAll("trees") Tree tree, @ForAll("steps") List<Step> steps) {
        assertThat(new Forest(tree, limits -> AllOf.of(List.copyOf(limits))).replay(steps))
                .isEqualTo(-1);
    }

    /** It takes a shadow limit's word that it has allowed for its having taken. */
    @Example
    void aTwinThatGivesBackWhatWasOnlyLetPassIsCaught() {
        Tree tree = new Several(List.of(
                new Trial(new One(true, List.of(Rate.perHour(1).burst(1)), false)),
                new One(false, List.of(Rate.perHour(1).burst(1)), false)));
        List<Step> steps = List.of(new Step(0, Action.TRY, 1, 1, 0), new Step(0, Action.TRY, 1, 1, 0));
        assertThat(new Forest(tree, limits -> new BrokenAll<>(limits, Fault.TRUSTS)).replay(steps))
                .isEqualTo(1);
        assertThat(new Forest(tree, limits -> AllOf.of(List.copyOf(limits))).replay(steps))
                .isEqualTo(-1);
    }

    @Provide
    Arbitrary<Tree> trees() {
        Arbitrary<Tree> limited = Combinators.combine(
                        Arbitraries.of(true, false),
                        rates().list().uniqueElements().ofMinSize(1).ofMaxSize(2))
                .as((perUser, rates) -> new One(perUser, rates, false));
        Arbitrary<Tree> others = Arbitraries.of(true, false).map(blocks -> new One(true, List.of(), blocks));
        Arbitrary<Tree> ones = Arbitraries.frequencyOf(Tuple.of(8, limited), Tuple.of(1, others));
        return several(nested(nested(nested(ones))));
    }

    private static Arbitrary<Tree> nested(Arbitrary<Tree> limits) {
        return Arbitraries.oneOf(
                limits, several(limits), limits.map(Trial::new), several(limits).map(Trial::new));
    }

    private static Arbitrary<Tree> several(Arbitrary<Tree> limits) {
        return limits.list().ofMinSize(1).ofMaxSize(3).map(Several::new);
    }

    private static Arbitrary<Rate> rates() {
        return Combinators.combine(
                        Arbitraries.longs().between(1, 5), Arbitraries.longs().between(1, 9))
                .as((permits, capacity) -> Rate.perSecond(permits).burst(capacity));
    }

    @Provide
    Arbitrary<List<Step>> steps() {
        Arbitrary<Long> nanos =
                Arbitraries.oneOf(Arbitraries.just(0L), Arbitraries.longs().between(0, 1_500_000_000L));
        Arbitrary<Action> actions = Arbitraries.frequency(
                Tuple.of(6, Action.TRY),
                Tuple.of(3, Action.DECIDE),
                Tuple.of(1, Action.PEEK),
                Tuple.of(1, Action.REFUND),
                Tuple.of(1, Action.SWITCH));
        return Combinators.combine(
                        nanos,
                        actions,
                        Arbitraries.integers().between(0, 1),
                        Arbitraries.longs().between(1, 5),
                        Arbitraries.of(OFF, 0.0, 100.0))
                .as(Step::new)
                .list()
                .ofMaxSize(50);
    }
}
