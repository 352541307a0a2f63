package dev.ratelimit.core.internal.compose;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.Decision;
import dev.ratelimit.Limit;
import dev.ratelimit.Policy;
import dev.ratelimit.Rate;
import dev.ratelimit.core.ExactBucket;
import dev.ratelimit.core.Limiters;
import dev.ratelimit.core.internal.compose.BrokenAll.Fault;
import dev.ratelimit.testing.ManualTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Trees of limits against a model of exact buckets: the same answers, and nothing left behind by what was refused. */
class AllOfPropertyTest {

    private record Request(int tenant, int user) {}

    /** What a limit has one budget for. */
    private enum Scope {
        NODE,
        TENANT,
        USER;

        Object keyOf(Request request) {
            return switch (this) {
                case NODE -> "node";
                case TENANT -> request.tenant();
                case USER -> request.user();
            };
        }
    }

    /** A limit to be made: one with its scope and rates, or several. */
    private sealed interface Tree {}

    private record One(Scope scope, List<Rate> rates) implements Tree {}

    private record Several(List<Tree> limits) implements Tree {}

    private enum Action {
        TRY,
        DECIDE,
        PEEK,
        REFUND
    }

    /** One step: time goes on, then something is done for a request with a number of permits. */
    private record Step(long nanos, Action action, Request request, long permits) {}

    /** What a decision says. */
    private record Answer(boolean allowed, String policy, long remaining, long retryNanos, long resetNanos) {

        static Answer of(Decision decision) {
            return new Answer(
                    decision.allowed(),
                    decision.policy(),
                    decision.remaining(),
                    decision.retryAfterNanos(),
                    decision.resetAfterNanos());
        }
    }

    /** One limit of the model: an exact bucket for each rate of each key. */
    private record Buckets(String policy, One limit, Map<Object, List<ExactBucket>> ofKeys) {

        List<ExactBucket> of(Request request) {
            return ofKeys.computeIfAbsent(
                    limit.scope().keyOf(request),
                    key -> limit.rates().stream().map(ExactBucket::new).toList());
        }

        /** What each bucket by itself would answer. */
        Stream<Answer> before(long now, Request request, long permits) {
            return indices().mapToObj(i -> {
                ExactBucket bucket = of(request).get(i);
                boolean never = permits > limit.rates().get(i).capacity();
                long wait = never ? Long.MAX_VALUE : bucket.wait(now, permits);
                return new Answer(
                        bucket.allows(now, permits), policy, bucket.remaining(now), wait, bucket.untilFull(now));
            });
        }

        /** What each bucket by itself has left, after it allowed. */
        Stream<Answer> after(long now, Request request) {
            return of(request).stream()
                    .map(bucket -> new Answer(true, policy, bucket.remaining(now), 0, bucket.untilFull(now)));
        }

        private IntStream indices() {
            return IntStream.range(0, limit.rates().size());
        }

        static Answer stricter(Answer first, Answer second) {
            if (first.allowed() != second.allowed()) {
                return first.allowed() ? second : first;
            }
            if (first.allowed()) {
                return second.remaining() < first.remaining() ? second : first;
            }
            return second.retryNanos() > first.retryNanos() ? second : first;
        }
    }

    /** A tree of limits, and the model of its limits in the order in which they are asked. */
    private static final class Pair {
        private final ManualTime time = new ManualTime(-5);
        private final List<Buckets> model = new ArrayList<>();
        private final Function<List<Limit<Request>>, Limit<Request>> all;
        private final Limit<Request> limit;

        Pair(Tree tree, Function<List<Limit<Request>>, Limit<Request>> all) {
            this.all = all;
            this.limit = limit(tree);
        }

        private Limit<Request> limit(Tree tree) {
            if (tree instanceof One one) {
                return one(one);
            }
            List<Limit<Request>> limits = new ArrayList<>();
            List<Tree> trees = ((Several) tree).limits();
            trees.forEach(one -> limits.add(limit(one)));
            return all.apply(limits);
        }

        private Limit<Request> one(One one) {
            String name = one.scope() + " " + model.size();
            model.add(new Buckets(name, one, new HashMap<>()));
            if (one.scope() == Scope.NODE && one.rates().size() == 1) {
                return Limiters.single(one.rates().get(0), time).forAll(name);
            }
            Policy policy = Policy.of(
                    name, one.rates().get(0), one.rates().stream().skip(1).toArray(Rate[]::new));
            return Limiters.builder(policy)
                    .maxKeys(500)
                    .timeSource(time)
                    .build()
                    .by(one.scope()::keyOf);
        }

        /** Returns the step at which limit and model differ, or -1. */
        int replay(List<Step> steps) {
            for (int i = 0; i < steps.size(); i++) {
                time.advanceNanos(steps.get(i).nanos());
                if (!isSame(steps.get(i))) {
                    return i;
                }
            }
            return -1;
        }

