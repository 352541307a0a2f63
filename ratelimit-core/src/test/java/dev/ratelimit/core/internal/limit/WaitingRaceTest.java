package dev.ratelimit.core.internal.limit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.Decision;
import dev.ratelimit.Limiter;
import dev.ratelimit.Policy;
import dev.ratelimit.Rate;
import dev.ratelimit.Reservation;
import dev.ratelimit.WhenSaturated;
import dev.ratelimit.core.internal.cells.CellTable;
import dev.ratelimit.core.internal.queue.WaiterBounds;
import dev.ratelimit.runtime.keys.KeyHash;
import dev.ratelimit.testing.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Phaser;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Threads that take, wait, give up, reserve, cancel and refund at once, while time stands still. */
@Timeout(240)
@SuppressWarnings("FutureReturnValueIgnored")
class WaitingRaceTest {

    private static final String KEY = "key";
    private static final int ROUNDS = 30_000;
    private static final int ATTEMPTS = 50;

    /** A limiter, and a twin of {@code tryAcquire} that does not look whether somebody waits. */
    private static final class Rig {

        final ManualTime time = new ManualTime();
        final Limiter<String> limiter;
        private final OnePolicy<String> policies;
        private final long fingerprint;

        Rig(Policy policy) {
            CellTable cells = new CellTable(16, WhenSaturated.EVICT, time);
            KeyHash hash = new KeyHash(new Random(1));
            policies = new OnePolicy<>(policy, cells);
            limiter = new PolicyLimiter<>(
                    policies, cells, hash, key -> key, time, new WaiterBounds(100_000, 100_000), 16, null, null);
            fingerprint = CellTable.fingerprint(hash.of(KEY));
        }

        boolean tryAcquire(boolean isTwin, long permits) {
            return isTwin
                    ? policies.of(KEY, fingerprint).tryTake(fingerprint, permits, time.nanos())
                    : limiter.tryAcquire(KEY, permits);
        }
    }

    private static Policy policy(long capacity) {
        return Policy.of("p", Rate.perSecond(1).burst(capacity)).shape(Duration.ofDays(1));
    }

    /** What is refunded bit by bit is the first's, however often others try. */
    @Test
    void nobodyOvertakesTheFirst() throws Exception {
        for (int round = 0; round < 300; round++) {
            assertThat(overtakers(false)).isZero();
        }
    }

    @Test
    void aTwinThatDoesNotLookAtTheQueueIsCaught() throws Exception {
        long overtakers = 0;
        for (int attempt = 0; attempt < ATTEMPTS * 10 && overtakers == 0; attempt++) {
            overtakers = overtakers(true);
        }
        assertThat(overtakers).isPositive();
    }

    private static long overtakers(boolean isTwin) throws Exception {
        Rig rig = new Rig(policy(200));
        assertThat(rig.limiter.tryAcquire(KEY, 200)).isTrue();
        CompletableFuture<Decision> heavy = rig.limiter.acquireAsync(KEY, 200).toCompletableFuture();
        Phaser start = new Phaser(3);
        ExecutorService threads = Executors.newFixedThreadPool(3);
        try {
            Future<Long> refunds = threads.submit(() -> {
                start.arriveAndAwaitAdvance();
                for (int i = 0; i < 199; i++) {
                    rig.limiter.refund(KEY, 1);
                }
                return 0L;
            });
            List<Future<Long>> takers = new ArrayList<>();
            for (int t = 0; t < 2; t++) {
                takers.add(threads.submit(() -> {
                    start.arriveAndAwaitAdvance();
                    long taken = 0;
                    for (int i = 0; i < 200; i++) {
                        taken += rig.tryAcquire(isTwin, 1) ? 1 : 0;
                    }
                    return taken;
                }));
            }
            refunds.get();
            long taken = 0;
            for (Future<Long> taker : takers) {
                taken += taker.get();
            }
            assertThat(heavy).isNotDone();
            rig.limiter.refund(KEY, 1);
            assertThat(heavy.isDone()).isEqualTo(taken == 0);
            return taken;
        } finally {
            threads.shutdownNow();
        }
    }

    /**
     * One permit is there. If it is taken, the reservation is due a second later. It may be, too, if it saw a take that was given
     * back.
     */
    @Test
    void aTakeThatMeetsAReservationIsSeenByItOrSeesIt() throws Exception {
        assertThat(wrongPairs(false)).isZero();
    }

