package dev.ratelimit.examples.lab;

import dev.ratelimit.examples.gateway.Outcome;
import dev.ratelimit.examples.gateway.TieredAdmission;
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

    /** Enough for those that answer at once, and as many more for those that are let wait. */
    private static final int CONNECTIONS = 48 + TieredAdmission.MAX_WAITERS;

    private final InetSocketAddress gateway;
    private final Schedule schedule;
    private final AtomicInteger next = new AtomicInteger();
    private final CountDownLatch running = new CountDownLatch(CONNECTIONS);
    private final Measurements measured;
    private long start;

    LoadDriver(InetSocketAddress gateway, Schedule schedule) {
        this.gateway = gateway;
        this.schedule = schedule;
        measured = new Measurements(schedule);
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
        return measured;
    }

    private void drive() {
        try (Connection connection = new Connection(gateway)) {
            List<Schedule.Arrival> arrivals = schedule.arrivals();
            for (int i = next.getAndIncrement(); i < arrivals.size(); i = next.getAndIncrement()) {
                Schedule.Arrival arrival = arrivals.get(i);
                waitUntil(arrival.nanos());
                long sent = elapsed();
                send(connection, arrival, sent);
            }
        } catch (IOException e) {
            // Only closing failed; every answer is counted already.
        } finally {
            running.countDown();
        }
    }

    private void send(Connection connection, Schedule.Arrival arrival, long sent) {
        Source source = schedule.source(arrival);
        Outcome outcome = Outcome.ERROR;
        long waited = 0;
        try {
            Connection.Answer answer =
                    source.work().send(connection, source.identity().fields(arrival.serial()), arrival.serial());
            outcome = answer.outcome();
            waited = answer.waitedNanos();
        } catch (IOException e) {
            // Nothing came back that could be said anything of but that.
        }
        measured.add(arrival, outcome, sent, elapsed(), waited);
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
