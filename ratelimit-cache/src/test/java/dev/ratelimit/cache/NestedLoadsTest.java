package dev.ratelimit.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ratelimit.testing.ManualTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Loaders that ask the cache whose loaders they are. No deadline comes here, so what waits for itself would wait for ever. */
@Timeout(60)
class NestedLoadsTest {

    private static final int BOUND = 16;
    private static final int PAGES = 40;

    private final Bench bench = new Bench();
    private final CacheKey part = bench.key.plus("part");

    @Test
    void fortyPagesThatAskForOnePartAreAllLoaded() throws Exception {
        ResponseCache<String> cache = ResponseCache.<String>builder("test")
                .timeSource(new ManualTime())
                .maxLoads(BOUND)
                .build();
        CountDownLatch allPlacesAreTaken = new CountDownLatch(BOUND);
        AtomicInteger partLoads = new AtomicInteger();
        List<FutureTask<String>> pages = new ArrayList<>();
        for (int i = 0; i < PAGES; i++) {
            int page = i;
            pages.add(started(() -> cache.get(bench.key.plus(page), () -> {
                        allPlacesAreTaken.countDown();
                        allPlacesAreTaken.await();
                        return page
                                + cache.get(part, () -> "p" + partLoads.incrementAndGet())
                                        .value();
                    })
                    .value()));
        }
        for (int i = 0; i < PAGES; i++) {
            assertThat(pages.get(i).get()).isEqualTo(i + "p1");
        }
    }

    @Test
    void partsOfTheirOwnAreLoadedInThePlacesOfTheirPages() throws Exception {
        ResponseCache<String> cache = ResponseCache.<String>builder("test")
                .timeSource(new ManualTime())
                .maxLoads(BOUND)
                .build();
        AtomicInteger running = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        CountDownLatch allPlacesAreTaken = new CountDownLatch(BOUND);
        List<FutureTask<String>> pages = new ArrayList<>();
        for (int i = 0; i < PAGES; i++) {
            int page = i;
            pages.add(started(() -> cache.get(bench.key.plus(page), () -> {
                        allPlacesAreTaken.countDown();
                        allPlacesAreTaken.await();
                        return cache.get(part.plus(page), () -> {
                                    most.accumulateAndGet(running.incrementAndGet(), Math::max);
                                    Bench.stepAside();
                                    running.decrementAndGet();
                                    return "p";
                                })
                                .value();
                    })
                    .value()));
        }
        for (FutureTask<String> page : pages) {
            assertThat(page.get()).isEqualTo("p");
        }
        assertThat(most.get()).isBetween(1, BOUND);
    }

    @Test
    void aLoadThatWaitsForAPlaceBeginsAtOnceInThePlaceOfOneThatWaitsForIt() {
        ResponseCache<String> cache = bench.builder().maxLoads(1).build();
        CompletableFuture<Cached<String>> first =
                cache.getAsync(bench.key.plus("first"), bench::ask).toCompletableFuture();
        CompletableFuture<Cached<String>> page = cache.getAsync(bench.key.plus("page"), () -> {
                    String value = cache.get(part, () -> "never: there is a load of the part")
                            .value();
                    return CompletableFuture.completedFuture("page with " + value);
                })
                .toCompletableFuture();
        CompletableFuture<Cached<String>> queued = cache.getAsync(
                        part, () -> CompletableFuture.completedFuture("queued part"))
                .toCompletableFuture();
        bench.asked.get(0).complete("v");

        assertThat(first).isCompleted();
        assertThat(page.join().value()).isEqualTo("page with queued part");
        assertThat(queued.join().state()).isEqualTo(CacheState.MISS);
        assertThat(bench.time.pending()).as("timers left behind").isZero();
    }

    /** Several parts at once: one in the page's place, one in the free place, and the rest in the page's, one after the other. */
    @Test
    void severalPartsAtOnceKeepToTheBoundAndAllEnd() {
        ResponseCache<String> cache = bench.builder().maxLoads(2).build();
        List<CompletableFuture<Cached<String>>> parts = new ArrayList<>();
        CompletableFuture<Cached<String>> page = cache.getAsync(bench.key, () -> {
                    for (int i = 0; i < 5; i++) {
                        parts.add(cache.getAsync(part.plus(i), bench::ask).toCompletableFuture());
                    }
                    return CompletableFuture.allOf(parts.toArray(CompletableFuture<?>[]::new))
                            .thenApply(all -> "page");
                })
                .toCompletableFuture();
        assertThat(bench.asked).as("the page's place and a free one").hasSize(2);
        int[] askedAfterEach = {3, 3, 4, 5, 5};
        for (int i = 0; i < 5; i++) {
            bench.asked.get(i).complete("p");
            assertThat(bench.asked).hasSize(askedAfterEach[i]);
        }

        assertThat(page.join().value()).isEqualTo("page");
        List<CompletableFuture<Cached<String>>> afterwards = List.of(
                cache.getAsync(part.plus(6), bench::ask).toCompletableFuture(),
                cache.getAsync(part.plus(7), bench::ask).toCompletableFuture());
        assertThat(bench.asked).as("both places are back").hasSize(7);
        assertThat(cache.getAsync(part.plus(8), bench::ask).toCompletableFuture())
                .isNotDone();
        assertThat(bench.asked).as("and no third one").hasSize(7);
        assertThat(afterwards).noneMatch(CompletableFuture::isDone);
    }