    @Test
    void aTwinThatIsSeenByNobodyIsCaught() throws Exception {
        long wrong = 0;
        for (int attempt = 0; attempt < ATTEMPTS && wrong == 0; attempt++) {
            wrong = wrongPairs(true);
        }
        assertThat(wrong).isPositive();
    }

    private static long wrongPairs(boolean isTwin) throws Exception {
        List<Rig> rigs = new ArrayList<>();
        for (int i = 0; i < ROUNDS / 10; i++) {
            Rig rig = new Rig(policy(2));
            rig.limiter.tryAcquire(KEY);
            rigs.add(rig);
        }
        Phaser phaser = new Phaser(2);
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            Future<List<Long>> dues = threads.submit(() -> {
                List<Long> all = new ArrayList<>();
                for (Rig rig : rigs) {
                    phaser.arriveAndAwaitAdvance();
                    Reservation reservation = rig.limiter.reserve(KEY, 2);
                    all.add(reservation.dueNanos());
                }
                return all;
            });
            Future<List<Boolean>> taken = threads.submit(() -> {
                List<Boolean> all = new ArrayList<>();
                for (Rig rig : rigs) {
                    phaser.arriveAndAwaitAdvance();
                    all.add(rig.tryAcquire(isTwin, 1));
                }
                return all;
            });
            long wrong = 0;
            for (int i = 0; i < rigs.size(); i++) {
                wrong += taken.get().get(i) && dues.get().get(i) < 2_000_000_000L ? 1 : 0;
            }
            return wrong;
        } finally {
            threads.shutdownNow();
        }
    }

    /** Counted so that what is in use at any moment is never overstated. */
    @Test
    void neverIsMoreInUseThanTheCapacityAndInTheEndNothing() throws Exception {
        for (int round = 0; round < 20; round++) {
            Rig rig = new Rig(policy(20));
            Limiter<String> limiter = rig.limiter;
            AtomicLong inUse = new AtomicLong();
            AtomicLong most = new AtomicLong();
            ExecutorService threads = Executors.newFixedThreadPool(4);
            try {
                List<Future<?>> futures = new ArrayList<>();
                for (int t = 0; t < 4; t++) {
                    SplittableRandom random = new SplittableRandom(100L * round + t);
                    futures.add(threads.submit(() -> {
                        for (int i = 0; i < 2_000; i++) {
                            act(limiter, random, inUse, most);
                        }
                    }));
                }
                for (Future<?> future : futures) {
                    future.get();
                }
            } finally {
                threads.shutdownNow();
            }
            assertThat(most.get()).isLessThanOrEqualTo(20);
            assertThat(inUse).hasValue(0);
            assertThat(rig.time.pending()).isZero();
            assertThat(limiter.snapshot(KEY).budgets().get(0).debt()).isZero();
        }
    }

    private static void act(Limiter<String> limiter, SplittableRandom random, AtomicLong inUse, AtomicLong most) {
        long permits = random.nextInt(1, 6);
        switch (random.nextInt(3)) {
            case 0 -> {
                if (limiter.tryAcquire(KEY, permits)) {
                    use(limiter, permits, inUse, most);
                }
            }
            case 1 -> {
                CompletableFuture<Decision> stage =
                        limiter.acquireAsync(KEY, permits).toCompletableFuture();
                // Its turn may have come meanwhile; if it is cancelled before that is told, what it was given goes
                // back.
                if (!stage.cancel(true)) {
                    use(limiter, permits, inUse, most);
                }
            }
            default -> {
                CompletableFuture<Decision> stage =
                        limiter.acquireAsync(KEY, permits).toCompletableFuture();
                for (int i = 0; i < 100 && !stage.isDone(); i++) {
                    Thread.onSpinWait();
                }
                if (!stage.cancel(true)) {
                    use(limiter, permits, inUse, most);
                }
            }
        }
    }

    private static void use(Limiter<String> limiter, long permits, AtomicLong inUse, AtomicLong most) {
        most.accumulateAndGet(inUse.addAndGet(permits), Math::max);
        inUse.addAndGet(-permits);
        limiter.refund(KEY, permits);
    }
}
