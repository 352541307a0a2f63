package dev.ratelimit.jdbc;

import dev.ratelimit.store.Deadline;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A session that is kept for a short time from call to call, with the deadline of its current call. One thread uses it
 * at a time, and another thread may end the call.
 */
final class HeldSession {

    private static final long IN_NO_CALL = 0;
    private static final long ENDED = 2;

    private final Session session;
    private final long until;
    /** Zero, or the time at which the call ends, made odd, or {@link #ENDED}. */
    private final AtomicLong due = new AtomicLong(IN_NO_CALL);

    HeldSession(Session session, long until) {
        this.session = session;
        this.until = until;
    }

    Session session() {
        return session;
    }

    /** The time from which the session is given back. */
    long until() {
        return until;
    }

    /** Begins a call, which may be ended at the given time. */
    void begin(Deadline deadline, long nanos) {
        session.start(deadline);
        due.set(nanos | 1);
    }

    /** Records that the call has returned. Returns false if it was ended. */
    boolean finish() {
        return due.getAndSet(IN_NO_CALL) != ENDED;
    }

    /** Ends the call if its time has come; returns how many nanoseconds are left until then. */
    long endIfLate(long now) {
        long seen = due.get();
        if (seen == IN_NO_CALL || seen == ENDED) {
            return Watch.FAR;
        }
        if (seen - now > 0) {
            return seen - now;
        }
        // Must not end a later call.
        if (due.compareAndSet(seen, ENDED)) {
            session.abort();
        }
        return Watch.FAR;
    }
}
