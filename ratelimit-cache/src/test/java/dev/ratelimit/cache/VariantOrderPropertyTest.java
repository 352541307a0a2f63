package dev.ratelimit.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;

/** Loads of one address end in any order, and say of any fields that they depend on them: no request goes back to an older value. */
class VariantOrderPropertyTest {

    private static final CacheKey PRIMARY = CacheKey.of(Scope.shared(), "/a");
    private static final List<String> NAMES = List.of("a", "b");

    /** A value, by the number of its load, and what it depends on. */
    record Value(int number, List<String> names) {}

    /** A request has one bit for each name. */
    record Request(int bits) implements VaryingKey<Value> {

        @Override
        public CacheKey primary() {
            return PRIMARY;
        }

        @Override
        public CacheKey variant(List<String> names) {
            CacheKey key = PRIMARY;
            for (String name : names) {
                key = key.plus(name, bits >> NAMES.indexOf(name) & 1);
            }
            return key;
        }

        @Override
        public Collection<String> names(Value value) {
            return value.names();
        }
    }

    /** A caller asks for the request of these bits, or a load that was begun ends and depends on the names of these bits. */
    record Step(boolean asks, boolean own, int number, int bits) {}

    /** How a caller asks for a request's value. */
    interface Way {
        CompletableFuture<?> ask(
                ResponseCache<Value> cache,
                Request request,
                ReadOptions options,
                Supplier<CompletableFuture<Value>> loader);
    }

    @Property(tries = 3_000)
    void noRequestGoesBackToAnOlderValue(@ForAll("steps") List<Step> steps) {
        assertThat(firstFault(
                        (cache, request, options, loader) ->
                                cache.getAsync(request, options, loader).toCompletableFuture(),
                        steps))
                .isNull();
    }

    /** Keeps what ends last. */
    @Example
    void aCacheThatGoesByTheEndsOfLoadsIsCaught() {
        Way byEnds = (cache, request, options, loader) -> loader.get()
                .thenCompose(ended -> cache.getAsync(request, options, () -> CompletableFuture.completedFuture(ended))
                        .toCompletableFuture());
        Random random = new Random(1);
        String fault = null;
        for (int i = 0; i < 1_000 && fault == null; i++) {
            List<Step> steps = new ArrayList<>();
            for (int j = 0; j < 20; j++) {
                steps.add(new Step(random.nextBoolean(), true, random.nextInt(100), random.nextInt(4)));
            }
            fault = firstFault(byEnds, steps);
        }
        assertThat(fault).isNotNull();
    }

    private static @Nullable String firstFault(Way way, List<Step> steps) {
        ResponseCache<Value> cache = ResponseCache.<Value>builder("test")
                .executor(Runnable::run)
                .timeSource(new Bench().time)
                .maxLoads(100)
                .build();
        List<CompletableFuture<Value>> loads = new ArrayList<>();
        Map<Integer, Integer> newest = new HashMap<>();
        for (int i = 0; i < steps.size(); i++) {
            Step step = steps.get(i);
            if (step.asks() || loads.isEmpty()) {
                ReadOptions any = ReadOptions.any().maxAge(Duration.ZERO);
                CompletableFuture<?> unused =
                        way.ask(cache, new Request(step.bits()), step.own() ? any.ownLoad() : any, () -> {
                            CompletableFuture<Value> value = new CompletableFuture<>();
                            loads.add(value);
                            return value;
                        });
            } else {
                int number = step.number() % loads.size();
                List<String> names = NAMES.stream()
                        .filter(name -> (step.bits() >> NAMES.indexOf(name) & 1) == 1)
                        .toList();
                loads.get(number).complete(new Value(number, names));
            }
            for (int bits = 0; bits < 4; bits++) {
                int request = bits;
                int seen = cache.peek(new Request(bits))
                        .map(answer -> answer.value().number())
                        .orElse(-1);
                if (seen >= 0 && seen < newest.getOrDefault(request, 0)) {
                    return "after step " + i + " of " + steps + ", request " + request + " sees " + seen + " after "
                            + newest.get(request);
                }
                newest.merge(request, seen, Math::max);
            }
        }
        return null;
    }

    @Provide
    Arbitrary<List<Step>> steps() {
        return Combinators.combine(
                        Arbitraries.of(true, false),
                        Arbitraries.of(true, false),
                        Arbitraries.integers().between(0, 30),
                        Arbitraries.integers().between(0, 3))
                .as(Step::new)
                .list()
                .ofMinSize(4)
                .ofMaxSize(40);
    }
}
