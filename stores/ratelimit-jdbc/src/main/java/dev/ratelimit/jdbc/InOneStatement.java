package dev.ratelimit.jdbc;

import dev.ratelimit.quota.spi.Operation;
import dev.ratelimit.quota.spi.Operation.Acquire;
import dev.ratelimit.quota.spi.OperationId;
import dev.ratelimit.quota.spi.Outcome;
import dev.ratelimit.quota.spi.Outcome.Counted;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Counts a single acquire by one statement of PostgreSQL, which is its own transaction: one round trip, and one flush
 * of the log if it is granted. A denial writes nothing. All else is counted {@link InTransaction}.
 *
 * <p>All parts of the statement see the tables as they were when it began. But a part that locks or inserts a row waits
 * for the transaction that holds the row, and then sees the row as that transaction left it (manual of PostgreSQL,
 * sections 7.8.4 and 13.2.1):
 *
 * <ul>
 *   <li>{@code room} locks the row if there is room in it, looking again after having waited; {@code taken} adds to it.
 *   <li>{@code opened} inserts the row if there was none; on a conflict nothing.
 *   <li>{@code kept} remembers the operation. If the same operation is in progress elsewhere, the primary key makes the
 *   whole statement fail, and the next attempt finds the operation remembered.
 * </ul>
 *
 * <p>If nothing was granted although the row had room at the start, another transaction came in between, and the
 * statement is sent again. So a denial always shows a counter without room.
 *
 * <p><b>Where there is room.</b> A plain {@code UPDATE} counts the same amount in three quarters of the time, but it
 * does not tell a missing row from a row without room. So it is tried first for counters with a
 * {@linkplain LatelyGranted recent grant}, if the acquire is all or nothing and has no id. If it changes no row, the
 * statement above follows.
 */
final class InOneStatement implements Counting {

    private static final int SHOWN = 2;

    private final Counting others;
    private final Namespace namespace;
    private final String plain;
    private final String withId;
    private final String ifRoom;
    private final LatelyGranted lately = new LatelyGranted();

    InOneStatement(Sql sql, Namespace namespace, Counting others) {
        this.namespace = namespace;
        this.others = others;
        this.ifRoom = StatementBound.PARAMETER + "UPDATE " + sql.table()
                + " SET used = used + ?, expires = GREATEST(expires, ?) WHERE counter = ? AND used <= ? RETURNING used";
        this.plain = statement(sql.table(), "", "");
        this.withId = statement(sql.table(), """
            first AS (
                SELECT granted, used FROM %1$s WHERE counter = ? AND holder = ? AND sequence = ?
            ),
            """.formatted(sql.operations()), """
                kept AS (
                    INSERT INTO %1$s (counter, holder, sequence, granted, used)
                    SELECT ?, ?, ?, granted, used FROM (SELECT * FROM taken UNION ALL SELECT * FROM opened) AS done
                ),
                """.formatted(sql.operations()));
    }

    private static String statement(String table, String first, String kept) {
        boolean remembers = !first.isEmpty();
        return StatementBound.PARAMETER
                + """
                WITH %2$s shown AS (
                    SELECT used FROM %1$s WHERE counter = ?
                ),
                room AS (
                    SELECT counter, used FROM %1$s WHERE counter = ? AND used <= ? %4$s FOR UPDATE
                ),
                taken AS (
                    UPDATE %1$s AS q SET used = room.used + LEAST(?, ? - room.used), expires = GREATEST(q.expires, ?)
                    FROM room WHERE q.counter = room.counter
                    RETURNING LEAST(?, ? - room.used) AS granted, q.used
                ),
                opened AS (
                    INSERT INTO %1$s (counter, used, expires)
                    SELECT ?, ?, ? WHERE ? AND NOT EXISTS (SELECT 1 FROM shown) %4$s
                    ON CONFLICT (counter) DO NOTHING
                    RETURNING used AS granted, used
                ),
                %3$s answer AS (
                    %5$s
                    SELECT 1 AS kind, granted, used FROM taken
                    UNION ALL SELECT 1, granted, used FROM opened
                    UNION ALL SELECT 2, 0, used FROM shown
                )
                SELECT kind, granted, used FROM answer ORDER BY kind LIMIT 1\
                """.formatted(
                                table,
                                first,
                                kept,
                                remembers ? "AND NOT EXISTS (SELECT 1 FROM first)" : "",
                                remembers ? "SELECT 0 AS kind, granted, used FROM first UNION ALL" : "");
    }

