package dev.ratelimit.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.Limiter;
import dev.ratelimit.Policy;
import dev.ratelimit.Rate;
import dev.ratelimit.Reservation;
import dev.ratelimit.Snapshot;
import dev.ratelimit.testing.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

/** Threads that meet at several rates, at cancellations and at a change of policy, while time stands still. */
class RacingPolicyTest {

    private static final String KEY = "key";
    private static final int THREADS = 4;
    private static final int CALLS = 20_000;

    /** A cancellation may look at all reservations of its key, so they are spread over as many limiters. */
    private static final int LIMITERS = 10;

    private final ManualTime time = new ManualTime();

    private Limiter<String> limiter(Policy policy) {
        return Limiters.builder(policy).maxKeys(100).timeSource(time).build();
    }

    @Test
    void noRateIsOverdrawnAndNoneKeepsWhatAnotherRefused() {
        Limiter<String> limiter =
                limiter(Policy.of("p", Rate.perHour(50_000), Rate.perMinute(30_000), Rate.perDay(40_000)));
        long allowed = allowedByThreads(() -> limiter.tryAcquire(KEY));
        assertThat(allowed).isEqualTo(30_000);
        assertThat(debts(limiter)).containsExactly(allowed, allowed, allowed);
    }

    @Test
    void aTwinThatGivesNothingBackIsCaught() {
        Limiter<String> first = limiter(Policy.of("p", Rate.perHour(50_000)));
        Limiter<String> second = limiter(Policy.of("p", Rate.perMinute(30_000)));
        long allowed = allowedByThreads(() -> first.tryAcquire(KEY) && second.tryAcquire(KEY));
        assertThat(debts(first)).isNotEqualTo(List.of(allowed));
    }

    @Test
    void whatIsKeptIsChargedAndWhatIsCancelledIsGivenBackAtMostOnce() {
        Policy policy =
                Policy.of("p", Rate.perSecond(100), Rate.perMinute(1000)).shape(Duration.ofDays(1));
        for (int round = 0; round < LIMITERS; round++) {
            Limiter<String> limiter = limiter(policy);
            long reserved = allowedByThreads(CALLS / LIMITERS, () -> {
                Reservation kept = limiter.reserve(KEY, 1);
                Reservation cancelled = limiter.reserve(KEY, 1);
                cancelled.cancel();
                return kept.allowed();
            });
            // What was cancelled while another had reserved behind it is not given back; nothing is given back twice.
            // The second rate is the slower one, which all wait for.
            assertThat(reserved).isEqualTo((long) THREADS * CALLS / LIMITERS);
            assertThat(debts(limiter).get(1)).isBetween(reserved, 2 * reserved);
        }
    }

    @Test
    void aChangeOfPolicyAdmitsNothingTwice() {
        Policy ten = Policy.of("ten", Rate.perSecond(10).burst(30_000));
        Policy seven = Policy.of("seven", Rate.perSecond(7).burst(30_000), Rate.perHour(60_000));
        Limiter<String> limiter = limiter(ten);
        AtomicBoolean done = new AtomicBoolean();
        Thread changing = new Thread(() -> {
            while (!done.get()) {
                limiter.update(seven);
                limiter.update(ten);
            }
        });
        changing.start();
        long allowed = allowedByThreads(() -> limiter.tryAcquire(KEY));
        done.set(true);
        join(changing);
        limiter.update(ten);
        assertThat(allowed).isLessThanOrEqualTo(30_000);
        assertThat(debts(limiter).get(0)).isGreaterThanOrEqualTo(allowed);
    }

    @Test
    void aTwinThatStartsAnewWithEachPolicyIsCaught() {
        AtomicLong calls = new AtomicLong();
        Policy policy = Policy.of("p", Rate.perSecond(10).burst(30_000));
        List<Limiter<String>> limiters = List.of(limiter(policy), limiter(policy));
        long allowed = allowedByThreads(
                () -> limiters.get((int) (calls.incrementAndGet() >>> 10) & 1).tryAcquire(KEY));
        assertThat(allowed).isGreaterThan(30_000);
    }

    private static List<Long> debts(Limiter<String> limiter) {
        return limiter.snapshot(KEY).budgets().stream()
                .map(Snapshot.Budget::debt)
                .toList();
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static long allowedByThreads(BooleanSupplier call) {
        return allowedByThreads(CALLS, call);
    }

    private static long allowedByThreads(int calls, BooleanSupplier call) {
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try {
            List<Future<Long>> counts = new ArrayList<>();
            for (int thread = 0; thread < THREADS; thread++) {
                counts.add(threads.submit(() -> {
                    long allowed = 0;
                    for (int i = 0; i < calls; i++) {
                        allowed += call.getAsBoolean() ? 1 : 0;
                    }
                    return allowed;
                }));
            }
            long sum = 0;
            for (Future<Long> count : counts) {
                sum += count.get();
            }
            return sum;
        } catch (Exception e) {
            throw new AssertionError(e);
        } finally {
            threads.shutdownNow();
        }
    }
}
