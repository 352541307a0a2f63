package dev.ratelimit.core.internal.compose;

import dev.ratelimit.Decision;
import dev.ratelimit.Limit;
import dev.ratelimit.Policy;
import dev.ratelimit.Rate;
import dev.ratelimit.ShadowLimit;
import dev.ratelimit.ShadowLimit.Counts;
import dev.ratelimit.core.ExactBucket;
import dev.ratelimit.core.Limiters;
import dev.ratelimit.testing.ManualTime;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Limits of any kind, composed and on trial in any nesting, each with its exact buckets. */
final class TrialModel {

    /** The percentage of a trial that is off. */
    static final double OFF = -1;

    /** A limit to be made. */
    sealed interface Tree {}

    /** One budget for all users or one for each; unlimited without rates, if it does not block. */
    record One(boolean perUser, List<Rate> rates, boolean blocks) implements Tree {}

    record Several(List<Tree> limits) implements Tree {}

    record Trial(Tree limit) implements Tree {}

    private TrialModel() {}

    /** A limit with its model. */
    abstract static class Node {

        final Limit<Integer> limit;

        Node(Limit<Integer> limit) {
            this.limit = limit;
        }

        abstract boolean allows(long now, int user, long permits);

        /** Charges all that is to be charged, and remembers how to undo it; or nothing. */
        abstract boolean take(long now, int user, long permits, Deque<Runnable> undo);

        abstract void refund(long now, int user, long permits);

        abstract boolean agrees(long now, int user);
    }

    static final class OneNode extends Node {

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
                    Limiters.builder(policy).maxKeys(500).timeSource(time).build();
            return one.perUser() ? limiter : limiter.by(user -> 0);
        }

        private List<ExactBucket> buckets(int user) {
            return ofUsers.computeIfAbsent(
                    one.perUser() ? user : 0,
                    key -> one.rates().stream().map(ExactBucket::new).toList());
        }

        @Override
        boolean allows(long now, int user, long permits) {
            return !one.blocks() && buckets(user).stream().allMatch(bucket -> bucket.allows(now, permits));
        }

        @Override
        boolean take(long now, int user, long permits, Deque<Runnable> undo) {
            if (!allows(now, user, permits)) {
                return false;
            }
            buckets(user).forEach(bucket -> bucket.charge(now, permits));
            undo.push(() -> refund(now, user, permits));
            return true;
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

    static final class SeveralNode extends Node {

        private final List<Node> nodes;

        SeveralNode(List<Node> nodes, Function<List<Limit<Integer>>, Limit<Integer>> all) {
            super(all.apply(nodes.stream().map(node -> node.limit).toList()));
            this.nodes = nodes;
        }

        @Override
        boolean allows(long now, int user, long permits) {
            return nodes.stream().allMatch(node -> node.allows(now, user, permits));
        }

        @Override
        boolean take(long now, int user, long permits, Deque<Runnable> undo) {
            int before = undo.size();
            for (Node node : nodes) {
                if (!node.take(now, user, permits, undo)) {
                    while (undo.size() > before) {
                        undo.pop().run();
                    }
                    return false;
                }
            }
            return true;
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

    static final class TrialNode extends Node {

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
        boolean allows(long now, int user, long permits) {
            return percent != 100 || node.allows(now, user, permits);
        }

        @Override
        boolean take(long now, int user, long permits, Deque<Runnable> undo) {
            if (percent == OFF) {
                return true;
            }
            boolean within = node.take(now, user, permits, undo);
            boolean enforced = percent == 100;
            counts = new Counts(
                    counts.allowed() + (within ? 1 : 0),
                    counts.wouldHaveRefused() + (within || enforced ? 0 : 1),
                    counts.refused() + (within || !enforced ? 0 : 1));
            return within || !enforced;
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
}
