package dev.ratelimit.quota.jdbc;

import dev.ratelimit.TimeSource;
import dev.ratelimit.quota.Certainty;
import dev.ratelimit.quota.spi.Outcome;
import dev.ratelimit.quota.spi.QuotaStoreException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The statements that callers have left without an answer, and that may be at work in the database for nobody: each has
 * a connection there, and the pool opens another one for it.
 *
 * <p>A server ends what it is given a bound for ({@link StatementBound}). Some things have none, such as a commit that
 * waits for a replica. So after a number of them, with no answer to a change in between, calls fail at once; only one
 * in a while tries, and that while doubles.
 *
 * <p>Thread-safe. A call that is answered costs a look at one field.
 */
final class Abandoned {

    private static final Logger LOG = LoggerFactory.getLogger(Abandoned.class);

    private static final int MAX_PAUSE_SECONDS = 32;

    private final int max;
    private final TimeSource time;
    private volatile int unanswered;
    private long nextTry;

    /** Calls fail once {@code max} statements in a row are unanswered. */
    Abandoned(int max, TimeSource time) {
        this.max = max;
        this.time = time;
    }

    /** The same counting, of which it is noted whether it is answered. */
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

    /** Throws if there are too many of them to send anything now. */
    void check() {
        if (unanswered >= max && !mayTry()) {
            throw new QuotaStoreException(
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
        // The others wait for what comes of this one.
        nextTry = now + pause();
        return true;
    }

    /** Says that a change was answered. */
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

    /** Says that a caller left, and its statement may be at work. */
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
