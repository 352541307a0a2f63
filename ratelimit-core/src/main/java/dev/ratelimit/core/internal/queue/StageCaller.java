package dev.ratelimit.core.internal.queue;

import dev.ratelimit.Decision;
import dev.ratelimit.TimeSource;
import dev.ratelimit.VirtualTimeSource;
import dev.ratelimit.runtime.timers.Departure;
import dev.ratelimit.runtime.timers.Handover;
import dev.ratelimit.runtime.timers.Nesting;
import dev.ratelimit.runtime.timers.Timers;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * A stage that waits for its turn, without a thread.
 *
 * <p>If its caller completes the stage, exactly one party gives the permits back: the queue if the call leaves in time,
 * or else the withdrawal or the departure, whichever changes the {@link #state} first. So an executor that has yet to
 * complete the stage, or never does, keeps no permits that its caller has given up.
 */
final class StageCaller implements Caller {

    /** The call has no answer yet, or the answer has not been delivered. */
    private static final int WAITS = 0;

    /** The answer is being delivered to the stage. */
    private static final int ANSWERED = 1;

    /** The call was withdrawn, and its permits are given back. */
    private static final int WITHDRAWN = 2;

    private static final VarHandle STATE;

    static {
        try {
            STATE = MethodHandles.lookup().findVarHandle(StageCaller.class, "state", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final Waiting.Ending ending;
    private final @Nullable Executor executor;
    private final TurnAlarm alarm;
    private final Departure<Decision> stage = new Departure<>(this::withdraw);
    private volatile @Nullable Waiter waiter;

    @SuppressWarnings("unused") // accessed by the VarHandle
    private volatile int state = WAITS;

    StageCaller(TimeSource time, Waiting.Ending ending, @Nullable Executor executor) {
        this.ending = ending;
        this.executor = executor;
        this.alarm = new TurnAlarm(time, this::ring);
    }

    /** Begins to wait for the turn of a place in a queue. */
    Departure<Decision> begin(Waiter place, long expected) {
        waiter = place;
        try {
            expect(expected);
        } catch (Throwable e) {
            // No alarm will ring.
            if (place.leave()) {
                throw e;
            }
        }
        return stage;
    }

    private void ring() {
        Waiter place = waiter;
        if (place != null) {
            place.ring();
        }
    }

    @Override
    public void expect(long instant) {
        alarm.set(instant);
    }

    @Override
    public void answer(Decision decision, boolean mayRunCode) {
        alarm.turnOff();
        // The alarm of the call is the library's own. Nothing can depend on the stage before the wait has begun.
        boolean isHere = mayRunCode && (waiter == null || alarm.time() instanceof VirtualTimeSource);
        if (!isHere || !Nesting.run(() -> end(decision))) {
            try {
                Timers.call(alarm.time(), () -> end(decision));
            } catch (Throwable e) {
                // The executor has no thread or no memory: complete on this thread rather than never.
                end(decision);
            }
        }
    }

    private void end(Decision decision) {
        // A stage that its caller has completed is withdrawn, or is about to be.
        if (stage.isWithdrawn() || !STATE.compareAndSet(this, WAITS, ANSWERED)) {
            return;
        }
        ending.answered(decision);
        Runnable departure = () -> {
            if (!stage.depart(decision) && STATE.compareAndSet(this, ANSWERED, WITHDRAWN)) {
                giveBack();
            }
        };
        Handover.of(departure, executor).run();
    }

    /** Called when the caller has completed the stage. */
    private void withdraw() {
        Waiter place = waiter;
        if (place == null) {
            return;
        }
        if (place.leave()) {
            alarm.turnOff();
            ending.withdrawn();
            return;
        }
        if (STATE.compareAndSet(this, WAITS, WITHDRAWN)) {
            ending.withdrawn();
            giveBack();
        } else if (STATE.compareAndSet(this, ANSWERED, WITHDRAWN)) {
            giveBack();
        }
    }

    private void giveBack() {
        Waiter place = waiter;
        if (place != null) {
            place.giveBack();
        }
    }
}