    @Override
    public List<Outcome> attempt(List<Operation> operations, Session session, Progress progress) throws SQLException {
        return operations.size() == 1 && operations.get(0) instanceof Acquire acquire
                ? List.of(acquire(acquire, session, progress))
                : others.attempt(operations, session, progress);
    }

    private Counted acquire(Acquire acquire, Session session, Progress progress) throws SQLException {
        session.autoCommit();
        String counter = acquire.counter().name();
        boolean allOrNothing = acquire.id() == null && acquire.min() == acquire.want();
        Counted counted = allOrNothing && lately.guess(counter) ? ifRoom(acquire, session, progress) : null;
        if (counted == null) {
            counted = inAnyCase(acquire, session, progress);
            lately.note(counter, counted.granted() > 0);
        }
        return counted;
    }

    /** Counts the acquire if there is a row with room; otherwise returns null. */
    private @Nullable Counted ifRoom(Acquire acquire, Session session, Progress progress) throws SQLException {
        try (PreparedStatement statement = session.prepare(ifRoom)) {
            statement.setString(1, String.valueOf(session.serverMillis()));
            statement.setLong(2, acquire.want());
            statement.setLong(3, Expiry.millis(acquire.counter()));
            statement.setString(4, namespace.stored(acquire.counter().name()));
            statement.setLong(5, acquire.limit() - acquire.want());
            progress.send();
            try (ResultSet rows = StatementBound.SET_CONFIG.rows(statement)) {
                if (rows.next()) {
                    return new Counted(acquire.want(), rows.getLong(1));
                }
            }
        }
        progress.undone();
        return null;
    }

    private Counted inAnyCase(Acquire acquire, Session session, Progress progress) throws SQLException {
        try (PreparedStatement statement = session.prepare(acquire.id() == null ? plain : withId)) {
            statement.setString(1, String.valueOf(session.serverMillis()));
            fill(statement, acquire);
            progress.send();
            try (ResultSet rows = StatementBound.SET_CONFIG.rows(statement)) {
                Counted counted = rows.next() ? counted(acquire, rows) : denied(acquire, 0);
                if (counted == null) {
                    throw new LostRace();
                }
                if (counted.granted() == 0) {
                    progress.undone();
                }
                return counted;
            }
        }
    }

    private static @Nullable Counted counted(Acquire acquire, ResultSet row) throws SQLException {
        return row.getInt(1) == SHOWN ? denied(acquire, row.getLong(3)) : new Counted(row.getLong(2), row.getLong(3));
    }

    /** Returns a denial; null if there would have been room. */
    private static @Nullable Counted denied(Acquire acquire, long used) {
        return acquire.granted(used) == 0 ? new Counted(0, used) : null;
    }

    private void fill(PreparedStatement statement, Acquire acquire) throws SQLException {
        String counter = namespace.stored(acquire.counter().name());
        long expires = Expiry.millis(acquire.counter());
        OperationId id = acquire.id();
        int i = 1;
        if (id != null) {
            i = set(statement, i, counter, id);
        }
        statement.setString(++i, counter);
        statement.setString(++i, counter);
        statement.setLong(++i, acquire.limit() - acquire.min());
        statement.setLong(++i, acquire.want());
        statement.setLong(++i, acquire.limit());
        statement.setLong(++i, expires);
        statement.setLong(++i, acquire.want());
        statement.setLong(++i, acquire.limit());
        statement.setString(++i, counter);
        statement.setLong(++i, Math.min(acquire.want(), acquire.limit()));
        statement.setLong(++i, expires);
        statement.setBoolean(++i, acquire.limit() >= acquire.min());
        if (id != null) {
            set(statement, i, counter, id);
        }
    }

    private static int set(PreparedStatement statement, int before, String counter, OperationId id)
            throws SQLException {
        statement.setString(before + 1, counter);
        statement.setString(before + 2, id.holder().toString());
        statement.setLong(before + 3, id.sequence());
        return before + 3;
    }
}
