package dev.ratelimit.benchmarks;

import dev.ratelimit.Limiter;
import dev.ratelimit.Policy;
import dev.ratelimit.Rate;
import dev.ratelimit.core.Limiters;
import java.time.Duration;
import java.util.concurrent.Future;

/** The time to begin to wait, and to give up, over the number of calls that wait, all without a thread. */
final class WaitersComplexity {

    private static final int ROUNDS = 3;

    /** The minimum number of calls that begin to wait in a round; it takes as many turns as needed. */
    private static final int LEAST = 100_000;

    private WaitersComplexity() {}

    static void measure(Recorded recorded, int... counts) {
        // The compiler has seen it all before the first round.
        round(counts[0]);
        round(counts[0]);
        for (int count : counts) {
            double[] begin = new double[ROUNDS];
            double[] giveUp = new double[ROUNDS];
            for (int i = 0; i < ROUNDS; i++) {
                double[] both = round(count);
                begin[i] = both[0];
                giveUp[i] = both[1];
            }
            recorded.add("WaitersComplexity.begin", String.valueOf(count), "ns", begin);
            recorded.add("WaitersComplexity.giveUp", String.valueOf(count), "ns", giveUp);
        }
    }

    /** Nanoseconds to begin, and to give up. */
    private static double[] round(int count) {
        Limiter<String> limiter = Limiters.builder(
                        Policy.of("slow", Rate.perSecond(10).burst(1000)).shape(Duration.ofDays(30)))
                .maxWaiters(count)
                .build();
        // No call departs within the first quarter of an hour.
        for (int i = 0; i < 10; i++) {
            BenchmarkDefaults.check(limiter.reserve("key", 1000).allowed(), "there is room");
        }
        Future<?>[] waiting = new Future<?>[count];
        int turns = Math.max(1, LEAST / count);
        long begin = 0;
        long giveUp = 0;
        for (int turn = 0; turn < turns; turn++) {
            long start = System.nanoTime();
            for (int i = 0; i < count; i++) {
                waiting[i] = limiter.acquireAsync("key").toCompletableFuture();
            }
            long between = System.nanoTime();
            for (Future<?> one : waiting) {
                BenchmarkDefaults.check(one.cancel(false), "one did not wait");
            }
            begin += between - start;
            giveUp += System.nanoTime() - between;
        }
        double all = (double) turns * count;
        return new double[] {begin / all, giveUp / all};
    }
}
