package dev.ratelimit.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.Limiter;
import dev.ratelimit.Policy;
import dev.ratelimit.Rate;
import dev.ratelimit.Snapshot;
import dev.ratelimit.testing.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/**
 * 5,000 changes in a row of a policy with four rates, while threads take permits and give some back. Time stands still, so
 * that each key owes, at each rate, exactly what was taken and not given back.
 */
class ChangesUnderLoadTest {

    private static final int CHANGES = 5_000;
    private static final int THREADS = 3;
    private static final int KEYS = 40;
    private static final long CAPACITY = 20_000_000;

    @Test
    void noneFailsAndNoDebtIsLostOrMultiplied() throws Exception {
        Limiter<Long> limiter = Limiters.builder(policy(0))
                .maxKeys(200)
                .timeSource(new ManualTime(12_345))
                .build();
        AtomicBoolean ended = new AtomicBoolean();
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        long[] owed = new long[KEYS];
        try {
            List<Future<long[]>> taken = new ArrayList<>();
            for (int thread = 0; thread < THREADS; thread++) {
                int seed = thread;
                taken.add(threads.submit(() -> takeUntil(ended, limiter, seed)));
            }
            for (int change = 1; change <= CHANGES; change++) {
                limiter.update(policy(change));
            }
            ended.set(true);
            for (Future<long[]> one : taken) {
                long[] mine = one.get();
                for (int key = 0; key < KEYS; key++) {
                    owed[key] += mine[key];
                }
            }
        } finally {
            ended.set(true);
            threads.shutdownNow();
        }
        for (int key = 0; key < KEYS; key++) {
            assertThat(limiter.snapshot((long) key).budgets())
                    .as("key %s", key)
                    .extracting(Snapshot.Budget::debt)
                    .containsOnly(owed[key]);
        }
        assertThat(limiter.evictedInDebt()).isZero();
    }

    /** Takes permits, and gives back a part of its own, of one key after the other; returns what it owes of each. */
    private static long[] takeUntil(AtomicBoolean ended, Limiter<Long> limiter, int seed) {
        long[] owed = new long[KEYS];
        for (int call = seed; !ended.get(); call++) {
            int key = call % KEYS;
            if (owed[key] > 5 && call % 3 == 0) {
                limiter.refund((long) key, 2);
                owed[key] -= 2;
            } else {
                int permits = 1 + call % 4;
                owed[key] += limiter.tryAcquire((long) key, permits) ? permits : 0;
            }
        }
        return owed;
    }

    /** Four rates with periods of their own: none has the units of another, in this policy or in those around it. */
    private static Policy policy(int change) {
        Rate[] rates = new Rate[4];
        for (int i = 0; i < rates.length; i++) {
            rates[i] = Rate.of(1_000_003L + i, Duration.ofMillis(8L << (2 * i)).plusNanos(2L * change + 1))
                    .burst(CAPACITY);
        }
        return Policy.of("p", rates[0], rates[1], rates[2], rates[3]);
    }
}
