package dev.ratelimit.core.internal.compose;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ratelimit.Decision;
import dev.ratelimit.Limit;
import dev.ratelimit.Policy;
import dev.ratelimit.Rate;
import dev.ratelimit.ShadowLimit;
import dev.ratelimit.ShadowLimit.Counts;
import dev.ratelimit.core.ExactBucket;
import dev.ratelimit.core.Limiters;
import dev.ratelimit.core.internal.compose.BrokenAll.Fault;
import dev.ratelimit.testing.ManualTime;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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

    private static final double OFF = -1;

    /** A limit to be made. */
    private sealed interface Tree {}

    /** One budget for all users or one for each; unlimited without rates, if it does not block. */
    private record One(boolean perUser, List<Rate> rates, boolean blocks) implements Tree {}

    private record Several(List<Tree> limits) implements Tree {}

    private record Trial(Tree limit) implements Tree {}

    private enum Action {
        TRY,
        DECIDE,
        PEEK,
        REFUND,
        SWITCH
    }

    /** Time goes on, then something is done for a user with a number of permits, or a trial is switched. */
    private record Step(long nanos, Action action, int user, long permits, double percent) {}

    /** A limit with its model. */
    private abstract static class Node {

        final Limit<Integer> limit;

        Node(Limit<Integer> limit) {
            this.limit = limit;
        }

        abstract boolean admits(long now, int user, long permits);

        /** Charges all that is to be charged, and remembers how to undo it; or nothing. */
        abstract boolean take(long now, int user, long permits, Deque<Runnable> undo);

        abstract boolean canRefund(long permits);

        abstract void refund(long now, int user, long permits);

        abstract boolean agrees(long now, int user);
    }

    private static final class OneNode extends Node {

        private final One one;
        private final Map<Integer, List<ExactBucket>> ofUsers = new HashMap<>();

        OneNode(One one, ManualTime time) {
            super(limit(one, time));
            this.one = one;
        }

        private static Limit<Integer> limit(One one, ManualTime time) {
            List<Rate> rates = one.rates();
            if (!one.perUser() && rates.size() == 1) {
                return Limiters.single(rates.get(0), time).forAll("single");
            }
            Policy policy = one.blocks() ? Policy.blocked() : Policy.unlimited();
            if (!rates.isEmpty()) {
                policy = Policy.of("one", rates.get(0), rates.stream().skip(1).toArray(Rate[]::new));
            }
            Limit<Integer> limiter =
                    Limiters.builder(policy).maximumKeys(500).timeSource(time).build();
            return one.perUser() ? limiter : limiter.by(user -> 0);
        }

        private List<ExactBucket> buckets(int user) {
            return ofUsers.computeIfAbsent(
                    one.perUser() ? user : 0,
                    key -> one.rates().stream().map(ExactBucket::new).toList());
        }

        @Override
        boolean admits(long now, int user, long permits) {
            return !one.blocks() && buckets(user).stream().allMatch(bucket -> bucket.admits(now, permits));
        }

        @Override
        boolean take(long now, int user, long permits, Deque<Runnable> undo) {
            if (!admits(now, user, permits)) {
                return false;
            }
            buckets(user).forEach(bucket -> bucket.charge(now, permits));
            undo.push(() -> refund(now, user, permits));
            return true;
        }

        @Override
        boolean canRefund(long permits) {
            return !one.blocks() && one.rates().stream().allMatch(rate -> permits <= rate.capacity());
        }

        @Override
        void refund(long now, int user, long permits) {
            buckets(user).forEach(bucket -> bucket.refund(now, permits));
        }

        @Override
        boolean agrees(long now, int user) {
            long most = one.rates().stream().mapToLong(Rate::capacity).min().orElse(1);
            Decision some = limit.peek(user, 1);
            Decision all = limit.peek(user, most);
            if (one.blocks()) {
                return some.reason() == Decision.Reason.BLOCKED;
            }
            long left = buckets(user).stream()
                    .mapToLong(bucket -> bucket.remaining(now))
                    .min()
                    .orElse(Long.MAX_VALUE);
            long wait = buckets(user).stream()
                    .mapToLong(bucket -> bucket.wait(now, most))
                    .max()
                    .orElse(0);
            return some.remaining() == left && all.retryAfterNanos() == wait;
        }
    }

    private static final class SeveralNode extends Node {

        private final List<Node> nodes;

        SeveralNode(List<Node> nodes, Function<List<Limit<Integer>>, Limit<Integer>> all) {
            super(all.apply(nodes.stream().map(node -> node.limit).toList()));
            this.nodes = nodes;
        }

        @Override
        boolean admits(long now, int user, long permits) {
            return nodes.stream().allMatch(node -> node.admits(now, user, permits));
        }

        @Override
        boolean take(long now, int user, long permits, Deque<Runnable> undo) {
            int before = undo.size();
            for (int i = nodes.size() - 1; i >= 0; i--) {
                if (!nodes.get(i).take(now, user, permits, undo)) {
                    while (undo.size() > before) {
                        undo.pop().run();
                    }
                    return false;
                }
            }
            return true;
        }

        @Override
        boolean canRefund(long permits) {
            return nodes.stream().allMatch(node -> node.canRefund(permits));
        }

        @Override
        void refund(long now, int user, long permits) {
            nodes.forEach(node -> node.refund(now, user, permits));
        }

        @Override
        boolean agrees(long now, int user) {
            return nodes.stream().allMatch(node -> node.agrees(now, user));
        }
    }

    private static final class TrialNode extends Node {

        private final Node node;
        private final ShadowLimit<Integer> shadow;
        private double percent;
        private Counts counts = new Counts(0, 0, 0);

        static TrialNode of(Node node, List<TrialNode> trials) {
            TrialNode trial = new TrialNode(node, Limiters.shadow(node.limit));
            trials.add(trial);
            return trial;
        }

        private TrialNode(Node node, ShadowLimit<Integer> shadow) {
            super(shadow);
            this.node = node;
            this.shadow = shadow;
        }

        void change(double percent) {
            this.percent = percent;
            if (percent == OFF) {
                shadow.off();
            } else {
                shadow.enforce(percent);
            }
        }

        @Override
        boolean admits(long now, int user, long permits) {
            return percent != 100 || node.admits(now, user, permits);
        }

        @Override
        boolean take(long now, int user, long permits, Deque<Runnable> undo) {
            if (percent == OFF) {
                return true;
            }
            boolean within = node.take(now, user, permits, undo);
            boolean enforced = percent == 100;
            counts = new Counts(
                    counts.admitted() + (within ? 1 : 0),
                    counts.wouldHaveRefused() + (within || enforced ? 0 : 1),
                    counts.refused() + (within || !enforced ? 0 : 1));
            return within || !enforced;
        }

        @Override
        boolean canRefund(long permits) {
            return percent == OFF || node.canRefund(permits);
        }

        @Override
        void refund(long now, int user, long permits) {
            if (percent != OFF) {
                node.refund(now, user, permits);
            }
        }

        @Override
        boolean agrees(long now, int user) {
            return shadow.counts().equals(counts) && node.agrees(now, user);
        }
    }

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
                case PEEK -> root.limit.peek(user, permits).allowed() == root.admits(now, user, permits);
                case REFUND -> {
                    if (root.canRefund(permits)) {
                        root.limit.refund(user, permits);
                        root.refund(now, user, permits);
                    } else {
                        assertThatThrownBy(() -> root.limit.refund(user, permits))
                                .isInstanceOf(IllegalArgumentException.class);
                    }
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

    /** It takes a shadow limit's word that it has admitted for its having taken. */
    @Example
    void aTwinThatGivesBackWhatWasOnlyLetPassIsCaught() {
        Tree tree = new Several(List.of(
                new One(false, List.of(Rate.perHour(1).burst(1)), false),
                new Trial(new One(true, List.of(Rate.perHour(1).burst(1)), false))));
        List<Step> steps = List.of(new Step(0, Action.TRY, 1, 1, 0), new Step(0, Action.TRY, 1, 1, 0));
        assertThat(new Forest(tree, limits -> new BrokenAll<>(limits, Fault.NONE)).replay(steps))
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
