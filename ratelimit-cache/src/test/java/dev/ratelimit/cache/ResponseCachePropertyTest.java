package dev.ratelimit.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import org.jspecify.annotations.Nullable;

/**
 * Any history of reads, results, failures, deadlines, puts and invalidations: each caller is told what {@link CacheModel} says, when it
 * says so, and the backend is asked by the same callers.
 */
class ResponseCachePropertyTest {

    private static final int KEYS = 2;

    enum Action {
        GET,
        GET_YOUNG,
        RETURN,
        RETURN_FOR_ONE,
        FAIL,
        FAIL_UNDECLARED,
        PUT,
        INVALIDATE,
        INVALIDATE_PREFIX,
        INVALIDATE_TAG,
        INVALIDATE_ALL,
        WAIT
    }

    /** What happens; the number says which key or load, or how long. */
    record Step(Action action, int number) {}

    @Property(tries = 3_000)
    void callersAreToldWhatTheModelSays(
            @ForAll("settings") CacheModel.Settings settings, @ForAll("steps") List<Step> steps) {
        assertThat(firstDifference(settings, null, steps)).isNull();
    }

    /** A model that breaks a rule differs from the cache in some history. */
    @Example
    void eachFlawIsSeen() {
        for (CacheModel.Flaw flaw : CacheModel.Flaw.values()) {
            Random random = new Random(1);
            String difference = null;
            for (int i = 0; i < 5_000 && difference == null; i++) {
                CacheModel.Settings settings = new CacheModel.Settings(3, random.nextInt(5), random.nextInt(8), 3, 4);
                List<Step> steps = new ArrayList<>();
                for (int j = 0; j < 40; j++) {
                    Action action = Action.values()[random.nextInt(Action.values().length)];
                    steps.add(new Step(action, random.nextInt(12)));
                }
                difference = firstDifference(settings, flaw, steps);
            }
            assertThat(difference).as(flaw.name()).isNotNull();
        }
    }

    /** A cache and its model, side by side. */
    private static final class Pair {
        private final Bench bench = new Bench();
        private final CacheModel model;
        private final ResponseCache<String> cache;
        private final Map<Integer, CompletableFuture<String>> asked = new TreeMap<>();
        private final List<CompletableFuture<Cached<String>>> callers = new ArrayList<>();
        private int values;

        Pair(CacheModel.Settings settings, CacheModel.@Nullable Flaw flaw) {
            model = new CacheModel(settings, flaw);
            Freshness fresh = Freshness.of(Duration.ofSeconds(settings.fresh()));
            cache = bench.builder()
                    .freshness(value -> value.startsWith("u") ? Freshness.uncacheable() : fresh)
                    .staleWhileRevalidate(Duration.ofSeconds(settings.whileRenewed()))
                    .staleIfError(Duration.ofSeconds(settings.onError()))
                    .retryAfter(
                            Duration.ofSeconds(CacheModel.FIRST_RETRY), Duration.ofSeconds(CacheModel.LONGEST_RETRY))
                    .rememberUncacheable(Duration.ofSeconds(CacheModel.MARKED))
                    .rememberFailures(TimeoutException.class, Duration.ofSeconds(settings.remembered()))
                    .rememberFailures(Bench.BackendDown.class, Duration.ofSeconds(settings.remembered()))
                    .loadDeadline(Duration.ofSeconds(settings.deadline()))
                    .tags(value -> List.of(value.substring(value.length() - 1)))
                    .random(() -> 0L)
                    .build();
        }

        void take(Step step) {
            int number = step.number() % KEYS;
            CacheKey key = bench.key.plus(number);
            switch (step.action()) {
                case GET -> get(number, Long.MAX_VALUE, ReadOptions.any());
                case GET_YOUNG -> get(number, 1, ReadOptions.any().maxAge(Duration.ofSeconds(1)));
                case RETURN -> returns(step.number(), value("v"));
                case RETURN_FOR_ONE -> returns(step.number(), value("u"));
                case FAIL -> fails(step.number(), true);
                case FAIL_UNDECLARED -> fails(step.number(), false);
                case PUT -> {
                    String value = value("v");
                    cache.put(key, value);
                    model.put(number, value);
                }
                case INVALIDATE -> {
                    cache.invalidate(key);
                    model.invalidate(number);
                }
                case INVALIDATE_PREFIX -> {
                    cache.invalidatePrefix(key);
                    model.invalidate(number);
                }
                case INVALIDATE_TAG -> {
                    cache.invalidateTag(Integer.toString(step.number() % 10));
                    model.invalidateTag(Integer.toString(step.number() % 10));
                }
                case INVALIDATE_ALL -> {
                    cache.invalidateAll();
                    for (int i = 0; i < KEYS; i++) {
                        model.invalidate(i);
                    }
                }
                case WAIT -> {
                    bench.seconds(1 + step.number() / 3);
                    model.advance(1 + step.number() / 3);
                }
            }
        }

