package dev.ratelimit.cache;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.testing.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Loads race invalidations and expiry. Once an invalidation has returned, nobody who asks afterwards gets what was loaded
 * before it began.
 */
@Timeout(120)
class InvalidationRaceTest {

    private static final int ROUNDS = 20_000;
    private static final CacheKey KEY = CacheKey.of(Scope.shared(), "x");

    /** How a reader asks the cache. */
    private interface Getter {
        long get(Callable<Long> loader);
    }

    /** What is raced. */
    private interface Subject {
        long get(Callable<Long> loader) throws Exception;

        void invalidate(long round);
    }

    private final ManualTime time = new ManualTime();
    private final ResponseCache<Long> cache = ResponseCache.<Long>builder("test")
            .timeSource(time)
            .freshFor(Duration.ofNanos(50))
            .staleWhileRevalidate(Duration.ofNanos(50))
            .tags(value -> List.of("tag"))
            .executor(Runnable::run)
            .build();

    @Test
    void nothingOfBeforeAnInvalidationIsLeft() throws Exception {
        assertThat(race(subject(loader -> cache.get(KEY, loader).value()), this::theRaceWasOn))
                .isZero();
    }

    /** Loads that nobody can join keep their results, too. */
    @Test
    void nothingOfBeforeAnInvalidationIsLeftByLoadsAlone() throws Exception {
        ReadOptions own = ReadOptions.any().ownLoad();
        assertThat(race(subject(loader -> cache.get(KEY, own, loader).value()), this::theRaceWasOn))
                .isZero();
    }

    /** Keeps the result of a load alone as a value that is put: an invalidation does not know of the load. */
    @Test
    void aCacheThatDoesNotRegisterLoadsAloneIsCaught() throws Exception {
        ReadOptions unstored = ReadOptions.any().noStore();
        AtomicLong violations = new AtomicLong();
        race(
                subject(loader -> {
                    Cached<Long> answer = cache.get(KEY, unstored, loader);
                    if (answer.state() == CacheState.BYPASS) {
                        cache.put(KEY, answer.value());
                    }
                    return answer.value();
                }),
                violations,
                () -> violations.get() > 0);
        assertThat(violations).hasPositiveValue();
    }

    private boolean theRaceWasOn() {
        CacheStatistics statistics = cache.statistics();
        return statistics.hits() > 0 && statistics.discardedResults() > 0;
    }

    private Subject subject(Getter getter) {
        return new Subject() {
            @Override
            public long get(Callable<Long> loader) {
                time.advanceNanos(7);
                return getter.get(loader);
            }

            @Override
            public void invalidate(long round) {
                switch ((int) (round % 4)) {
                    case 0 -> cache.invalidate(KEY);
                    case 1 -> cache.invalidatePrefix(CacheKey.of(Scope.shared()));
                    case 2 -> cache.invalidateTag("tag");
                    default -> cache.invalidateAll();
                }
            }
        };
    }

    /** Keeps what it has loaded, whatever happened meanwhile. */
    @Test
    void aCacheThatForgetsTheInvalidationIsCaught() throws Exception {
        ConcurrentMap<CacheKey, Long> map = new ConcurrentHashMap<>();
        Subject broken = new Subject() {
            @Override
            public long get(Callable<Long> loader) throws Exception {
                Long known = map.get(KEY);
                if (known != null) {
                    return known;
                }
                long loaded = loader.call();
                map.put(KEY, loaded);
                return loaded;
            }

            @Override
            public void invalidate(long round) {
                map.remove(KEY);
            }
        };

        AtomicLong violations = new AtomicLong();
        race(broken, violations, () -> violations.get() > 0);
        assertThat(violations).hasPositiveValue();
    }

    private static long race(Subject subject, BooleanSupplier met) throws Exception {
        AtomicLong violations = new AtomicLong();
        race(subject, violations, met);
        return violations.get();
    }

    /**
     * Invalidates so many times at least, and on until readers and invalidations have met: on a busy machine the readers may
     * not run for a while.
     */
    private static void race(Subject subject, AtomicLong violations, BooleanSupplier met) throws Exception {
        AtomicLong version = new AtomicLong();
        AtomicLong leastAllowed = new AtomicLong();
        AtomicBoolean over = new AtomicBoolean();
        List<FutureTask<Void>> readers = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            FutureTask<Void> reader = new FutureTask<>(() -> {
                while (!over.get()) {
                    long least = leastAllowed.get();
                    long value = subject.get(() -> {
                        long read = version.get();
                        Bench.stepAside();
                        return read;
                    });
                    if (value < least) {
                        violations.incrementAndGet();
                    }
                }
                return null;
            });
            readers.add(reader);
            Thread thread = new Thread(reader);
            thread.setDaemon(true);
            thread.start();
        }
        try {
            for (long round = 1; round <= ROUNDS || !met.getAsBoolean(); round++) {
                version.set(round);
                subject.invalidate(round);
                leastAllowed.set(round);
                if (round % 8 == 0) {
                    Bench.stepAside();
                }
                if (Thread.interrupted()) {
                    throw new InterruptedException("not met within the test's timeout");
                }
            }
        } finally {
            over.set(true);
        }
        for (FutureTask<Void> reader : readers) {
            reader.get();
        }
    }
}
