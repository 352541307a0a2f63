package dev.ratelimit.quota.service.internal;

import dev.ratelimit.Certainty;
import dev.ratelimit.quota.QuotaUnavailableException;
import dev.ratelimit.store.Deadline;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A request that waits in a lane: for its turn to call the store, or for another request that calls the store for it.
 *
 * <p>An interrupt does not end the wait, because the outcome would be lost. The thread finds the interrupt set
 * afterwards.
 */
final class LaneRequest {

    private sealed interface State {}

    private enum Stage implements State {
        WAITING,
        LEADING,
        UNDER_WAY,
        GONE
    }

    private record Arrived(Answer answer) implements State {}

    private final Request request;
    private final Thread thread = Thread.currentThread();
    private final AtomicReference<State> state = new AtomicReference<>(Stage.WAITING);

    LaneRequest(Request request) {
        this.request = request;
    }

    Request request() {
        return request;
    }

    /** Lets another request call the store for this one. Returns false if this request has left. */
    boolean boards() {
        return state.compareAndSet(Stage.WAITING, Stage.UNDER_WAY);
    }

    /** Gives this request the turn. Returns false if it has left. */
    boolean leads() {
        return goesOn(Stage.WAITING, Stage.LEADING);
    }

    /** Delivers the answer and ends the wait. */
    void arrives(Answer answer) {
        goesOn(Stage.UNDER_WAY, new Arrived(answer));
    }

    private boolean goesOn(State from, State to) {
        boolean went = state.compareAndSet(from, to);
        if (went) {
            LockSupport.unpark(thread);
        }
        return went;
    }

    /** Waits for the answer. Returns null if it is this request's turn to call the store. */
    @Nullable
    Answer await(Deadline deadline) {
        boolean interrupted = false;
        try {
            while (true) {
                State now = Objects.requireNonNull(state.get());
                if (now instanceof Arrived arrived) {
                    return arrived.answer();
                }
                if (now == Stage.LEADING) {
                    return null;
                }
                long left = deadline.remainingNanos();
                if (left > 0) {
                    LockSupport.parkNanos(this, left);
                    interrupted |= Thread.interrupted();
                } else if (state.compareAndSet(now, Stage.GONE)) {
                    return tooLate(now);
                }
            }
        } finally {
            if (interrupted) {
                thread.interrupt();
            }
        }
    }

    private static Answer tooLate(State left) {
        return new Answer.Failed(
                left == Stage.WAITING
                        ? new QuotaUnavailableException(
                                Certainty.NOT_APPLIED,
                                "the deadline passed while other requests for the same key were under way",
                                null)
                        : new QuotaUnavailableException(
                                Certainty.INDETERMINATE, "the deadline passed before the quota store answered", null));
    }
}
