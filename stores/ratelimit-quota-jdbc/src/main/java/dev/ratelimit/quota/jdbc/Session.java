package dev.ratelimit.quota.jdbc;

import dev.ratelimit.internal.OwnThreads;
import dev.ratelimit.quota.spi.Deadline;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.Statement;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A session is a connection while it is here: it is given back as it was, or, after trouble, not at all. For one thread at a time. */
final class Session implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Session.class);

    /** How long a rollback may take that nobody waits for. */
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

    /** The connection, for what is neither counted nor timed. */
    Connection connection() throws SQLException {
        bound();
        return connection;
    }

    /** A statement, which may take as long as is left until the deadline. */
    PreparedStatement prepare(String sql) throws SQLException {
        bound();
        return connection.prepareStatement(sql);
    }

    /**
     * A query that the server ends by itself before the deadline; the bound knows its {@link StatementBound#rows rows}.
     */
    PreparedStatement prepareQuery(StatementBound by, String select) throws SQLException {
        bound();
        return connection.prepareStatement(by.query(select, StatementBound.rounded(serverMillis())));
    }

    /** A change that the server ends by itself before the deadline, after a query of the same transaction. */
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

    /** Executes a statement that restores the connection after a failure; without its success, nobody gets the connection again. */
    void restoreOrBreak(String sql, SQLException failure) {
        try {
            execute(sql);
        } catch (SQLException | RuntimeException e) {
            failure.addSuppressed(e);
            broken();
        }
    }

    /** How long the server may take for a statement that is sent now. */
    long serverMillis() {
        return StatementBound.millis(Math.min(MAX_MILLIS, Math.max(1, deadline.remainingMillis())));
    }

    /** Has each statement be its own transaction. */
    void autoCommit() throws SQLException {
        if (!connection.getAutoCommit()) {
            bound();
            connection.setAutoCommit(true);
        }
    }

    /** Has transactions see what others have committed, and hold no gaps between rows. */
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

    /** Ends the transaction so that it is kept. What has been sent may be done from here on. */
    void commit(Progress progress) throws SQLException {
        bound();
        progress.send();
        connections.commit(connection);
        open = false;
    }

    /** Ends the transaction so that nothing of it is kept. */
    void rollback() throws SQLException {
        if (open) {
            bound();
            connection.rollback();
            open = false;
        }
    }

    /** Says that the connection is in a state that is not known. */
    void broken() {
        sound = false;
    }

    /** Says that a statement failed in it: its connection is given to nobody any more if it may be at fault. */
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

    /** Whether nothing is under way in it, and its state is known. */
    boolean isClean() {
        return sound && !open;
    }

    /** Has whatever is under way in it fail soon, whichever thread waits for that. Does not wait itself. */
    void abort() {
        try {
            connection.abort(task -> startOrRun("ratelimit-quota-jdbc-abort", task));
        } catch (SQLException | RuntimeException e) {
            LOG.debug("a connection could not be aborted; its network timeout ends what it does", e);
        }
    }

    /** Where no thread can be started, the current one has to do it. */
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
        // The next power of two is near enough for what only sets a thread free, and seldom another than the last one.
        bound(Integer.highestOneBit((int) (2 * millis - 1)));
    }

    private void bound(int millis) throws SQLException {
        if (boundable && millis != bound) {
            connection.setNetworkTimeout(Runnable::run, millis);
            bound = millis;
        }
    }

    /** Gives the connection back; what is still open is rolled back first. */
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
