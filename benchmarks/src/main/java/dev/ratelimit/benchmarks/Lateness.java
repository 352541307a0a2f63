package dev.ratelimit.benchmarks;

import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Locale;

/**
 * The lateness of departures that were due one after the other, and the processor time that they took.
 *
 * <p>One departure is noted by one thread; different ones by different threads. It is read when all have been noted.
 */
final class Lateness {

    private final long[] late;
    private final long cpuAtStart = cpuNanos();

    Lateness(int departures) {
        late = new long[departures];
    }

    /** Records a departure by its lateness in nanoseconds. */
    void note(int departure, long nanos) {
        late[departure] = nanos;
    }

    /**
     * Returns a line on all departures.
     *
     * @param what what departed
     * @return the line
     * @throws IllegalStateException if a departure was early
     */
    String line(String what) {
        long cpu = cpuNanos() - cpuAtStart;
        long[] sorted = late.clone();
        Arrays.sort(sorted);
        long early = Arrays.stream(sorted).filter(nanos -> nanos < 0).count();
        BenchmarkDefaults.check(early == 0, what + ": " + early + " departures were early");
        return String.format(
                Locale.ROOT,
                "%-46s early: %d, late by us: p50 %6.1f, p99 %7.1f, p99.9 %7.1f, max %7.1f; cpu us each: %5.1f",
                what,
                early,
                micros(sorted, 0.5),
                micros(sorted, 0.99),
                micros(sorted, 0.999),
                micros(sorted, 1),
                cpu / 1e3 / sorted.length);
    }

    private static double micros(long[] sorted, double share) {
        return sorted[(int) Math.ceil(share * sorted.length) - 1] / 1e3;
    }

    private static long cpuNanos() {
        return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
                .getProcessCpuTime();
    }
}
