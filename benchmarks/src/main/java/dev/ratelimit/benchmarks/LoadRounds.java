package dev.ratelimit.benchmarks;

import dev.ratelimit.quota.QuotaService;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.ToLongFunction;

/**
 * Ways to count under load, in short alternating rounds, so that a disturbance of the machine affects all of them.
 *
 * <p>A call that was not granted fails the measurement, as does a counter that does not show in the end what was
 * granted on it.
 *
 * @param count how many rounds are measured, after one that is not
 * @param time how long each way has in a round
 */
record LoadRounds(int count, Duration time) {

    /** The calls a second of each way, by its name. */
    Map<String, Throughput> run(List<LoadWay> ways, QuotaService quotas) throws Exception {
        return run(ways, key -> used(quotas, key));
    }

    /** The same for ways that count elsewhere; {@code used} is what a key's counter shows. */
    Map<String, Throughput> run(List<LoadWay> ways, ToLongFunction<String> used) throws Exception {
        Map<String, Long> expected = new HashMap<>();
        for (LoadWay way : ways) {
            way.callers().forEach(caller -> expected.computeIfAbsent(caller.key(), used::applyAsLong));
        }
        Map<String, double[]> rates = new LinkedHashMap<>();
        for (int round = -1; round < count; round++) {
            for (LoadWay way : ways) {
                double rate = round(way, expected);
                double[] ofWay = rates.computeIfAbsent(way.name(), name -> new double[count]);
                if (round >= 0) {
                    ofWay[round] = rate;
                }
            }
        }
        expected.forEach((key, granted) -> {
            long shown = used.applyAsLong(key);
            BenchmarkDefaults.check(shown == granted, granted + " were granted on " + key + ", but it shows " + shown);
        });
        Map<String, Throughput> throughputs = new LinkedHashMap<>();
        rates.forEach((name, ofWay) -> throughputs.put(name, new Throughput(ofWay)));
        return throughputs;
    }

    private static long used(QuotaService quotas, String key) {
        return quotas.peek(key, 1).usages().get(0).used();
    }

    private double round(LoadWay way, Map<String, Long> expected) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(way.callers().size());
        try {
            CountDownLatch start = new CountDownLatch(1);
            List<Future<Long>> counts = new ArrayList<>();
            for (LoadWay.Caller caller : way.callers()) {
                counts.add(threads.submit(() -> {
                    start.await();
                    return calls(caller);
                }));
            }
            long begun = System.nanoTime();
            start.countDown();
            long all = 0;
            for (int i = 0; i < counts.size(); i++) {
                long count = counts.get(i).get();
                expected.merge(way.callers().get(i).key(), count, Long::sum);
                all += count;
            }
            return all * 1e9 / (System.nanoTime() - begun);
        } finally {
            threads.shutdown();
        }
    }

    private long calls(LoadWay.Caller caller) throws Exception {
        long end = System.nanoTime() + time.toNanos();
        long count = 0;
        do {
            BenchmarkDefaults.check(caller.call().granted(), "a call was refused on " + caller.key());
            count++;
        } while (System.nanoTime() - end < 0);
        return count;
    }
}
