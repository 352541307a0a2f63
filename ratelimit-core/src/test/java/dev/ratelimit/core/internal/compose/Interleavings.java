package dev.ratelimit.core.internal.compose;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * All orders in which the steps of a few threads can follow each other, one after the other.
 *
 * <p>Only one thread runs at a time. Before each of its steps it calls {@link #step()}, and waits there to be chosen. Each
 * run follows another sequence of choices, until none is left.
 */
final class Interleavings {

    /** Tasks that are run at the same time, on state of their own. */
    interface Scenario {
        List<Runnable> tasks();

        /** Looks at what came of one order. */
        void check();
    }

    /** What a thread waits for, and what it is waited for with. */
    private static final class Turn {
        final Semaphore mayGoOn = new Semaphore(0);
        final Semaphore stopped;
        boolean begun;
        boolean done;

        @Nullable
        Throwable failure;

        Turn(Semaphore stopped) {
            this.stopped = stopped;
        }

        void run(Runnable task) {
            mayGoOn.acquireUninterruptibly();
            TURN.set(this);
            try {
                task.run();
            } catch (RuntimeException | Error e) {
                failure = e;
            } finally {
                TURN.remove();
                done = true;
                stopped.release();
            }
        }

        void step() {
            // Whoever has not begun was chosen for its first step.
            if (begun) {
                stopped.release();
                mayGoOn.acquireUninterruptibly();
            }
            begun = true;
        }
    }

    private static final ThreadLocal<Turn> TURN = new ThreadLocal<>();

    /** The choices of the run, and from how many it was chosen each time. */
    private final List<Integer> choices = new ArrayList<>();

    private final List<Integer> widths = new ArrayList<>();

    private Interleavings() {}

    /** Lets others go before this thread's next step; nothing to threads that are not run by this. */
    static void step() {
        Turn turn = TURN.get();
        if (turn != null) {
            turn.step();
        }
    }

    /** Runs scenarios in all orders; returns how many there are. */
    static int runAll(Supplier<? extends Scenario> scenarios) {
        Interleavings orders = new Interleavings();
        ExecutorService threads = Executors.newCachedThreadPool(task -> {
            Thread thread = new Thread(task);
            thread.setDaemon(true);
            return thread;
        });
        try {
            int count = 0;
            do {
                Scenario scenario = scenarios.get();
                orders.run(scenario.tasks(), threads);
                scenario.check();
                count++;
            } while (orders.advance());
            return count;
        } finally {
            threads.shutdownNow();
        }
    }

    private void run(List<Runnable> tasks, ExecutorService threads) {
        Semaphore stopped = new Semaphore(0);
        List<Turn> waiting = new ArrayList<>();
        for (Runnable task : tasks) {
            Turn turn = new Turn(stopped);
            waiting.add(turn);
            threads.execute(() -> turn.run(task));
        }
        for (int depth = 0; !waiting.isEmpty(); depth++) {
            if (depth == choices.size()) {
                choices.add(0);
                widths.add(waiting.size());
            }
            Turn chosen = waiting.get(choices.get(depth));
            chosen.mayGoOn.release();
            stopped.acquireUninterruptibly();
            if (chosen.failure != null) {
                throw new AssertionError("a task failed", chosen.failure);
            }
            if (chosen.done) {
                waiting.remove(chosen);
            }
        }
    }

    /** Makes the choices of the next run; returns whether there is one. */
    private boolean advance() {
        for (int last = choices.size() - 1; last >= 0; last--) {
            if (choices.get(last) + 1 < widths.get(last)) {
                choices.set(last, choices.get(last) + 1);
                choices.subList(last + 1, choices.size()).clear();
                widths.subList(last + 1, widths.size()).clear();
                return true;
            }
        }
        return false;
    }
}
