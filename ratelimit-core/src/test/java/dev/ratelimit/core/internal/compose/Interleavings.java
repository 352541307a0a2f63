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
 * <p>Only one thread runs at a time. Before each of its steps it calls {@link #step()}. There it chooses the thread that
 * runs next; if that is another thread, it wakes that thread and waits to be chosen. Each run follows another sequence of
 * choices, until none is left.
 */
final class Interleavings {

    /** Tasks that are run at the same time, on state of their own. */
    interface Scenario {
        List<Runnable> tasks();

        /** Looks at what came of one order. */
        void check();
    }

    /** One task of a run: the thread that runs it goes on only while it is chosen. */
    private final class Turn {
        final Semaphore chosen = new Semaphore(0);
        boolean begun;

        @Nullable
        Throwable failure;

        void run(Runnable task) {
            chosen.acquireUninterruptibly();
            TURN.set(this);
            try {
                task.run();
            } catch (RuntimeException | Error e) {
                failure = e;
            } finally {
                TURN.remove();
                waiting.remove(this);
                // A failure ends the run, and all runs: the threads that still wait are daemons, and stay where they
                // are.
                if (failure != null || waiting.isEmpty()) {
                    ended.release();
                } else {
                    choose().chosen.release();
                }
            }
        }

        void step() {
            // A thread that has not begun was chosen for its first step.
            if (begun) {
                Turn next = choose();
                if (next != this) {
                    next.chosen.release();
                    chosen.acquireUninterruptibly();
                }
            }
            begun = true;
        }
    }

    private static final ThreadLocal<Turn> TURN = new ThreadLocal<>();

    /** The choices of the run, and from how many it was chosen each time. */
    private final List<Integer> choices = new ArrayList<>();

    private final List<Integer> widths = new ArrayList<>();

    /** How many choices the present run has made. */
    private int depth;

    /** The tasks of the present run that are not done; only the thread that runs reads and changes it. */
    private final List<Turn> waiting = new ArrayList<>();

    private final Semaphore ended = new Semaphore(0);

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
        depth = 0;
        List<Turn> turns = tasks.stream().map(task -> new Turn()).toList();
        waiting.addAll(turns);
        for (int i = 0; i < turns.size(); i++) {
            Turn turn = turns.get(i);
            Runnable task = tasks.get(i);
            threads.execute(() -> turn.run(task));
        }
        choose().chosen.release();
        ended.acquireUninterruptibly();
        for (Turn turn : turns) {
            if (turn.failure != null) {
                throw new AssertionError("a task failed", turn.failure);
            }
        }
    }

    private Turn choose() {
        if (depth == choices.size()) {
            choices.add(0);
            widths.add(waiting.size());
        }
        return waiting.get(choices.get(depth++));
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
