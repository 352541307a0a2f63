package dev.ratelimit.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ratelimit.TimeSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Ten thousand callers come at once for a key that is not there, and its loader takes 100 ms: it is called once. How long all of them
 * took is printed, beside how long they take to wait for a bare future; it fails nothing, as it says more of the machine.
 */
@Timeout(300)
class ManyCallersIT {

    private static final int CALLERS = 10_000;
    private static final int ROUNDS = 2;
    private static final Duration LOAD = Duration.ofMillis(100);

    private final TimeSource time = TimeSource.system();

    /** Starts a thread. */
    private interface Starter {
        Thread start(Runnable task) throws ReflectiveOperationException;
    }

    /** What a caller waits for. */
    private interface Waiting {
        String value() throws Exception;
    }

    @Test
    void onVirtualThreads() throws Exception {
        assumeTrue(Runtime.version().feature() >= 21, "virtual threads come with JDK 21");
        // By reflection, because these tests compile on JDK 17.
        Object builder = Thread.class.getMethod("ofVirtual").invoke(null);
        var start = Class.forName("java.lang.Thread$Builder").getMethod("start", Runnable.class);
        rounds("virtual threads", task -> (Thread) start.invoke(builder, task));
    }

    @Test
    void onPlatformThreads() throws Exception {
        rounds("platform threads", task -> {
            Thread thread = new Thread(null, task, "caller", 64 * 1024);
            thread.setDaemon(true);
            thread.start();
            return thread;
        });
    }

    /** Eight platform threads ask for all of them, and none of them waits. */
    @Test
    void onStages() throws Exception {
        for (int round = 1; round <= ROUNDS; round++) {
            ResponseCache<String> cache = ResponseCache.<String>builder("test").build();
            CacheKey key = CacheKey.of(Scope.shared(), round);
            AtomicInteger loads = new AtomicInteger();
            Executor later = CompletableFuture.delayedExecutor(LOAD.toMillis(), TimeUnit.MILLISECONDS);
            CountDownLatch done = new CountDownLatch(CALLERS);
            long start = time.nanos();
            for (int thread = 0; thread < 8; thread++) {
                new Thread(() -> {
                            for (int i = 0; i < CALLERS / 8; i++) {
                                CompletableFuture<?> unused = cache.getAsync(key, () -> {
                                            loads.incrementAndGet();
                                            return CompletableFuture.supplyAsync(() -> "v", later);
                                        })
                                        .toCompletableFuture()
                                        .thenRun(done::countDown);
                            }
                        })
                        .start();
            }
            done.await();
            System.out.printf(
                    "%,d stages, round %d: all done after %d ms, of which the load takes %d%n",
                    CALLERS, round, (time.nanos() - start) / 1_000_000, LOAD.toMillis());
            assertThat(loads).as("loads").hasValue(1);
        }
    }

    private void rounds(String kind, Starter starter) throws Exception {
        for (int round = 1; round <= ROUNDS; round++) {
            CompletableFuture<String> bare = new CompletableFuture<>();
            AtomicBoolean begun = new AtomicBoolean();
            long floor = lastOf(starter, () -> {
                if (begun.compareAndSet(false, true)) {
                    CompletableFuture.delayedExecutor(LOAD.toMillis(), TimeUnit.MILLISECONDS)
                            .execute(() -> bare.complete("v"));
                }
                return bare.get();
            });

            ResponseCache<String> cache = ResponseCache.<String>builder("test").build();
            CacheKey key = CacheKey.of(Scope.shared(), round);
            AtomicInteger loads = new AtomicInteger();
            Map<CacheState, Integer> states = new ConcurrentHashMap<>();
            long took = lastOf(starter, () -> {
                Cached<String> answer = cache.get(key, () -> {
                    loads.incrementAndGet();
                    Thread.sleep(LOAD.toMillis());
                    return "v";
                });
                states.merge(answer.state(), 1, Integer::sum);
                return answer.value();
            });

            System.out.printf(
                    "%,d %s, round %d: all done after %d ms, of which the load takes %d; a bare future: %d ms%n",
                    CALLERS, kind, round, took / 1_000_000, LOAD.toMillis(), floor / 1_000_000);
            assertThat(loads).as("loads").hasValue(1);
            assertThat(states.getOrDefault(CacheState.MISS, 0)).isEqualTo(1);
            assertThat(states.getOrDefault(CacheState.COALESCED, 0) + states.getOrDefault(CacheState.HIT, 0))
                    .isEqualTo(CALLERS - 1);
        }
    }

    /** How long after they were let go all at once the last of the callers had his value. */
    private long lastOf(Starter starter, Waiting waiting) throws Exception {
        CountDownLatch ready = new CountDownLatch(CALLERS);
        CountDownLatch go = new CountDownLatch(1);
        long[] ends = new long[CALLERS];
        AtomicInteger values = new AtomicInteger();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < CALLERS; i++) {
            int caller = i;
            threads.add(starter.start(() -> {
                ready.countDown();
                try {
                    go.await();
                    if (waiting.value().equals("v")) {
                        values.incrementAndGet();
                    }
                } catch (Exception e) {
                    throw new AssertionError(e);
                }
                ends[caller] = time.nanos();
            }));
        }
        ready.await();
        long start = time.nanos();
        go.countDown();
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(values).hasValue(CALLERS);
        return Arrays.stream(ends).map(end -> end - start).max().orElseThrow();
    }
}
