package dev.ratelimit.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.FutureTask;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How many variants of one key are kept, which goes for another, and what becomes of those that nobody finds any more. */
@Timeout(60)
class VariantBoundTest {

    private static final CacheKey PRIMARY = CacheKey.of(Scope.shared(), "/a");
    private static final int BOUND = 100;

    private final Bench bench = new Bench();
    private final Map<Removal, Integer> removed = new EnumMap<>(Removal.class);
    private final ResponseCache<String> cache = builder().build();
    private int loads;

    private ResponseCacheBuilder<String> builder() {
        return bench.builder()
                .freshFor(Duration.ofHours(1))
                .maxBytes(10_000_000, String::length)
                .listener(new CacheListener() {
                    @Override
                    public void removed(String name, Removal cause) {
                        removed.merge(cause, 1, Integer::sum);
                    }
                });
    }

    private record Variant(String name, List<String> names) implements VaryingKey<String> {

        @Override
        public CacheKey primary() {
            return PRIMARY;
        }

        @Override
        public CacheKey variant(List<String> all) {
            return PRIMARY.plus(name, String.join(",", all));
        }

        @Override
        public Collection<String> names(String value) {
            return names;
        }
    }

    private Cached<String> ask(String name) {
        return ask(cache, name);
    }

    private Cached<String> ask(ResponseCache<String> any, String name) {
        return any.get(new Variant(name, List.of("x")), ReadOptions.any(), () -> {
            loads++;
            return "v";
        });
    }

    private long kept(ResponseCache<String> any, int from, int to) {
        return IntStream.range(from, to)
                .filter(i -> any.peek(new Variant("v" + i, List.of("x"))).isPresent())
                .count();
    }

