package dev.ratelimit.core.internal.concurrency;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Threads that go in and out of a few keys, with and without waiting, while another one moves the time on and
 * interrupts them.
 *
 * <p>How many are inside is counted inside, by the threads themselves.
 */
@SuppressWarnings("ThreadPriorityCheck") // yielding makes the threads meet, also on one processor
final class Race {

    static final int KEYS = 2;
    static final int LIMIT = 2;

    private static final int MAX_WAIT = 2_000;
    private static final int MAX_STEP = 400;
    private static final int STEPS_BETWEEN_INTERRUPTS = 20;

    private final Door door;
    private final ManualWakeups wakeups;
    private final AtomicIntegerArray inside = new AtomicIntegerArray(KEYS);
    private final AtomicInteger mostInside = new AtomicInteger();
    private final AtomicInteger mostInUse = new AtomicInteger();
    private final AtomicInteger leastInUse = new AtomicInteger();
    private final AtomicLong enteredAtOnce = new AtomicLong();
    private final AtomicLong enteredAfterRefusal = new AtomicLong();
    private final AtomicLong timedOut = new AtomicLong();
    private final AtomicLong interrupted = new AtomicLong();
    private volatile @Nullable Throwable failure;

    /**
     * What came of it.
     *
     * @param mostInside the most threads that were in one key at once
     * @param mostInUse the most slots of a key that were said to be in use
     * @param leastInUse the fewest, which is below zero if something is very wrong
     * @param left entries, slots, waiters and wake-ups that remain
     */
    record Result(
            int mostInside,
            int mostInUse,
            int leastInUse,
            int left,
            long enteredAtOnce,
            long enteredAfterRefusal,
            long timedOut,
            long interrupted) {}

    Race(Door door, ManualWakeups wakeups) {
        this.door = door;
        this.wakeups = wakeups;
    }

    Result run(ThreadFactory factory, int threads, int rounds) throws Exception {
        List<Thread> workers = new ArrayList<>();
        for (int t = 0; t < threads; t++) {
            Random random = new Random(t);
            workers.add(factory.newThread(() -> work(random, rounds)));
        }
        workers.forEach(Thread::start);
        Random random = new Random(-1);
        long steps = 0;
        while (workers.stream().anyMatch(Thread::isAlive)) {
            wakeups.advanceNanos(random.nextInt(MAX_STEP));
            if (++steps % STEPS_BETWEEN_INTERRUPTS == 0) {
                workers.get(random.nextInt(threads)).interrupt();
            }
            observe();
            Thread.yield();
        }
        if (failure != null) {
            throw new AssertionError("a worker failed", failure);
        }
        // What is still open by mistake, and nobody closes, would go with the lease timeout, if there is one.
        wakeups.advanceNanos(MAX_WAIT);
        int left = door.keys() + wakeups.pending();
        for (int key = 0; key < KEYS; key++) {
            left += Math.abs(door.inUse(key)) + door.waiting(key);
        }
        return new Result(
                mostInside.get(),
                mostInUse.get(),
                leastInUse.get(),
                left,
                enteredAtOnce.get(),
                enteredAfterRefusal.get(),
                timedOut.get(),
                interrupted.get());
    }

    private void work(Random random, int rounds) {
        try {
            for (int round = 0; round < rounds; round++) {
                try {
                    enterAndLeave(random);
                } catch (InterruptedException e) {
                    interrupted.incrementAndGet();
                }
            }
        } catch (Throwable e) {
            failure = e;
        }
    }

    private void enterAndLeave(Random random) throws InterruptedException {
        int key = random.nextInt(KEYS);
        Runnable closing = door.enter(key, LIMIT, 0);
        if (closing != null) {
            enteredAtOnce.incrementAndGet();
        } else if (random.nextInt(4) > 0) {
            closing = door.enter(key, LIMIT, 1 + random.nextInt(MAX_WAIT));
            (closing == null ? timedOut : enteredAfterRefusal).incrementAndGet();
        }
        if (closing != null) {
            mostInside.accumulateAndGet(inside.incrementAndGet(key), Math::max);
            if (random.nextInt(4) > 0) {
                Thread.yield();
            }
            inside.decrementAndGet(key);
            closing.run();
            if (random.nextInt(8) == 0) {
                closing.run();
            }
        }
    }

    private void observe() {
        for (int key = 0; key < KEYS; key++) {
            int inUse = door.inUse(key);
            mostInUse.accumulateAndGet(inUse, Math::max);
            leastInUse.accumulateAndGet(inUse, Math::min);
        }
    }
}
