package dev.ratelimit.core.internal.cells;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.Policy;
import dev.ratelimit.Rate;
import dev.ratelimit.SingleLimiter;
import dev.ratelimit.core.Limiters;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** Threads take from a limiter without a key while its policy changes and time stands still: no permit is lost or doubled. */
class SingleCellRaceTest {

    private static final int CAPACITY = 20_000;
    private static final int THREADS = 3;

    /** Of units that can be converted exactly. */
    private static final Rate TEN = Rate.perSecond(10).burst(CAPACITY);

    private static final Rate HUNDRED = Rate.perSecond(100).burst(CAPACITY);

    /** What is raced for. */
    interface Contest {
        boolean tryAcquire();

        void refund();

        void change(int number);

        long debt();
    }

    private record Real(SingleLimiter limiter, List<Policy> policies) implements Contest {

        static Real of(Policy... policies) {
            return new Real(
                    Limiters.singleBuilder(policies[0])
                            .timeSource(ContestedPlace.STILL)
                            .build(),
                    List.of(policies));
        }

        @Override
        public boolean tryAcquire() {
            return limiter.tryAcquire();
        }

        @Override
        public void refund() {
            limiter.refund(1);
        }

        @Override
        public void change(int number) {
            limiter.update(policies.get(number % policies.size()));
        }

        @Override
        public long debt() {
            return limiter.snapshot().budgets().get(0).debt();
        }
    }

    @Test
    void aChangeOfUnitsLosesAndDoublesNothing() throws Exception {
        for (int round = 0; round < 10; round++) {
            Contest contest = Real.of(Policy.of("ten", TEN), Policy.of("hundred", HUNDRED));
            assertThat(allowed(contest, false)).isEqualTo(CAPACITY);
            assertThat(contest.debt()).isEqualTo(CAPACITY);
        }
    }

    @Test
    void aChangeOfTheCapacityLosesAndDoublesNothing() throws Exception {
        for (int round = 0; round < 10; round++) {
            Contest contest = Real.of(Policy.of("all", TEN), Policy.of("half", TEN.burst(CAPACITY / 2)));
            assertThat(allowed(contest, false)).isEqualTo(CAPACITY);
            assertThat(contest.debt()).isEqualTo(CAPACITY);
        }
    }

    @Test
    void aChangeToSeveralRatesAndBackLosesAndDoublesNothing() throws Exception {
        Rate wide = Rate.perHour(10).burst(2 * CAPACITY);
        for (int round = 0; round < 10; round++) {
            Contest contest = Real.of(Policy.of("ten", TEN), Policy.of("two", HUNDRED, wide));
            assertThat(allowed(contest, false)).isEqualTo(CAPACITY);
            assertThat(contest.debt()).isEqualTo(CAPACITY);
        }
    }

    @Test
    void whatIsGivenBackMeanwhileCanBeTakenAgain() throws Exception {
        for (int round = 0; round < 10; round++) {
            Contest contest = Real.of(Policy.of("ten", TEN), Policy.of("hundred", HUNDRED));
            assertThat(allowed(contest, true)).isEqualTo(CAPACITY);
            assertThat(contest.debt()).isEqualTo(CAPACITY);
        }
    }

    @Test
    void aTwinThatDoesNotLookInWhoseUnitsACellCountsIsCaught() throws Exception {
        long allowed = CAPACITY;
        // On a busy machine the threads may take turns for a while.
        for (int attempt = 0; attempt < 50 && allowed == CAPACITY; attempt++) {
            allowed = allowed(new BrokenSingleCell(TEN, HUNDRED), false);
        }
        assertThat(allowed).isNotEqualTo(CAPACITY);
    }

    /** How many permits were taken and kept by threads that try for more than there are, while another changes the policy. */
    private static long allowed(Contest contest, boolean givesBack) throws Exception {
        AtomicBoolean done = new AtomicBoolean();
        ExecutorService threads = Executors.newFixedThreadPool(THREADS + 1);
        try {
            Future<?> changing = threads.submit(() -> {
                for (int number = 1; !done.get(); number++) {
                    contest.change(number);
                }
            });
            List<Future<Long>> takers = new ArrayList<>();
            for (int thread = 0; thread < THREADS; thread++) {
                takers.add(threads.submit(() -> kept(contest, givesBack)));
            }
            long sum = 0;
            for (Future<Long> taker : takers) {
                sum += taker.get();
            }
            done.set(true);
            changing.get();
            contest.change(0);
            while (contest.tryAcquire()) {
                sum++;
            }
            return sum;
        } catch (ExecutionException e) {
            throw new AssertionError(e);
        } finally {
            done.set(true);
            threads.shutdownNow();
        }
    }

    private static long kept(Contest contest, boolean givesBack) {
        long kept = 0;
        for (int i = 0; i < CAPACITY / 2; i++) {
            if (contest.tryAcquire()) {
                kept++;
                if (givesBack && i % 3 == 0) {
                    contest.refund();
                    kept--;
                }
            }
        }
        return kept;
    }
}