        private boolean isSame(Step step) {
            Request request = step.request();
            long permits = step.permits();
            long now = time.nanos();
            Answer before = answer(request, permits);
            return switch (step.action()) {
                case TRY -> limit.tryAcquire(request, permits) == take(request, permits) && agree(request);
                case DECIDE -> {
                    Answer real = Answer.of(limit.decide(request, permits));
                    take(request, permits);
                    // An admission tells what is left afterwards, which is asked of the model afterwards.
                    yield real.equals(before.allowed() ? after(request) : before) && agree(request);
                }
                case PEEK -> Answer.of(limit.peek(request, permits)).equals(before);
                case REFUND -> {
                    limit.refund(request, permits);
                    model.forEach(buckets -> buckets.of(request).forEach(bucket -> bucket.refund(now, permits)));
                    yield agree(request);
                }
            };
        }

        private boolean take(Request request, long permits) {
            long now = time.nanos();
            boolean allowed = answer(request, permits).allowed();
            if (allowed) {
                model.forEach(buckets -> buckets.of(request).forEach(bucket -> bucket.charge(now, permits)));
            }
            return allowed;
        }

        private boolean agree(Request request) {
            return Answer.of(limit.peek(request)).equals(answer(request, 1));
        }

        private Answer answer(Request request, long permits) {
            return model.stream()
                    .flatMap(buckets -> buckets.before(time.nanos(), request, permits))
                    .reduce(Buckets::stricter)
                    .orElseThrow();
        }

        private Answer after(Request request) {
            return model.stream()
                    .flatMap(buckets -> buckets.after(time.nanos(), request))
                    .reduce(Buckets::stricter)
                    .orElseThrow();
        }
    }

    @Property(tries = 2_000)
    void sameAnswersAsTheExactModel(@ForAll("trees") Tree tree, @ForAll("steps") List<Step> steps) {
        Pair pair = new Pair(tree, limits -> AllOf.of(List.copyOf(limits)));
        assertThat(pair.replay(steps)).isEqualTo(-1);
    }

    /** Nested compositions whose requests are another type's: the same answers as if they were not. */
    @Property(tries = 500)
    void sameAnswersByAFunctionOfTheRequest(@ForAll("trees") Tree tree, @ForAll("steps") List<Step> steps) {
        Function<Request, Request> same = request -> new Request(request.tenant(), request.user());
        Pair pair =
                new Pair(tree, limits -> AllOf.<Request>of(List.copyOf(limits)).by(same));
        assertThat(pair.replay(steps)).isEqualTo(-1);
    }

    @Example
    void twinsAreCaught() {
        Tree tree = new Several(List.of(
                new One(Scope.USER, List.of(Rate.perHour(1).burst(6))),
                new One(Scope.NODE, List.of(Rate.perSecond(2).burst(4)))));
        Request ada = new Request(1, 1);
        List<Step> steps = List.of(
                new Step(0, Action.TRY, ada, 2),
                new Step(0, Action.TRY, ada, 3),
                new Step(1_000_000_000, Action.PEEK, ada, 1));
        for (Fault fault : List.of(Fault.KEEPS, Fault.GIVES_BACK_TWICE, Fault.GIVES_BACK_TOO_FAR)) {
            assertThat(new Pair(tree, limits -> new BrokenAll<>(limits, fault)).replay(steps))
                    .as("%s", fault)
                    .isNotNegative();
        }
        assertThat(new Pair(tree, limits -> new BrokenAll<>(limits, Fault.NONE)).replay(steps))
                .isNegative();
    }

    @Provide
    Arbitrary<Tree> trees() {
        Arbitrary<Tree> ones = Combinators.combine(
                        Arbitraries.of(Scope.class),
                        rates().list().uniqueElements().ofMinSize(1).ofMaxSize(2))
                .as(One::new);
        return several(Arbitraries.oneOf(ones, several(Arbitraries.oneOf(ones, several(ones)))));
    }

    private static Arbitrary<Tree> several(Arbitrary<Tree> limits) {
        return limits.list().ofMinSize(1).ofMaxSize(3).map(Several::new);
    }

    private static Arbitrary<Rate> rates() {
        return Combinators.combine(
                        Arbitraries.longs().between(1, 5), Arbitraries.longs().between(1, 12))
                .as((permits, capacity) -> Rate.perSecond(permits).burst(capacity));
    }

    @Provide
    Arbitrary<List<Step>> steps() {
        Arbitrary<Long> nanos =
                Arbitraries.oneOf(Arbitraries.just(0L), Arbitraries.longs().between(0, 3_000_000_000L));
        Arbitrary<Request> requests = Combinators.combine(
                        Arbitraries.integers().between(0, 1),
                        Arbitraries.integers().between(0, 2))
                .as(Request::new);
        return Combinators.combine(
                        nanos,
                        Arbitraries.of(Action.class),
                        requests,
                        Arbitraries.longs().between(1, 13))
                .as(Step::new)
                .list()
                .ofMaxSize(60);
    }
}
