package dev.ratelimit.core.internal.policy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Phaser;
import java.util.function.BiConsumer;

/** Threads of a test, of which one can see whether they wait. */
final class Crew {

    /** A thread and what comes of it. */
    record Member<T>(Thread thread, FutureTask<T> result) {

        T join() throws Exception {
            return result.get();
        }
    }

    private Crew() {}

    static <T> Member<T> start(Callable<T> work) {
        FutureTask<T> result = new FutureTask<>(work);
        Thread thread = new Thread(result, "crew");
        thread.setDaemon(true);
        thread.start();
        return new Member<>(thread, result);
    }

    /** Returns once all of them wait for something. */
    static void awaitParked(List<? extends Member<?>> members) {
        for (Member<?> member : members) {
            while (member.thread().getState() != Thread.State.WAITING) {
                if (member.result().isDone()) {
                    throw new AssertionError("a thread ended that was to wait");
                }
                Thread.onSpinWait();
            }
        }
    }

    /** Lets another thread come between, on a machine with only one processor, too. */
    @SuppressWarnings("ThreadPriorityCheck")
    static void stepAside() {
        Thread.yield();
    }

    /** Runs all threads through the rounds, each of which they begin at once: the work is given round and thread. */
    static void race(int threads, int rounds, BiConsumer<Integer, Integer> work) throws Exception {
        Phaser phaser = new Phaser(threads);
        List<Member<Void>> members = new ArrayList<>();
        for (int t = 0; t < threads; t++) {
            int thread = t;
            members.add(start(() -> {
                try {
                    for (int round = 0; round < rounds; round++) {
                        phaser.arriveAndAwaitAdvance();
                        work.accept(round, thread);
                    }
                } finally {
                    phaser.arriveAndDeregister();
                }
                return null;
            }));
        }
        for (Member<Void> member : members) {
            member.join();
        }
    }
}
