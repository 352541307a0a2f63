package dev.ratelimit.cache;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.ratelimit.testing.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Phaser;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Threads race for one key after the other: each is loaded once, and nothing is used beyond its time. */
@Timeout(120)
class CoalescingRaceTest {

    private static final int THREADS = 3;
    private static final int ROUNDS = 10_000;

    /** A cache of one number per key. */
    private interface Subject {
        long get(int key, Callable<Long> loader) throws Exception;
    }

    /** What a thread does in a round. */
    private interface Turn {
        void take(int round) throws Exception;
    }

    @Test
    void eachKeyIsLoadedOnce() throws Exception {
        // The time is read between the look and the registration, too: there the next thread comes in.
        ResponseCache<Long> cache = ResponseCache.<Long>builder("test")
                .executor(Runnable::run)
                .timeSource(() -> {
                    Bench.stepAside();
                    return 0;
                })
                .build();

        assertThat(loads((key, loader) ->
                        cache.get(CacheKey.of(Scope.shared(), key), loader).value()))
                .isEqualTo(ROUNDS);
    }

    /** Registers its loads, but does not look again once one is registered. */
    @Test
    void aCacheThatLooksOnlyBeforeItRegistersIsCaught() throws Exception {
        ConcurrentMap<Integer, Long> kept = new ConcurrentHashMap<>();
        ConcurrentMap<Integer, FutureTask<Long>> underWay = new ConcurrentHashMap<>();

        assertThat(loads((key, loader) -> {
                    Long known = kept.get(key);
                    if (known != null) {
                        return known;
                    }
                    Bench.stepAside();
                    FutureTask<Long> mine = new FutureTask<>(loader);
                    FutureTask<Long> current = underWay.putIfAbsent(key, mine);
                    if (current != null) {
                        return current.get();
                    }
                    mine.run();
                    kept.put(key, mine.get());
                    underWay.remove(key, mine);
                    return mine.get();
                }))
                .isGreaterThan(ROUNDS);
    }

    private static int loads(Subject subject) throws Exception {
        AtomicInteger loads = new AtomicInteger();
        race(round -> subject.get(round, () -> {
            loads.incrementAndGet();
            Bench.stepAside();
            return 1L;
        }));
        return loads.get();
    }

    @Test
    void nothingIsUsedBeyondItsTime() throws Exception {
        ManualTime time = new ManualTime();
        ResponseCache<Long> cache = ResponseCache.<Long>builder("test")
                .executor(Runnable::run)
                .timeSource(time)
                .jitter(0)
                .freshFor(Duration.ofNanos(60))
                .staleWhileRevalidate(Duration.ofNanos(40))
                .build();
        CacheKey key = CacheKey.of(Scope.shared(), "x");

        assertThat(oldest(time, now -> cache.get(key, time::nanos).value())).isLessThan(100);
        assertThat(cache.statistics().hits()).isPositive();
        assertThat(cache.statistics().staleHits()).isPositive();
    }

    /** Leaves the judgement to Caffeine, whose time is a millisecond late. */
    @Test
    void aCacheThatLeavesItToTheHousekeepingIsCaught() throws Exception {
        ManualTime time = new ManualTime();
        LatestReading latest = new LatestReading(time);
        Cache<String, Long> caffeine = Caffeine.newBuilder()
                .ticker(latest)
                .expireAfterWrite(Duration.ofNanos(100))
                .build();

        assertThat(oldest(time, now -> {
                    latest.now();
                    return Objects.requireNonNull(caffeine.get("x", same -> time.nanos()));
                }))
                .isGreaterThanOrEqualTo(100);
    }

    /** The age of the oldest value that was given: a value is the instant in which it was made. */
    private static long oldest(ManualTime time, LongUnaryOperator cache) throws Exception {
        AtomicInteger oldest = new AtomicInteger();
        race(round -> {
            time.advanceNanos(7);
            long now = time.nanos();
            long age = now - cache.applyAsLong(now);
            oldest.accumulateAndGet((int) Math.min(Integer.MAX_VALUE, age), Math::max);
        });
        return oldest.get();
    }

    private static void race(Turn turn) throws Exception {
        Phaser together = new Phaser(THREADS);
        List<FutureTask<Void>> threads = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            FutureTask<Void> task = new FutureTask<>(() -> {
                for (int round = 0; round < ROUNDS; round++) {
                    together.arriveAndAwaitAdvance();
                    turn.take(round);
                }
                return null;
            });
            threads.add(task);
            Thread thread = new Thread(task);
            thread.setDaemon(true);
            thread.start();
        }
        for (FutureTask<Void> task : threads) {
            task.get();
        }
    }
}
