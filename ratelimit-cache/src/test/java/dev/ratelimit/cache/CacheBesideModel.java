package dev.ratelimit.cache;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** A cache and its {@link CacheModel}, side by side: each step is taken by both. */
final class CacheBesideModel {

    private static final class Gone extends Exception {
        private static final long serialVersionUID = 1;
    }

    private static final CacheModel.Options ANY = any(ReadOptions.Loading.SHARED);

    private static CacheModel.Options any(ReadOptions.Loading loading) {
        return new CacheModel.Options(Long.MAX_VALUE, 0, loading);
    }

    private final Bench bench = new Bench();
    private final CacheModel model;
    private final ResponseCache<String> cache;
    private final Map<Integer, CompletableFuture<String>> asked = new TreeMap<>();
    private final Map<Integer, String> stored = new TreeMap<>();
    private final List<CompletableFuture<Cached<String>>> callers = new ArrayList<>();
    private final Map<CacheState, Integer> peeked = new EnumMap<>(CacheState.class);
    private int values;

    CacheBesideModel(ModelMemory.Settings settings, @Nullable CacheFlaw flaw) {
        model = new CacheModel(settings, flaw);
        Freshness fresh = Freshness.of(Duration.ofSeconds(settings.fresh()))
                .validateFor(Duration.ofSeconds(settings.validated()));
        cache = bench.builder()
                .freshness(value -> switch (value.charAt(0)) {
                    case 'u' -> Freshness.uncacheable();
                    case 'e' -> Freshness.error();
                    case 'g' -> Freshness.gone();
                    case 'p' -> fresh.perRequest();
                    default -> fresh;
                })
                .staleWhileRevalidate(Duration.ofSeconds(settings.whileRenewed()))
                .staleIfError(Duration.ofSeconds(settings.onError()))
                .retryAfter(Duration.ofSeconds(ModelMemory.FIRST_RETRY), Duration.ofSeconds(ModelMemory.MAX_RETRY))
                .rememberUncacheable(Duration.ofSeconds(ModelMemory.MARKED))
                .rememberFailures(TimeoutException.class, Duration.ofSeconds(settings.remembered()))
                .rememberFailures(Bench.BackendDown.class, Duration.ofSeconds(settings.remembered()))
                .gone(Gone.class, Duration.ofSeconds(settings.gone()))
                .loadDeadline(Duration.ofSeconds(settings.deadline()))
                .tags(value -> List.of(value.substring(value.length() - 1)))
                .random(() -> 0L)
                .build();
    }

    void take(ResponseCachePropertyTest.Step step) {
        int number = step.number() % ResponseCachePropertyTest.KEYS;
        CacheKey key = bench.key.plus(number);
        switch (step.action()) {
            case GET -> get(number, ANY, ReadOptions.any());
            case GET_YOUNG ->
                get(
                        number,
                        new CacheModel.Options(1, 0, ReadOptions.Loading.SHARED),
                        ReadOptions.any().maxAge(Duration.ofSeconds(1)));
            case GET_LASTING ->
                get(
                        number,
                        new CacheModel.Options(Long.MAX_VALUE, 2, ReadOptions.Loading.SHARED),
                        ReadOptions.any().minFresh(Duration.ofSeconds(2)));
            case GET_OWN ->
                get(number, any(ReadOptions.Loading.OWN), ReadOptions.any().ownLoad());
            case GET_UNSTORED ->
                get(number, any(ReadOptions.Loading.UNSTORED), ReadOptions.any().noStore());
            case GET_IF_CACHED ->
                get(number, any(ReadOptions.Loading.NONE), ReadOptions.any().onlyIfCached());
            case RETURN -> returns(step.number(), value("v"));
            case RETURN_FOR_ONE -> returns(step.number(), value("u"));
            case RETURN_FOR_EACH -> returns(step.number(), value(model.keepsForValidation() ? "p" : "v"));
            case RETURN_ERROR -> returns(step.number(), value("e"));
            case RETURN_GONE -> returns(step.number(), value("g"));
            case FAIL -> fails(step.number(), CacheModel.Failing.DECLARED);
            case FAIL_UNDECLARED -> fails(step.number(), CacheModel.Failing.UNDECLARED);
            case FAIL_AS_GONE -> fails(step.number(), CacheModel.Failing.GONE);
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
                for (int i = 0; i < ResponseCachePropertyTest.KEYS; i++) {
                    model.invalidate(i);
                }
            }
            case WAIT -> {
                bench.seconds(1 + step.number() / 3);
                model.advance(1 + step.number() / 3);
            }
        }
    }

    private void get(int key, CacheModel.Options asModel, ReadOptions options) {
        int caller = callers.size();
        callers.add(cache.getAsync(bench.key.plus(key), options, known -> backend(caller, known))
                .toCompletableFuture());
        model.get(caller, key, asModel);
    }

    /** Every second one takes no notice of being abandoned, and returns nevertheless. */
    private CompletionStage<String> backend(int caller, @Nullable String known) {
        CompletableFuture<String> answer = new CompletableFuture<>();
        asked.put(caller, answer);
        stored.put(caller, known == null ? "-" : known);
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

    private void fails(int number, CacheModel.Failing failing) {
        List<Integer> open = open();
        if (!open.isEmpty()) {
            int id = open.get(number % open.size());
            asked(id)
                    .completeExceptionally(
                            switch (failing) {
                                case DECLARED -> new Bench.BackendDown();
                                case UNDECLARED -> new IllegalStateException("odd");
                                case GONE -> new Gone();
                            });
            model.fails(id, failing);
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
        for (int i = 0; i < ResponseCachePropertyTest.KEYS; i++) {
            Cached<String> peek = cache.peek(bench.key.plus(i)).orElse(null);
            if (peek != null) {
                peeked.merge(peek.state(), 1, Integer::sum);
            }
            actual += (peek == null ? "-" : told(peek)) + "; ";
            expected += model.peek(i) + "; ";
        }
        Map<CacheState, Integer> counts = model.counts();
        peeked.forEach((state, peeks) -> counts.merge(state, peeks, Integer::sum));
        actual += "counted " + counted() + "; ";
        expected += "counted " + counts + "; ";
        actual += "asked " + stored;
        expected += "asked " + model.asked();
        return actual.equals(expected) ? null : "cache: " + actual + "\nmodel: " + expected;
    }

    private Map<CacheState, Integer> counted() {
        CacheStatistics statistics = cache.statistics();
        Map<CacheState, Integer> counts = new EnumMap<>(CacheState.class);
        counts.put(CacheState.HIT, (int) statistics.hits());
        counts.put(CacheState.STALE, (int) statistics.staleHits());
        counts.put(CacheState.NEGATIVE, (int) statistics.negativeHits());
        counts.put(CacheState.MISS, (int) statistics.misses());
        counts.put(CacheState.COALESCED, (int) statistics.coalesced());
        counts.put(CacheState.BYPASS, (int) statistics.bypasses());
        counts.values().removeIf(count -> count == 0);
        return counts;
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
