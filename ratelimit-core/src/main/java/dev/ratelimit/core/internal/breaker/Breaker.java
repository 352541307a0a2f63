package dev.ratelimit.core.internal.breaker;

import dev.ratelimit.ScheduledTask;
import dev.ratelimit.TimeSource;
import dev.ratelimit.core.internal.waiting.Timers;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;

/**
 * A circuit breaker stops calls of something that fails. It opens when calls fail, and closes when a probe succeeds.
 *
 * <p><b>Callers</b> call {@link #permits()} before a call, and report its result afterwards. They never probe.
 * {@link #permits()} costs one read, and so does reporting a success while nothing has failed.
 *
 * <p><b>It opens</b> after a number of failures in a row that have lasted for a time ({@link BreakerRules}). Calls that
 * were permitted before and end later change nothing.
 *
 * <p><b>Probes</b> run on the executor, one at a time, each after a pause by the timer. The pause grows. The timer
 * holds only a weak reference to the breaker: a breaker that is no longer used is garbage-collected, and its probes
 * end.
 *
 * <p><b>A probe that does not return</b> is interrupted when it has taken too long, and has failed; the next one follows, whether
 * it returns then or not. While {@value #MAX_HUNG} probes have not returned, there is no other.
 *
 * <p>Thread-safe.
 */
public final class Breaker {

    /** How many probes hold a thread at most. */
    private static final int MAX_HUNG = 3;

    private sealed interface State {}

    /** Calls are permitted. A number of calls have failed in a row, the first of them at an instant. */
    private record Closed(int failures, long firstNanos) implements State {}

    /** Calls are not permitted, since an instant. */
    private record Open(long sinceNanos) implements State {}

    /** Calls are permitted, but the listeners have not been called yet. The breaker does not open before that. */
    private record Closing() implements State {}

    private static final State SOUND = new Closed(0, 0);
    private static final State CLOSING = new Closing();

    private final BreakerRules rules;
    private final TimeSource time;
    private final Executor executor;
    private final DoubleSupplier random;
    private final LongSupplier patience;
    private final BooleanSupplier probe;
    private final AtomicInteger hung = new AtomicInteger();
    private final List<WeakReference<BreakerListener>> listeners = new CopyOnWriteArrayList<>();
    private final AtomicReference<State> state = new AtomicReference<>(SOUND);

    /**
     * Creates a breaker that permits calls.
     *
     * @param time the time source of its pauses
     * @param executor runs probes and calls of listeners
     * @param random returns numbers from 0 to below 1, which spread pauses
     * @param patience how long the next probe may take, in nanoseconds
     * @param probe returns whether calls would succeed; an exception is a failure
     */
    public Breaker(
            BreakerRules rules,
            TimeSource time,
            Executor executor,
            DoubleSupplier random,
            LongSupplier patience,
            BooleanSupplier probe) {
        this.rules = rules;
        this.time = time;
        this.executor = executor;
        this.random = random;
        this.patience = patience;
        this.probe = probe;
    }

    /** Adds a listener for changes. The breaker holds only a weak reference to it. */
    public void tell(BreakerListener listener) {
        listeners.removeIf(known -> known.get() == null);
        listeners.add(new WeakReference<>(listener));
    }

    /** Removes a listener. */
    public void forget(BreakerListener listener) {
        listeners.removeIf(known -> known.get() == null || known.get() == listener);
    }

    /** Returns whether calls are permitted. */
    public boolean permits() {
        return !(state.get() instanceof Open);
    }

    /** Reports that a call has succeeded. */
    public void succeeded() {
        State now = state.get();
        while (now != SOUND && now instanceof Closed && !state.compareAndSet(now, SOUND)) {
            now = state.get();
        }
    }

    /** Reports that a call has failed. */
    public void failed(Throwable cause) {
        while (state.get() instanceof Closed closed) {
            long now = time.nanos();
            long first = closed.failures == 0 ? now : closed.firstNanos;
            int failures = Math.min(rules.minFailures(), closed.failures + 1);
            boolean opens = failures == rules.minFailures()
                    && now - first >= rules.minFailing().toNanos();
            State next = opens ? new Open(now) : new Closed(failures, first);
            if (state.compareAndSet(closed, next)) {
                if (next instanceof Open open) {
                    run(() -> {
                        tellAll(listener -> listener.opened(cause));
                        pause(open, 0);
                    });
                }
                return;
            }
        }
    }

    private void probe(Open open, int failed) {
        int next = Math.min(failed + 1, 30);
        if (hung.get() >= MAX_HUNG) {
            pause(open, next);
            return;
        }
        ProbeUnderWay underWay = new ProbeUnderWay(Thread.currentThread());
        boolean sound = probeSucceeds(underWay, open, next);
        if (!underWay.ends()) {
            // Another has followed it.
            hung.decrementAndGet();
            return;
        }
        if (!sound) {
            pause(open, next);
            return;
        }
        Duration length = Duration.ofNanos(time.nanos() - open.sinceNanos);
        state.set(CLOSING);
        tellAll(listener -> listener.closed(length));
        state.set(SOUND);
    }

    @SuppressWarnings("CatchingUnchecked") // a probe that throws anything has failed
    private boolean probeSucceeds(ProbeUnderWay underWay, Open open, int next) {
        ScheduledTask overdue = null;
        try {
            WeakReference<Breaker> weakly = new WeakReference<>(this);
            long due = time.nanos() + patience.getAsLong();
            overdue = Timers.schedule(time, due, () -> {
                Breaker breaker = weakly.get();
                if (breaker != null) {
                    breaker.overdue(underWay, open, next);
                }
            });
            return probe.getAsBoolean();
        } catch (Throwable e) {
            return false;
        } finally {
            if (overdue != null) {
                overdue.cancel();
            }
        }
    }

    private void overdue(ProbeUnderWay underWay, Open open, int next) {
        // Before its thread hears of it, and takes that back.
        hung.incrementAndGet();
        if (underWay.givesUp()) {
            pause(open, next);
        } else {
            hung.decrementAndGet();
        }
    }

    private void pause(Open open, int failed) {
        WeakReference<Breaker> weakly = new WeakReference<>(this);
        long due = time.nanos() + rules.pauseNanos(failed, random.getAsDouble());
        Timers.schedule(time, due, () -> {
            Breaker breaker = weakly.get();
            if (breaker != null) {
                breaker.run(() -> breaker.probe(open, failed));
            }
        });
    }

    /** Runs a task on the executor, or on this thread if the executor has no thread for it. */
    @SuppressWarnings("CatchingUnchecked") // probes must go on, whatever an executor throws
    private void run(Runnable task) {
        try {
            executor.execute(task);
        } catch (Throwable e) {
            task.run();
        }
    }

    @SuppressWarnings("CatchingUnchecked") // anything a listener throws
    private void tellAll(Consumer<BreakerListener> event) {
        for (WeakReference<BreakerListener> weakly : listeners) {
            BreakerListener listener = weakly.get();
            if (listener != null) {
                try {
                    event.accept(listener);
                } catch (Throwable e) {
                    // A failing listener must not keep the breaker open.
                }
            }
        }
    }

    @Override
    public String toString() {
        return "Breaker[" + state.get() + "]";
    }
}
