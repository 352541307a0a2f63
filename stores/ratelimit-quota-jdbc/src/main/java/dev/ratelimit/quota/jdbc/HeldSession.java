package dev.ratelimit.quota.jdbc;

import dev.ratelimit.quota.spi.Deadline;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A session that stays in hand from call to call, for a moment, and the deadline of the call that it is in. One thread uses it at a
 * time, and another one may end that.
 */
final class HeldSession {

    private static final long IN_NO_CALL = 0;
    private static final long ENDED = 2;

    private final Session session;
    private final long until;
    /** Zero, or the reading of the time at which the call ends, made odd, or {@link #ENDED}. */
    private final AtomicLong due = new AtomicLong(IN_NO_CALL);

    HeldSession(Session session, long until) {
        this.session = session;
        this.until = until;
    }

    Session session() {
        return session;
    }

    /** The reading of the time from which on it is given back. */
    long until() {
        return until;
    }

    /** Begins a call, which may be ended at the time named. */
    void begin(Deadline deadline, long nanos) {
        session.start(deadline);
        due.set(nanos | 1);
    }

    /** Says that the call is over. Returns false if it was ended. */
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
        // Not a call that has begun since.
        if (due.compareAndSet(seen, ENDED)) {
            session.abort();
        }
        return Watch.FAR;
    }
}
