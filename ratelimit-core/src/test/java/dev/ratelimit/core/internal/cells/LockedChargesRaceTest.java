package dev.ratelimit.core.internal.cells;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.WhenSaturated;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Phaser;
import java.util.function.LongPredicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Threads that insert the same new key at once, again and again: exactly the capacity is allowed. */
class LockedChargesRaceTest {

    private static final int THREADS = 3;
    private static final int CAPACITY = (int) ContestedPlace.RATE.capacity();
    private static final int EACH = CAPACITY;

    @Test
    void exactlyTheCapacityOfEachNewKeyIsAllowed() throws Exception {
        Budgets table = new CellTable(20_000, WhenSaturated.DENY, ContestedPlace.STILL)
                .budgets(ContestedPlace.RATE, Duration.ZERO);
        assertThat(roundsWithAnotherCount(20_000, key -> Outcome.isAllowed(table.take(key, 1))))
                .isZero();
    }

    @Test
    void aTwinThatInsertsWithoutALockIsCaught() throws Exception {
        long wrong = 0;
        // On a machine that is busy elsewhere the threads may take turns for a while.
        for (int attempt = 0; attempt < 50 && wrong == 0; attempt++) {
            BrokenHandOver table = new BrokenHandOver();
            wrong = roundsWithAnotherCount(20_000, key -> Outcome.isAllowed(table.take(key, 1)));
        }
        assertThat(wrong).isPositive();
    }

    /** Runs all threads into one new key a round; returns how many rounds did not allow exactly the capacity. */
    private static long roundsWithAnotherCount(int rounds, LongPredicate take) throws Exception {
        long[][] allowed = new long[THREADS][rounds];
        Phaser phaser = new Phaser(THREADS);
        ExecutorService executor = Executors.newFixedThreadPool(THREADS);
        try {
            List<Future<?>> futures = new ArrayList<>();
            for (int t = 0; t < THREADS; t++) {
                long[] mine = allowed[t];
                futures.add(executor.submit(() -> {
                    for (int round = 0; round < rounds; round++) {
                        phaser.arriveAndAwaitAdvance();
                        long key = (round + 1) * 0x9E37_79B9_7F4A_7C15L;
                        for (int i = 0; i < EACH; i++) {
                            mine[round] += take.test(key) ? 1 : 0;
                        }
                    }
                }));
            }
            for (Future<?> future : futures) {
                future.get();
            }
        } finally {
            executor.shutdownNow();
        }
        return IntStream.range(0, rounds)
                .filter(round -> IntStream.range(0, THREADS)
                                .mapToLong(t -> allowed[t][round])
                                .sum()
                        != CAPACITY)
                .count();
    }
}
