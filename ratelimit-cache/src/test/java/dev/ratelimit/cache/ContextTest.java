package dev.ratelimit.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What belongs to a caller's thread comes to a load's thread only as the application says. */
@Timeout(60)
class ContextTest {

    /** As SLF4J's MDC keeps it. */
    private static final ThreadLocal<Map<String, String>> MDC = new ThreadLocal<>();

    private static final InheritableThreadLocal<String> IDENTITY = new InheritableThreadLocal<>();

    private final Bench bench = new Bench();

    private static Runnable withContext(Runnable load) {
        Map<String, String> context = MDC.get();
        return () -> {
            MDC.set(context);
            try {
                load.run();
            } finally {
                MDC.remove();
            }
        };
    }

    @Test
    void aLoadThreadInheritsNothing() {
        ResponseCache<String> cache = ResponseCache.<String>builder("test").build();
        IDENTITY.set("alice");
        try {
            for (int i = 0; i < 10; i++) {
                assertThat(cache.get(bench.key.plus(i), () -> "identity " + IDENTITY.get())
                                .value())
                        .isEqualTo("identity null");
            }
        } finally {
            IDENTITY.remove();
        }
    }

    @Test
    void aLoadRunsInTheContextThatWasCarriedAndItsThreadKeepsNoneOfIt() {
        ResponseCache<String> cache = ResponseCache.<String>builder("test")
                .carryContext(ContextTest::withContext)
                .build();
        MDC.set(Map.of("request", "17"));
        try {
            assertThat(cache.get(bench.key, () -> String.valueOf(MDC.get())).value())
                    .isEqualTo("{request=17}");
        } finally {
            MDC.remove();
        }
        assertThat(cache.get(bench.key.plus(2), () -> String.valueOf(MDC.get())).value())
                .isEqualTo("null");
    }

    /** The context is that of the caller who begins the load, also where another thread hands out the place for it. */
    @Test
    void aLoadThatWaitsForAPlaceKeepsItsContext() {
        Deque<Runnable> tasks = new ArrayDeque<>();
        ResponseCache<String> cache = bench.builder()
                .maxLoads(1)
                .executor(tasks::add)
                .carryContext(ContextTest::withContext)
                .build();
        CompletableFuture<?> first = cache.getAsync(bench.key, bench::ask).toCompletableFuture();
        MDC.set(Map.of("request", "18"));
        CompletableFuture<Cached<String>> second = cache.getAsync(
                        bench.key.plus(2), () -> CompletableFuture.completedFuture(String.valueOf(MDC.get())))
                .toCompletableFuture();
        MDC.remove();
        tasks.remove().run();
        bench.asked.get(0).complete("v");
        tasks.remove().run();

        assertThat(first).isCompleted();
        assertThat(second.join().value()).isEqualTo("{request=18}");
        assertThat(MDC.get()).isNull();
    }

    @Test
    void aFunctionThatFailsFailsNoRequestAndLosesNoPlace() {
        for (Runnable odd : new Runnable[] {
            null,
            () -> {},
            () -> {
                throw new IllegalStateException("trouble");
            }
        }) {
            ResponseCache<String> cache = bench.builder()
                    .maxLoads(1)
                    .maxQueuedLoads(0)
                    .carryContext(load -> odd)
                    .build();
            for (int i = 0; i < 3; i++) {
                assertThat(cache.get(bench.key, () -> "v").state()).isEqualTo(CacheState.BYPASS);
            }
            assertThat(cache.statistics().cacheFailures()).isPositive();
        }
        assertThat(bench.time.pending()).as("timers left behind").isZero();
    }

    @Test
    void aTaskThatRunsTheLoadTwiceOrFailsAfterItCallsTheLoaderOnce() {
        ResponseCache<String> cache = bench.builder()
                .carryContext(load -> () -> {
                    load.run();
                    load.run();
                    throw new IllegalStateException("trouble");
                })
                .build();
        assertThat(cache.get(bench.key, () -> "v").state()).isEqualTo(CacheState.MISS);
        assertThat(cache.statistics().loads()).isEqualTo(1);
        assertThat(cache.statistics().cacheFailures()).isEqualTo(1);
    }
}
