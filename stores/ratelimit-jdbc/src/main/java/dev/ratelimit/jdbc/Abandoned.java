package dev.ratelimit.jdbc;

import dev.ratelimit.Certainty;
import dev.ratelimit.TimeSource;
import dev.ratelimit.quota.spi.Outcome;
import dev.ratelimit.store.StoreException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The abandoned statements: callers have left them without an answer, and they may still run in the database. Each
 * occupies a connection there, and the pool opens another one in its place.
 *
 * <p>A server ends the statements that have a bound ({@link StatementBound}). Some steps have none, such as a commit
 * that waits for a replica. So after a number of abandoned statements in a row, with no answer to a change in between,
 * calls fail at once. Only single calls are let through as probes, at intervals that double.
 *
 * <p>Thread-safe. An answered call costs one read of a field.
 */
final class Abandoned {

    private static final Logger LOG = LoggerFactory.getLogger(Abandoned.class);

    private static final int MAX_PAUSE_SECONDS = 32;

    private final int max;
    private final TimeSource time;
    private volatile int unanswered;
    private long nextTry;

    /** Makes calls fail once {@code max} statements in a row are unanswered. */
    Abandoned(int max, TimeSource time) {
        this.max = max;
        this.time = time;
    }

    /** Returns the same counting, which records whether its statements are answered. */
    Counting watching(Counting counting) {
        return (operations, session, progress) -> {
            try {
                List<Outcome> outcomes = counting.attempt(operations, session, progress);
                if (progress.certainty() == Certainty.INDETERMINATE) {
                    answered();
                }
                return outcomes;
            } catch (SQLException e) {
                if (SqlStates.unanswered(e)) {
                    left();
                }
                throw e;
            }
        };
    }

    /** Throws if there are too many abandoned statements to send anything now. */
    void check() {
        if (unanswered >= max && !mayTry()) {
            throw new StoreException(
                    Certainty.NOT_APPLIED,
                    "the database left the last " + unanswered
                            + " statements unanswered, which may still be at work in it;"
                            + " nothing is sent now, one call tries again at intervals of up to "
                            + MAX_PAUSE_SECONDS + " s",
                    null);
        }
    }

    private synchronized boolean mayTry() {
        long now = time.nanos();
        if (unanswered < max) {
            return true;
        }
        if (nextTry - now > 0) {
            return false;
        }
        // The other calls fail until this one is answered.
        nextTry = now + pause();
        return true;
    }

    /** Records that a change was answered. */
    void answered() {
        if (unanswered != 0) {
            reset();
        }
    }

    private synchronized void reset() {
        if (unanswered >= max) {
            LOG.info("the database answers again");
        }
        unanswered = 0;
    }

    /** Records that a caller has left, and that its statement may still run. */
    synchronized void left() {
        unanswered++;
        if (unanswered >= max) {
            nextTry = time.nanos() + pause();
        }
        if (unanswered == max) {
            LOG.warn("the database left the last {} statements unanswered; calls fail until it answers one", max);
        }
    }

    private long pause() {
        int doublings = Math.min(Integer.SIZE - 2, Math.max(0, unanswered - max));
        return TimeUnit.NANOSECONDS.convert(Duration.ofSeconds(Math.min(MAX_PAUSE_SECONDS, 1L << doublings)));
    }
}
