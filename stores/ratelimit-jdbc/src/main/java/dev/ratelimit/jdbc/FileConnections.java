package dev.ratelimit.jdbc;

import dev.ratelimit.store.Deadline;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.ConcurrentLinkedDeque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connections to an H2 database in a file, kept open for the next call.
 *
 * <p>A commit is in the file before the caller gets its answer, so a killed process loses nothing. The commit is also
 * flushed to the disk, so a failed machine loses nothing. Concurrent commits share a flush.
 *
 * <p>One transaction at a time changes the file ({@link FileTurn}). This costs little: a transaction takes
 * microseconds. Only the flush takes long, and it is shared.
 */
final class FileConnections implements Connections {

    private static final Logger LOG = LoggerFactory.getLogger(FileConnections.class);

    private static final String NO_DRIVER = "08001";
    private static final String NOT_FLUSHED = "58030";

    private final String url;
    private final ConcurrentLinkedDeque<Connection> idle = new ConcurrentLinkedDeque<>();
    private final SharedFlush flush = new SharedFlush();
    private final FileTurn turn;
    private volatile boolean closed;

    FileConnections(Path file) {
        String path = file.toAbsolutePath().toString();
        if (path.indexOf(';') >= 0) {
            throw new IllegalArgumentException("file must not have a ; in its path, but was " + path);
        }
        turn = FileTurn.of(file);
        url = "jdbc:h2:file:" + path + ";WRITE_DELAY=0;LOCK_TIMEOUT=1000;DB_CLOSE_ON_EXIT=FALSE;TRACE_LEVEL_FILE=0";
    }

    @Override
    public Connection take() throws SQLException {
        Connection connection = idle.pollFirst();
        return connection != null ? connection : open();
    }

    private Connection open() throws SQLException {
        try {
            // A driver registers itself when it is loaded; DriverManager loads those that the first thread to ask can
            // see.
            Class.forName("org.h2.Driver", true, FileConnections.class.getClassLoader());
        } catch (ClassNotFoundException e) {
            // It may be elsewhere, and be registered all the same.
        }
        try {
            return DriverManager.getConnection(url, "sa", "");
        } catch (SQLException e) {
            if (NO_DRIVER.equals(e.getSQLState())) {
                throw SetupCheck.failed(
                        "JdbcQuotaStore.inFile needs H2: add the dependency com.h2database:h2, 2.2 or later", e);
            }
            throw e;
        }
    }

    @Override
    public void begin(Connection connection, Deadline deadline) throws SQLException {
        if (!turn.take(connection, deadline)) {
            throw Calls.late();
        }
    }

    @Override
    public void commit(Connection connection) throws SQLException {
        connection.commit();
        turn.leave(connection);
        flush.now(() -> {
            turn.take(connection);
            try (Statement statement = connection.createStatement()) {
                statement.execute("CHECKPOINT SYNC");
            } catch (SQLException e) {
                // The transaction is committed in any case, so it must not count as undone.
                throw new SQLException("what was counted could not be flushed to the disk", NOT_FLUSHED, e);
            } finally {
                turn.leave(connection);
            }
        });
    }

    @Override
    public void giveBack(Connection connection, boolean sound) throws SQLException {
        try {
            keepOrClose(connection, sound);
        } finally {
            // Only now: a transaction that failed is rolled back by the end of its connection.
            turn.leave(connection);
        }
    }

    private void keepOrClose(Connection connection, boolean sound) throws SQLException {
        if (sound && !closed) {
            idle.addFirst(connection);
            if (!closed || !idle.remove(connection)) {
                return;
            }
        }
        connection.close();
    }

    /** Closes all; the last one closes the file. */
    @Override
    public void close() {
        closed = true;
        for (Connection connection = idle.poll(); connection != null; connection = idle.poll()) {
            try {
                connection.close();
            } catch (SQLException e) {
                LOG.warn("a connection to the file could not be closed", e);
            }
        }
    }
}
