package dev.ratelimit.core.internal.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.Policy;
import dev.ratelimit.Tiers;
import dev.ratelimit.core.internal.policy.Directory.Mode;
import dev.ratelimit.testing.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import org.jspecify.annotations.Nullable;

/** Any history of one thread against a model: the same answers, questions and reports at every step. */
class ResolvedPoliciesPropertyTest {

    enum Action {
        ASK,
        ADVANCE,
        NAME,
        FAIL_OR_RECOVER,
        INVALIDATE,
        INVALIDATE_ALL
    }

    record Step(Action action, String key, Policy policy, Mode mode, long nanos) {

        static Step ask(String key) {
            return new Step(Action.ASK, key, Directory.GOLD, Mode.UP, 0);
        }

        static Step fail(Mode mode) {
            return new Step(Action.FAIL_OR_RECOVER, "", Directory.GOLD, mode, 0);
        }

        static Step advance(long nanos) {
            return new Step(Action.ADVANCE, "", Directory.GOLD, Mode.UP, nanos);
        }
    }

    /** What a question came to. */
    record Outcome(@Nullable Policy answer, boolean interrupted, int questions, List<Report> reports) {}

    record Report(Policy policy, boolean known) {}

    private static final long AGE = 100;
    private static final long RETRY = 10;
    /** The rules as sentences: what is known of each key, in plain maps, in a time that does not wrap. */
    private static final class Model {

        private final boolean keepsTheLastKnown;
        private final long retry;
        private final Directory directory;
        private final Map<String, Policy> named = new HashMap<>();
        private final Map<String, Policy> binding = new HashMap<>();
        private final Map<String, Long> askAgainAt = new HashMap<>();
        private final List<Report> reports = new ArrayList<>();
        private int questions;

        Model(Directory directory, boolean keepsTheLastKnown, long retry) {
            this.directory = directory;
            this.keepsTheLastKnown = keepsTheLastKnown;
            this.retry = retry;
        }

        Outcome ask(String key, long now) {
            if (now < askAgainAt.getOrDefault(key, Long.MIN_VALUE)) {
                return outcome(binding.get(key), false);
            }
            questions++;
            if (directory.mode == Mode.UP) {
                Policy policy = directory.policies.getOrDefault(key, Directory.SILVER);
                named.put(key, policy);
                binding.put(key, policy);
                askAgainAt.put(key, now + AGE);
                return outcome(policy, false);
            }
            Policy known = keepsTheLastKnown ? named.get(key) : null;
            Policy policy = known == null ? Directory.FREE : known;
            reports.add(new Report(policy, known != null));
            if (directory.mode == Mode.IS_INTERRUPTED) {
                return outcome(policy, true);
            }
            binding.put(key, policy);
            askAgainAt.put(key, now + retry);
            return outcome(directory.mode == Mode.THROWS_ERROR ? null : policy, false);
        }

        private Outcome outcome(@Nullable Policy policy, boolean interrupted) {
            return new Outcome(policy, interrupted, questions, List.copyOf(reports));
        }

        void invalidate(String key) {
            named.remove(key);
            binding.remove(key);
            askAgainAt.remove(key);
        }
    }

    @Property(tries = 3_000)
    void sameAsTheModel(@ForAll("steps") List<Step> steps, @ForAll long start) {
        assertThat(replay(steps, start, true, RETRY)).isEqualTo(-1);
    }

    @Example
    void aTwinThatForgetsTheLastKnownPolicyIsCaught() {
        List<Step> steps = List.of(Step.ask("a"), Step.advance(AGE), Step.fail(Mode.THROWS_CHECKED), Step.ask("a"));
        assertThat(replay(steps, 0, true, RETRY)).isEqualTo(-1);
        assertThat(replay(steps, 0, false, RETRY)).isEqualTo(3);
    }

    @Example
    void aTwinThatAsksADeadDirectoryOnEachCallIsCaught() {
        List<Step> steps = List.of(Step.fail(Mode.RETURNS_NULL), Step.ask("a"), Step.ask("a"));
        assertThat(replay(steps, 0, true, RETRY)).isEqualTo(-1);
        assertThat(replay(steps, 0, true, 0)).isEqualTo(2);
    }

    /** Returns the step at which policies and a model, right or wrong, differ; or -1. */
    private static int replay(List<Step> steps, long start, boolean keepsTheLastKnown, long retry) {
        Directory directory = new Directory();
        Model model = new Model(directory, keepsTheLastKnown, retry);
        ManualTime time = new ManualTime(start);
        List<Report> reports = new ArrayList<>();
        ResolvedPolicies<String> policies = new ResolvedPolicies<>(
                Tiers.of(directory, Directory.FREE)
                        .maxAge(Duration.ofNanos(AGE))
                        .retryAfter(Duration.ofNanos(RETRY))
                        .onFallback(fallback -> reports.add(new Report(fallback.policy(), fallback.known()))),
                time);
        long now = 0;
        for (int i = 0; i < steps.size(); i++) {
            Step step = steps.get(i);
            switch (step.action()) {
                case ADVANCE -> {
                    now += step.nanos();
                    time.set(start + now);
                }
                case NAME -> directory.policies.put(step.key(), step.policy());
                case FAIL_OR_RECOVER -> directory.mode = step.mode();
                case INVALIDATE -> {
                    policies.invalidate(step.key().hashCode());
                    model.invalidate(step.key());
                }
                case INVALIDATE_ALL -> {
                    policies.invalidateAll();
                    Stream.of("a", "b", "c").forEach(model::invalidate);
                }
                case ASK -> {
                    Outcome outcome = ask(policies, directory, reports, step.key());
                    if (!Objects.equals(outcome, model.ask(step.key(), now))) {
                        return i;
                    }
                }
            }
        }
        return -1;
    }

    private static Outcome ask(
            ResolvedPolicies<String> policies, Directory directory, List<Report> reports, String key) {
        Policy answer;
        try {
            answer = policies.of(key, key.hashCode());
        } catch (NoClassDefFoundError e) {
            answer = null;
        }
        return new Outcome(answer, Thread.interrupted(), directory.asked.size(), List.copyOf(reports));
    }

    @Provide
    Arbitrary<List<Step>> steps() {
        Arbitrary<Action> actions = Arbitraries.frequency(
                Tuple.of(8, Action.ASK),
                Tuple.of(4, Action.ADVANCE),
                Tuple.of(3, Action.NAME),
                Tuple.of(3, Action.FAIL_OR_RECOVER),
                Tuple.of(1, Action.INVALIDATE),
                Tuple.of(1, Action.INVALIDATE_ALL));
        Arbitrary<Long> nanos = Arbitraries.oneOf(
                Arbitraries.of(1L, RETRY - 1, RETRY, AGE - 1, AGE),
                Arbitraries.longs().between(0, 2 * AGE),
                Arbitraries.longs().between(0, 1L << 50));
        return Combinators.combine(
                        actions,
                        Arbitraries.of("a", "b", "c"),
                        Arbitraries.of(Directory.FREE, Directory.SILVER, Directory.GOLD),
                        Arbitraries.of(Mode.class),
                        nanos)
                .as(Step::new)
                .list()
                .ofMaxSize(80);
    }
}
