package dev.ratelimit.examples.gateway;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * A load driver sends what a schedule says when it says so, over kept connections, and writes down what comes back.
 *
 * <p>Each thread takes the next arrival, waits until it is due, and sends it. As long as one of the threads is free,
 * nothing is sent late; that none was free is measured too ({@link Measurements#late()}).
 */
final class LoadDriver {

    private static final int CONNECTIONS = 48;

    private final InetSocketAddress gateway;
    private final Schedule schedule;
    private final AtomicInteger next = new AtomicInteger();
    private final CountDownLatch running = new CountDownLatch(CONNECTIONS);
    private final Measurements sum;
    private long start;

    LoadDriver(InetSocketAddress gateway, Schedule schedule) {
        this.gateway = gateway;
        this.schedule = schedule;
        sum = new Measurements(schedule);
    }

    /** Something to call now and then while the load runs. */
    @FunctionalInterface
    interface Watcher {

        void at(Duration elapsed);
    }

    /** Runs the whole schedule, and returns when the last answer is there. */
    Measurements run(Watcher watcher) throws InterruptedException {
        start = System.nanoTime();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < CONNECTIONS; i++) {
            Thread thread = new Thread(this::drive, "driver-" + i);
            thread.setDaemon(true);
            threads.add(thread);
        }
        threads.forEach(Thread::start);
        while (!running.await(250, TimeUnit.MILLISECONDS)) {
            watcher.at(Duration.ofNanos(elapsed()));
        }
        synchronized (sum) {
            return sum;
        }
    }

    private void drive() {
        Measurements mine = new Measurements(schedule);
        try (Connection connection = new Connection(gateway)) {
            List<Schedule.Arrival> arrivals = schedule.arrivals();
            for (int i = next.getAndIncrement(); i < arrivals.size(); i = next.getAndIncrement()) {
                Schedule.Arrival arrival = arrivals.get(i);
                waitUntil(arrival.nanos());
                long sent = elapsed();
                Outcome outcome = send(connection, arrival);
                mine.add(arrival, outcome, sent, elapsed());
            }
        } catch (IOException e) {
            // Only closing failed; every answer is counted already.
        } finally {
            synchronized (sum) {
                sum.add(mine);
            }
            running.countDown();
        }
    }

    private Outcome send(Connection connection, Schedule.Arrival arrival) {
        try {
            return connection
                    .get(
                            "/items/" + arrival.serial(),
                            schedule.source(arrival).identity().fields(arrival.serial()))
                    .outcome();
        } catch (IOException e) {
            return Outcome.ERROR;
        }
    }

    private void waitUntil(long nanos) {
        for (long left = nanos - elapsed(); left > 0; left = nanos - elapsed()) {
            LockSupport.parkNanos(left);
        }
    }

    private long elapsed() {
        return System.nanoTime() - start;
    }
}
