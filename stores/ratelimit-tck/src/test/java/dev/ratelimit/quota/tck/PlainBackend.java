package dev.ratelimit.quota.tck;

import dev.ratelimit.quota.spi.OperationId;
import dev.ratelimit.quota.spi.Outcome.Counted;
import dev.ratelimit.store.Deadline;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;

/** The database of {@link PlainStore}s: outlives them, and can be cut off. */
final class PlainBackend {

    /** A row. Read and written under the lock of the backend, but for its times. */
    static final class State {
        final Map<Object, Counted> answers = new ConcurrentHashMap<>();
        final Instant started;
        long used;
        final Instant expires;
        /** For stores that cling to limits. */
        long limit = -1;

        State(Instant started, Instant expires) {
            this.started = started;
            this.expires = expires;
        }
    }

    final MovableClock clock = new MovableClock();
    final Map<String, State> states = new ConcurrentHashMap<>();
    /** For stores that keep answers apart from counters. */
    final Map<OperationId, Counted> answers = new ConcurrentHashMap<>();

    volatile boolean cut;
    volatile String touchedLast = "";

    /** Waits for an answer, at most until the deadline; whether there was one. */
    boolean answers(Deadline deadline) {
        while (cut) {
            if (deadline.hasPassed()) {
                return false;
            }
            LockSupport.parkNanos(1_000_000);
        }
        return true;
    }
}
