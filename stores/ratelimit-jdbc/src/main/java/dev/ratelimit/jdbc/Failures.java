package dev.ratelimit.jdbc;

import dev.ratelimit.Certainty;
import dev.ratelimit.store.StoreException;
import java.sql.SQLException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The exceptions of failed calls, with messages that name the cause and the remedy. */
final class Failures {

    /** The remedy if server-prepared statements get lost between a driver and its server. */
    static final String POOLER =
            "a pooler such as pgbouncer lends connections for one transaction each, and loses the statements that the"
                    + " driver has prepared; add prepareThreshold=0 to the address of the data source, or have pgbouncer"
                    + " keep them (max_prepared_statements, from 1.21 on)";

    private Failures() {}

    /** Returns the failure of a call with this cause. */
    static StoreException of(Throwable cause, Certainty certainty) {
        if (cause instanceof StoreException known) {
            return new StoreException(known.certainty(), String.valueOf(known.getMessage()), known);
        }
        String known = cause instanceof SQLException sql ? known(sql) : null;
        return new StoreException(
                certainty, (known == null ? "the database failed" : known) + ": " + cause.getMessage(), cause);
    }

    /** Whether a call failed because the server ended its statement before the deadline. */
    static boolean ended(StoreException failure) {
        return failure.getCause() instanceof SQLException cause && SqlStates.ended(cause);
    }

    private static @Nullable String known(SQLException e) {
        if (SqlStates.ended(e)) {
            return "the database could not do it within the deadline, and ended the statement, which did nothing;"
                    + " another transaction may hold the counter's row";
        } else if (SqlStates.readOnly(e)) {
            return "the server is read-only, as a replica is, or a master that was demoted; this connection is closed,"
                    + " so that the next one can lead to its successor";
        } else if (SqlStates.refused(e)) {
            return "the database's user may not do what the store does, which is SELECT, INSERT, UPDATE and DELETE on"
                    + " both tables";
        } else if (SqlStates.preparedStatementLost(e)) {
            return POOLER;
        }
        return null;
    }

    /** Returns the failure of a call that got no connection. */
    static StoreException noConnection(Duration waited, Throwable cause) {
        String said = cause instanceof SQLException ? ": " + cause.getMessage() : "";
        boolean unreachable =
                cause instanceof SQLException sql && (SqlStates.connection(sql) || SqlStates.credentials(sql));
        return new StoreException(
                Certainty.NOT_APPLIED,
                unreachable
                        ? "the database cannot be reached" + said
                        : "the data source gave no connection within " + waited.toMillis()
                                + " ms: its pool has none free, or the database cannot be reached. A pool has none"
                                + " free where callers hold one of its connections while they call the store (an open"
                                + " transaction, a session that is open as long as a view), or where it is smaller"
                                + " than the number of callers; give the store a pool of its own" + said,
                cause);
    }

    /** Returns the failure of a call that did not get its turn. */
    static StoreException noTurn(int maxCalls) {
        return new StoreException(
                Certainty.NOT_APPLIED,
                "the deadline passed while all " + maxCalls
                        + " calls that may be under way at once were (maxCalls); nothing was counted",
                null);
    }
}