    /** A page whose loader does not wait for its part ends before it: the place is in use until the part has ended, too. */
    @Test
    void thePlaceIsGivenBackWhenAllWithinItHaveEnded() {
        ResponseCache<String> cache = bench.builder().maxLoads(1).build();
        CompletableFuture<Cached<String>> page = cache.getAsync(bench.key, () -> {
                    CompletableFuture<?> unused =
                            cache.getAsync(part, bench::ask).toCompletableFuture();
                    return CompletableFuture.completedFuture("page");
                })
                .toCompletableFuture();
        CompletableFuture<Cached<String>> next =
                cache.getAsync(bench.key.plus("next"), bench::ask).toCompletableFuture();

        assertThat(page).isCompleted();
        assertThat(bench.asked).hasSize(1);
        bench.asked.get(0).complete("p");
        assertThat(bench.asked).hasSize(2);
        assertThat(next).isNotDone();
    }

    @Test
    void aLoaderThatAsksForItsOwnKeyFailsAtOnce() {
        ResponseCache<String> cache = bench.builder().build();
        List<Callable<String>> loaders = List.of(
                () -> cache.get(bench.key, () -> "v").value(),
                () -> cache.get(bench.key, ReadOptions.any().ownLoad(), () -> "v")
                        .value(),
                () -> cache.get(part, () -> cache.get(bench.key, () -> "v").value())
                        .value());
        for (Callable<String> loader : loaders) {
            assertThatThrownBy(() -> cache.get(bench.key, loader))
                    .isInstanceOf(LoadFailedException.class)
                    .rootCause()
                    .hasMessageContaining("it would wait for itself")
                    .extracting("reason")
                    .isEqualTo(LoadFailedException.Reason.CIRCULAR);
        }
        assertThat(cache.get(bench.key, () -> "v").state())
                .as("nothing is left")
                .isEqualTo(CacheState.MISS);
        assertThat(bench.time.pending()).as("timers left behind").isZero();
    }

    @Test
    void aStageForItsOwnKeyFailsAtOnce() {
        ResponseCache<String> cache = bench.builder().build();
        AtomicReference<CompletableFuture<Cached<String>>> inner = new AtomicReference<>();
        CompletableFuture<Cached<String>> outer = cache.getAsync(bench.key, () -> {
                    inner.set(cache.getAsync(bench.key, bench::ask).toCompletableFuture());
                    return Objects.requireNonNull(inner.get()).thenApply(Cached::value);
                })
                .toCompletableFuture();
        assertThat(inner.get()).isCompletedExceptionally();
        assertThat(outer).isCompletedExceptionally();
        assertThat(bench.asked).isEmpty();
    }

    /** Two loads on two threads that ask for each other: one of them fails at once, and with it, or not, the other. */
    @Test
    void loadsThatWaitForEachOtherFail() throws Exception {
        for (int round = 0; round < 200; round++) {
            ResponseCache<String> cache = ResponseCache.<String>builder("test")
                    .timeSource(new ManualTime())
                    .build();
            CyclicBarrier both = new CyclicBarrier(2);
            FutureTask<String> first = started(() -> crossed(cache, "a", "b", both));
            FutureTask<String> second = started(() -> crossed(cache, "b", "a", both));
            assertThat(List.of(end(first), end(second))).contains(LoadFailedException.Reason.CIRCULAR.name());
        }
    }

    private String crossed(ResponseCache<String> cache, String mine, String other, CyclicBarrier both) {
        return cache.get(bench.key.plus(mine), () -> {
                    both.await();
                    return cache.get(bench.key.plus(other), () -> "v").value();
                })
                .value();
    }

    private static String end(FutureTask<String> caller) throws InterruptedException {
        try {
            return caller.get();
        } catch (ExecutionException e) {
            Throwable root = e;
            while (root.getCause() != null) {
                root = root.getCause();
            }
            return root instanceof LoadFailedException failed ? failed.reason().name() : "odd: " + root;
        }
    }

    /** The cache of before, which takes a second place: with as many pages as places, the parts wait for ever. */
    @Test
    void aGateThatLetsPartsWaitForAPlaceIsCaught() {
        LoadGate gate = new LoadGate(BOUND, PAGES);
        List<String> begun = new ArrayList<>();
        for (int i = 0; i < PAGES; i++) {
            assertThat(gate.enter(() -> begun.add("page"))).isTrue();
        }
        assertThat(gate.enter(() -> begun.add("part of a page"))).isTrue();
        assertThat(begun).hasSize(BOUND).containsOnly("page");
    }

    private static <T> FutureTask<T> started(Callable<T> work) {
        FutureTask<T> task = new FutureTask<>(work);
        Thread thread = new Thread(task);
        thread.setDaemon(true);
        thread.start();
        return task;
    }
}