    @Test
    void aFurtherVariantTakesThePlaceOfOneThatNobodyHasAskedForAgain() {
        ResponseCache<String> small = builder().maxVariants(3).build();
        for (int i = 0; i < 3; i++) {
            ask(small, "v" + i);
            bench.seconds(1);
        }
        ask(small, "v0");
        ask(small, "v3");

        assertThat(kept(small, 0, 1)).as("asked for again").isEqualTo(1);
        assertThat(kept(small, 1, 2)).as("the first of the others").isZero();
        assertThat(kept(small, 2, 4)).isEqualTo(2);
        assertThat(removed).containsExactly(Map.entry(Removal.SIZE, 1));
        bench.seconds(1);
        kept(small, 2, 4);
        ask(small, "v4");
        assertThat(kept(small, 0, 1)).as("asked for least lately").isZero();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder().maxVariants(0))
                .withMessageContaining("maxVariants must be at least 1, but was 0");
    }

    /** Made-up variants keep the others neither out nor from sharing loads, and push out none that is in use. */
    @Test
    void madeUpVariantsCostTheOthersNothing() {
        for (int i = 0; i < 2 * BOUND; i++) {
            ask("made up " + i);
        }
        loads = 0;
        for (int i = 0; i < 10_000; i++) {
            ask("made up again " + i);
            if (i % 50 == 0) {
                assertThat(ask("real").isKept()).isTrue();
            }
        }
        assertThat(loads).as("10,000 of the client's, one of the others").isEqualTo(10_001);
    }

    /** Variants that are never asked for twice in time may be displaced; each by a request of the client that makes some up. */
    @Test
    void madeUpVariantsDisplaceNoMoreThanTheirNumber() {
        Random random = new Random(1);
        int madeUp = 0;
        int real = 0;
        for (int i = 0; i < 20_000; i++) {
            if (random.nextInt(20) == 0) {
                int before = loads;
                ask("real " + random.nextInt(90));
                real += loads - before;
            } else {
                madeUp++;
                ask("made up " + random.nextInt(5_000));
            }
        }
        assertThat(real - 90).isLessThanOrEqualTo(madeUp);
        assertThat(cache.statistics().bypasses()).as("all share their loads").isZero();
    }

    @Test
    void noMoreThanTheBoundAreKeptAlsoIfTheyAreRenewed() {
        ResponseCache<String> small =
                builder().maxVariants(2).staleIfError(Duration.ofHours(9)).build();
        ask(small, "v0");
        ask(small, "v1");
        bench.seconds(3_601);
        ask(small, "v0");
        ask(small, "v1");
        ask(small, "v2");
        ask(small, "v3");
        assertThat(kept(small, 0, 4)).isEqualTo(2);
        assertThat(small.statistics().entries()).as("with their names").isEqualTo(3);
    }

    @Test
    void variantsThatNobodyFindsTakeNoRoom() {
        List<Runnable> ways = List.of(
                () -> cache.invalidate(PRIMARY),
                () -> cache.invalidatePrefix(CacheKey.of(Scope.shared())),
                cache::invalidateAll,
                () -> cache.put(PRIMARY, "v"));
        for (Runnable way : ways) {
            removed.clear();
            for (int i = 0; i < 60; i++) {
                ask("v" + i);
            }
            long bytes = cache.statistics().bytes();
            way.run();
            assertThat(cache.statistics().entries()).isLessThanOrEqualTo(1);
            assertThat(cache.statistics().bytes()).isLessThan(bytes / 50);
            assertThat(removed).containsExactly(Map.entry(Removal.INVALIDATED, 60));
            cache.invalidateAll();
        }
    }

    @Test
    void variantsByFewerNamesGoWhenThereIsOneMore() {
        for (int i = 0; i < 60; i++) {
            ask("v" + i);
        }
        cache.get(new Variant("w", List.of("x", "y")), ReadOptions.any(), () -> "v");
        assertThat(cache.statistics().entries()).isEqualTo(2);
    }

    @Test
    void aLoadThatEndsAfterAnInvalidationLeavesNoVariantBehind() {
        ask("v0");
        var late = cache.getAsync(new Variant("v1", List.of("x")), ReadOptions.any(), bench::ask)
                .toCompletableFuture();
        cache.invalidate(PRIMARY);
        bench.asked.get(0).complete("v");
        assertThat(late.join().isKept()).isFalse();
        assertThat(cache.statistics().entries()).isZero();
    }

    @Test
    void variantsThatWentForOthersTakeNoRoomInTheListOfVariants() {
        ResponseCache<String> small = builder().maxBytes(20_000, String::length).build();
        String name = "x".repeat(1_000);
        for (int i = 0; i < 60; i++) {
            ask(small, name + i);
            assertThat(found(small, name, i)).isGreaterThanOrEqualTo(Math.min(i + 1, 6));
        }
    }

    /** In the store alone, where a variant can be in use without its names. */
    @Test
    void variantsGoWithNamesThatHaveToGoForOthers() {
        CacheSettings<String> settings = builder().maxEntries(10).settings();
        SafeCacheListener reports = new SafeCacheListener("test", settings.listener(), new Counters());
        Store<String> store = new Store<>(settings, new LatestReading(bench.time), reports);
        Variants variants = new Variants();
        CacheKey variant = PRIMARY.plus("v");
        long until = bench.time.nanos() + Duration.ofHours(1).toNanos();
        assertThat(variants.add(variant, until, BOUND, bench.time.nanos(), key -> true))
                .isEmpty();
        store.change(PRIMARY, before -> new Slot.Varying<>(List.of("x"), 1, 0, until, variants, 1));
        store.change(variant, before -> entry(until));
        int rounds = 0;
        while (store.lookQuietly(PRIMARY) != null && rounds++ < 10_000) {
            store.change(PRIMARY.plus("other", rounds % 20), before -> entry(until));
            Slot<String> inUse = store.look(variant);
            assertThat(inUse != null || store.lookQuietly(PRIMARY) == null).isTrue();
        }
        assertThat(store.lookQuietly(PRIMARY)).as("the names have gone").isNull();
        store.change(PRIMARY.plus("any"), before -> before);
        assertThat(store.lookQuietly(variant)).isNull();
        assertThat(removed).containsOnlyKeys(Removal.SIZE);
    }

    private static Slot.Entry<String> entry(long until) {
        return new Slot.Entry<>("v", 0, until, until, until, until, 1, Set.of(), 1, null);
    }

    private static int found(ResponseCache<String> any, String name, int last) {
        int found = 0;
        for (int i = 0; i <= last; i++) {
            found += any.peek(new Variant(name + i, List.of("x"))).isPresent() ? 1 : 0;
        }
        return found;
    }

    /** Threads race to add variants, and to invalidate them: whatever is left is found, or takes no room. */
    @Test
    void threadsThatRaceLeaveNoVariantThatNobodyFinds() throws Exception {
        ResponseCache<String> raced = ResponseCache.<String>builder("raced")
                .maxVariants(5)
                .executor(Runnable::run)
                .build();
        List<FutureTask<Void>> callers = new ArrayList<>();
        for (int caller = 0; caller < 4; caller++) {
            int seed = caller;
            FutureTask<Void> task = new FutureTask<>(() -> {
                Random random = new Random(seed);
                for (int i = 0; i < 5_000; i++) {
                    List<String> names = random.nextInt(500) == 0 ? List.of("x", "y") : List.of("x");
                    Variant variant = new Variant("v" + random.nextInt(20), names);
                    assertThat(raced.get(variant, ReadOptions.any(), () -> "v").value())
                            .isEqualTo("v");
                    if (random.nextInt(20) == 0) {
                        raced.invalidate(PRIMARY);
                    }
                }
                return null;
            });
            callers.add(task);
            Thread thread = new Thread(task);
            thread.setDaemon(true);
            thread.start();
        }
        for (FutureTask<Void> task : callers) {
            task.get();
        }
        assertThat(raced.statistics().entries()).isLessThanOrEqualTo(6);
        raced.invalidate(PRIMARY);
        assertThat(raced.statistics().entries()).isZero();
    }
}
