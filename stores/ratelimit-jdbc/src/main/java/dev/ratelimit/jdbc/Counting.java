package dev.ratelimit.jdbc;

import dev.ratelimit.quota.spi.Operation;
import dev.ratelimit.quota.spi.Outcome;
import dev.ratelimit.store.Deadline;
import java.sql.SQLException;
import java.util.List;

/** A way to count operations in a database. */
interface Counting {

    /**
     * Tries once; throws {@link LostRace} or an exception that {@link SqlStates#collided} knows if it can be tried
     * again.
     */
    List<Outcome> attempt(List<Operation> operations, Session session, Progress progress) throws SQLException;

    /** Counts in a session of its own. */
    static List<Outcome> count(
            Counting counting,
            List<Operation> operations,
            Connections connections,
            Deadline deadline,
            Progress progress)
            throws SQLException {
        try (Session session = progress.takeConnection(() -> Session.open(connections, deadline))) {
            return count(counting, operations, session, deadline, progress);
        }
    }

    /** Repeats attempts until one succeeds, as long as certainly nothing was counted. */
    static List<Outcome> count(
            Counting counting, List<Operation> operations, Session session, Deadline deadline, Progress progress)
            throws SQLException {
        for (int attempt = 0; ; attempt++) {
            try {
                return counting.attempt(operations, session, progress);
            } catch (LostRace e) {
                session.rollback();
                progress.undone();
            } catch (SQLException e) {
                again(e, session, progress);
            }
            Pause.before(attempt, deadline);
        }
    }

    /** Prepares the session for another attempt, or throws the failure. */
    private static void again(SQLException e, Session session, Progress progress) throws SQLException {
        if (SqlStates.undone(e)) {
            progress.undone();
        }
        session.failed(e);
        if (!SqlStates.undone(e)) {
            throw e;
        }
        try {
            session.rollback();
        } catch (SQLException | RuntimeException failure) {
            session.broken();
            e.addSuppressed(failure);
            throw e;
        }
        if (!SqlStates.collided(e)) {
            throw e;
        }
    }

    /** Thrown if another transaction came first, and nothing was counted. */
    final class LostRace extends RuntimeException {
        private static final long serialVersionUID = 1L;

        LostRace() {
            super("another transaction came first", null, false, false);
        }
    }
}
