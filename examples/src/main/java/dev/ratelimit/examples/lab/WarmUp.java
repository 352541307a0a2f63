package dev.ratelimit.examples.lab;

import dev.ratelimit.examples.gateway.Scale;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/**
 * The warm-up sends the requests of a schedule as fast as they are answered, until as many are answered in each half
 * second as before. By then the code is compiled, and what this machine can serve is known.
 */
final class WarmUp {

    /** The requests in progress at a time: enough that the machine is never idle. */
    private static final int CONNECTIONS = 24;

    private static final long WINDOW_MILLIS = 500;
    private static final int COMPARED = 3;
    private static final int MAX_WINDOWS = 24;

    /** What is not faster by more than this is as fast. */
    private static final double TOLERANCE = 1.1;

    /** So little of what a machine can serve leaves room for its own work, and that of others. */
    private static final double SHARE = 0.4;

    private static final int STEP = 10;

    private final InetSocketAddress gateway;
    private final Schedule mix;
    private final AtomicInteger next = new AtomicInteger();
    private final LongAdder answered = new LongAdder();
    private volatile boolean over;

    WarmUp(InetSocketAddress gateway, Schedule mix) {
        this.gateway = gateway;
        this.mix = mix;
    }

    /** Runs until throughput is steady, or for twelve seconds; returns the throughput, in requests per second. */
    double run() throws InterruptedException {
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < CONNECTIONS; i++) {
            Thread thread = new Thread(this::drive, "warm-up-" + i);
            thread.setDaemon(true);
            thread.start();
            threads.add(thread);
        }
        List<Double> windows = new ArrayList<>();
        try {
            while (!isSteady(windows) && windows.size() < MAX_WINDOWS) {
                long before = answered.sum();
                long start = System.nanoTime();
                TimeUnit.MILLISECONDS.sleep(WINDOW_MILLIS);
                windows.add((answered.sum() - before) * 1e9 / (System.nanoTime() - start));
            }
        } finally {
            over = true;
        }
        for (Thread thread : threads) {
            thread.join();
        }
        return mean(windows, windows.size() - COMPARED);
    }

    private void drive() {
        List<Schedule.Arrival> arrivals = mix.arrivals();
        try (Connection connection = new Connection(gateway)) {
            while (!over) {
                Schedule.Arrival arrival = arrivals.get(Math.floorMod(next.getAndIncrement(), arrivals.size()));
                Source source = mix.source(arrival);
                source.work().send(connection, source.identity().fields(arrival.serial()), arrival.serial());
                answered.increment();
            }
        } catch (IOException e) {
            // One connection less; if all fail, nothing is answered, and the run itself will tell why.
        }
    }

    /** Returns whether the last windows are no faster than those before them. */
    static boolean isSteady(List<Double> windows) {
        int last = windows.size() - COMPARED;
        return last >= COMPARED && mean(windows, last) <= TOLERANCE * mean(windows.subList(0, last), last - COMPARED);
    }

    private static double mean(List<Double> windows, int from) {
        return windows.subList(Math.max(0, from), windows.size()).stream()
                .mapToDouble(Double::doubleValue)
                .average()
                .orElse(0);
    }

    /**
     * Returns the scale of the load that a machine serves with ease.
     *
     * @param servedPerSecond what it serves at most
     * @param highestPerSecond the highest rate of the full load
     */
    static Scale scaleFor(double servedPerSecond, double highestPerSecond) {
        int steps = (int) (100 * SHARE * servedPerSecond / highestPerSecond / STEP);
        return new Scale(Math.max(Scale.SMALLEST, Math.min(Scale.FULL.percent(), STEP * steps)));
    }
}