        private void get(int key, long maxAge, ReadOptions options) {
            int caller = callers.size();
            callers.add(cache.getAsync(bench.key.plus(key), options, () -> backend(caller)));
            model.get(caller, key, maxAge);
        }

        /** Every second one takes no notice of being abandoned, and returns nevertheless. */
        private CompletionStage<String> backend(int caller) {
            CompletableFuture<String> answer = new CompletableFuture<>();
            asked.put(caller, answer);
            return caller % 2 == 0 ? answer : answer.minimalCompletionStage();
        }

        private String value(String kind) {
            values++;
            return kind + values;
        }

        private void returns(int number, String value) {
            List<Integer> open = open();
            if (!open.isEmpty()) {
                int id = open.get(number % open.size());
                asked(id).complete(value);
                model.returns(id, value);
            }
        }

        private void fails(int number, boolean declared) {
            List<Integer> open = open();
            if (!open.isEmpty()) {
                int id = open.get(number % open.size());
                asked(id).completeExceptionally(declared ? new Bench.BackendDown() : new IllegalStateException("odd"));
                model.fails(id, declared);
            }
        }

        private CompletableFuture<String> asked(int id) {
            return Objects.requireNonNull(asked.get(id));
        }

        private List<Integer> open() {
            return asked.keySet().stream().filter(id -> !asked(id).isDone()).toList();
        }

        @Nullable
        String difference() {
            String actual = "";
            String expected = "";
            for (int i = 0; i < callers.size(); i++) {
                actual += i + ": " + told(callers.get(i)) + "; ";
                expected += i + ": " + model.told.get(i) + "; ";
            }
            for (int i = 0; i < KEYS; i++) {
                actual += cache.peek(bench.key.plus(i)).map(Pair::told).orElse("-") + "; ";
                expected += model.peek(i) + "; ";
            }
            actual += "asked " + List.copyOf(asked.keySet());
            expected += "asked " + model.asked();
            return actual.equals(expected) ? null : "cache: " + actual + "\nmodel: " + expected;
        }

        private static String told(CompletableFuture<Cached<String>> caller) {
            if (!caller.isDone()) {
                return "...";
            }
            return caller.handle((answer, failure) -> {
                        if (failure instanceof LoadFailedException failed) {
                            return failed.state() == CacheState.NEGATIVE
                                    ? "failure NEGATIVE"
                                    : failed.reason() + " " + failed.state();
                        }
                        return failure == null ? told(answer) : "odd: " + failure;
                    })
                    .join();
        }

        private static String told(Cached<String> answer) {
            return answer.state() + " " + answer.value() + " " + answer.age().toSeconds();
        }
    }

    private static @Nullable String firstDifference(
            CacheModel.Settings settings, CacheModel.@Nullable Flaw flaw, List<Step> steps) {
        Pair pair = new Pair(settings, flaw);
        for (int i = 0; i < steps.size(); i++) {
            pair.take(steps.get(i));
            String difference = pair.difference();
            if (difference != null) {
                return "after step " + i + ", " + steps.get(i) + "\n" + difference;
            }
        }
        return null;
    }

    @Provide
    Arbitrary<CacheModel.Settings> settings() {
        return Combinators.combine(
                        Arbitraries.longs().between(1, 6),
                        Arbitraries.longs().between(0, 6),
                        Arbitraries.longs().between(0, 12),
                        Arbitraries.longs().between(1, 5),
                        Arbitraries.longs().between(1, 5))
                .as(CacheModel.Settings::new);
    }

    @Provide
    Arbitrary<List<Step>> steps() {
        Arbitrary<Action> actions = Arbitraries.frequencyOf(
                Tuple.of(5, Arbitraries.of(Action.GET, Action.GET_YOUNG)),
                Tuple.of(4, Arbitraries.of(Action.RETURN, Action.FAIL, Action.WAIT)),
                Tuple.of(2, Arbitraries.of(Action.values())));
        return Combinators.combine(actions, Arbitraries.integers().between(0, 11))
                .as(Step::new)
                .list()
                .ofMinSize(5)
                .ofMaxSize(60);
    }
}
