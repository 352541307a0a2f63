package dev.ratelimit.redis;

import java.util.ArrayList;
import java.util.List;

/** Threads, each of which does one thing again and again until they are stopped. */
final class Repeating {

    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean running = true;

    /** Adds a thread that will do this. */
    void add(Runnable work) {
        threads.add(new Thread(() -> {
            while (running) {
                work.run();
            }
        }));
    }

    void start() {
        threads.forEach(Thread::start);
    }

    void stop() throws InterruptedException {
        running = false;
        for (Thread thread : threads) {
            thread.join();
        }
    }
}
