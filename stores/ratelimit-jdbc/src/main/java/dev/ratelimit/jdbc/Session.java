package dev.ratelimit.jdbc;

import dev.ratelimit.internal.OwnThreads;
import dev.ratelimit.store.Deadline;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.Statement;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A session is a connection while the store has it. The store gives it back unchanged, or closes it after a failure.
 * For one thread at a time.
 */
final class Session implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Session.class);

    /** The maximum time of a rollback for which no caller waits. */
    private static final int CLEARING_MILLIS = 1000;

    private static final int MAX_MILLIS = 1 << 29;

    private final Connections connections;
    private final Connection connection;
    private Deadline deadline;
    private final boolean autoCommit;
    private int isolation = Connection.TRANSACTION_NONE;
    private int networkTimeout;
    private int bound = -1;
    private boolean boundable = true;
    private boolean open;
    private boolean sound;

    private Session(Connections connections, Connection connection, Deadline deadline) throws SQLException {
        this.connections = connections;
        this.connection = connection;
        this.deadline = deadline;
        this.autoCommit = connection.getAutoCommit();
        try {
            this.networkTimeout = connection.getNetworkTimeout();
        } catch (SQLFeatureNotSupportedException e) {
            boundable = false;
        }
        this.sound = true;
    }

    /** Takes a connection. */
    static Session open(Connections connections, Deadline deadline) throws SQLException {
        Connection connection = connections.take();
        try {
            return new Session(connections, connection, deadline);
        } catch (SQLException | RuntimeException e) {
            connections.giveBack(connection, false);
            throw e;
        }
    }

    /** Begins another call in it. */
    void start(Deadline until) {
        deadline = until;
    }

    /** Returns the connection, for work that neither counts nor has a deadline. */
    Connection connection() throws SQLException {
        bound();
        return connection;
    }

    /** Prepares a statement, which may take until the deadline. */
    PreparedStatement prepare(String sql) throws SQLException {
        bound();
        return connection.prepareStatement(sql);
    }

    /**
     * Prepares a query that the server ends by itself before the deadline. The bound returns its
     * {@link StatementBound#rows rows}.
     */
    PreparedStatement prepareQuery(StatementBound by, String select) throws SQLException {
        bound();
        return connection.prepareStatement(by.query(select, StatementBound.rounded(serverMillis())));
    }

    /** Prepares a change that the server ends by itself before the deadline, after a query of the same transaction. */
    PreparedStatement prepareChange(StatementBound by, String statement) throws SQLException {
        bound();
        return connection.prepareStatement(by.change(statement, StatementBound.rounded(serverMillis())));
    }

    /** Executes a statement that has no answer. */
    void execute(String sql) throws SQLException {
        bound();
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** Executes a statement that restores the connection after a failure; if it fails, the connection is not used again. */
    void restoreOrBreak(String sql) {
        boolean isRestored = false;
        try {
            execute(sql);
            isRestored = true;
        } catch (SQLException | RuntimeException e) {
            LOG.debug("a connection could not be restored, and is closed", e);
        } finally {
            if (!isRestored) {
                broken();
            }
        }
    }

    /** The time that the server may take for a statement that is sent now. */
    long serverMillis() {
        return StatementBound.millis(Math.min(MAX_MILLIS, Math.max(1, deadline.remainingMillis())));
    }

    /** Makes each statement its own transaction. */
    void autoCommit() throws SQLException {
        if (!connection.getAutoCommit()) {
            bound();
            connection.setAutoCommit(true);
        }
    }

    /** Sets the isolation level read committed, which locks no gaps between rows. */
    void readCommitted() throws SQLException {
        bound();
        int now = connection.getTransactionIsolation();
        if (now != Connection.TRANSACTION_READ_COMMITTED) {
            connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
            isolation = now;
        }
    }

    /** Starts a transaction, before the first statement. */
    void begin() throws SQLException {
        open = true;
        connections.begin(connection, deadline);
        if (connection.getAutoCommit()) {
            bound();
            connection.setAutoCommit(false);
        }
    }

    /** Commits the transaction. From here on its changes may have been made. */
    void commit(Progress progress) throws SQLException {
        bound();
        progress.send();
        connections.commit(connection);
        open = false;
    }

    /** Rolls the transaction back. */
    void rollback() throws SQLException {
        if (open) {
            bound();
            connection.rollback();
            open = false;
        }
    }

    /** Records that the state of the connection is unknown. */
    void broken() {
        sound = false;
    }

    /** Records that a statement failed. If the connection may be the cause, it is not used again. */
    void failed(SQLException e) {
        // Only another connection can lead to the server that takes changes.
        sound &= SqlStates.undone(e) && !SqlStates.readOnly(e) && !isClosed();
    }

    /** Whether the driver has closed it, because the server did. */
    private boolean isClosed() {
        try {
            return connection.isClosed();
        } catch (SQLException e) {
            return true;
        }
    }

    /** Whether nothing is in progress in it, and its state is known. */
    boolean isClean() {
        return sound && !open;
    }

    /** Makes the work in progress fail soon, whichever thread does it. Does not wait. */
    void abort() {
        try {
            connection.abort(task -> startOrRun("ratelimit-jdbc-abort", task));
        } catch (SQLException | RuntimeException e) {
            LOG.debug("a connection could not be aborted; its network timeout ends what it does", e);
        }
    }

    /** Starts a thread for a task, or runs the task on the current thread if none can be started. */
    private static void startOrRun(String name, Runnable task) {
        try {
            OwnThreads.unstarted(name, task).start();
        } catch (OutOfMemoryError e) {
            task.run();
        }
    }

    private void bound() throws SQLException {
        if (deadline.hasPassed()) {
            throw Calls.late();
        }
        long millis = Math.min(MAX_MILLIS, Math.max(1, deadline.remainingMillis()));
        // A power of two is exact enough to free a thread, and it seldom differs from the last one set.
        bound(Integer.highestOneBit((int) (2 * millis - 1)));
    }

    private void bound(int millis) throws SQLException {
        if (boundable && millis != bound) {
            connection.setNetworkTimeout(Runnable::run, millis);
            bound = millis;
        }
    }

    /** Gives the connection back; an open transaction is rolled back first. */
    @Override
    public void close() {
        try {
            restore();
        } catch (SQLException | RuntimeException e) {
            LOG.debug("a connection could not be restored, and is thrown away", e);
            sound = false;
        }
        try {
            connections.giveBack(connection, sound);
        } catch (SQLException | RuntimeException e) {
            LOG.debug("a connection could not be given back", e);
        }
    }

    private void restore() throws SQLException {
        if (!sound) {
            return;
        }
        bound(CLEARING_MILLIS);
        if (open) {
            connection.rollback();
        }
        if (connection.getAutoCommit() != autoCommit) {
            connection.setAutoCommit(autoCommit);
        }
        if (isolation != Connection.TRANSACTION_NONE) {
            connection.setTransactionIsolation(isolation);
        }
        bound(networkTimeout);
    }
}
