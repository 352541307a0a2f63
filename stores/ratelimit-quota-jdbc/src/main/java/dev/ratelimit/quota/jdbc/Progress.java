package dev.ratelimit.quota.jdbc;

import dev.ratelimit.quota.Certainty;
import java.util.concurrent.atomic.AtomicReference;

/** How far a call has come: what its caller may say of it when leaving. Between two threads. */
final class Progress {

    private enum Phase {
        /** Nothing that counts has been sent. */
        OPEN,
        /** What counts has been sent, and may be done. */
        SENT,
        /** The caller has gone, and nothing more is sent. */
        LEFT
    }

    private final AtomicReference<Phase> phase = new AtomicReference<>(Phase.OPEN);

    /** Says that what counts is sent next. Throws if the caller has gone, who took it that nothing was counted. */
    void send() {
        if (!phase.compareAndSet(Phase.OPEN, Phase.SENT)) {
            throw Calls.late();
        }
    }

    /** Says that what was sent did nothing. */
    void undone() {
        phase.compareAndSet(Phase.SENT, Phase.OPEN);
    }

    /** Ends the call for its caller, and says what that may know. */
    Certainty leave() {
        return phase.getAndSet(Phase.LEFT) == Phase.SENT ? Certainty.INDETERMINATE : Certainty.NOT_APPLIED;
    }

    /** What is known while the caller waits. */
    Certainty certainty() {
        return phase.get() == Phase.SENT ? Certainty.INDETERMINATE : Certainty.NOT_APPLIED;
    }
}
