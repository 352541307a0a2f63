package dev.ratelimit.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ratelimit.Certainty;
import dev.ratelimit.store.Deadline;
import dev.ratelimit.store.StoreException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileConnectionsTest {

    private static final Deadline NOW = Deadline.after(Duration.ofNanos(1));
    private static final Deadline AMPLE = Deadline.after(Duration.ofHours(1));

    @TempDir
    private Path folder;

    private FileConnections file;
    private Session one;
    private Session other;

    @BeforeEach
    void opens() throws SQLException {
        file = new FileConnections(folder.resolve("file"));
        one = Session.open(file, AMPLE);
        other = Session.open(file, AMPLE);
    }

    @AfterEach
    void closes() {
        one.close();
        other.close();
        file.close();
    }

    @Test
    void changesTheFileByOneTransactionAtATime() throws SQLException {
        one.begin();
        assertTurnIsTaken();
        one.commit(new Progress());

        other.begin();
        other.rollback();
        other.close();
        one.begin();
    }

    @Test
    void aTransactionThatFailsHandsTheTurnOn() throws SQLException {
        one.begin();
        one.broken();
        one.close();

        other.begin();
    }

    @Test
    void aTransactionThatBeginsAgainKeepsTheTurn() throws SQLException {
        one.begin();
        one.rollback();
        one.begin();
        assertTurnIsTaken();
    }

    @Test
    void storesOfOneFileShareTheTurn() throws SQLException {
        FileConnections same = new FileConnections(folder.resolve(".").resolve("file"));
        try (Session session = Session.open(same, AMPLE)) {
            session.begin();
            assertTurnIsTaken();
        } finally {
            same.close();
        }
        other.begin();
    }

    @Test
    void aCommitThatFailsHandsTheTurnOn() throws SQLException {
        Connection connection = file.take();
        file.begin(connection, AMPLE);
        connection.close();
        assertThatThrownBy(() -> file.commit(connection)).isInstanceOf(SQLException.class);
        file.giveBack(connection, false);

        other.begin();
    }

    private void assertTurnIsTaken() throws SQLException {
        Connection third = file.take();
        assertThatThrownBy(() -> file.begin(third, NOW))
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.certainty()).isEqualTo(Certainty.NOT_APPLIED));
        third.close();
    }
}
