package dev.ratelimit.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.store.Deadline;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A connection goes back to the pool with its own lock wait of MySQL, or not at all, whichever statement fails. */
class LockWaitRestoredTest {

    /** The setting of the session, as the fake server has it. */
    private String lockWait = "50";

    private String saved = "NULL";
    private final AtomicInteger statements = new AtomicInteger();

    /** The statements of a call: 1 sets, 2 restores, and 3 restores once more after a failure. */
    @ParameterizedTest
    @CsvSource({
        "0, false, before, true",
        "0, true, before, true",
        "1, false, before, false",
        "1, false, after, true",
        "2, false, before, true",
        "2, false, after, true",
        "2, true, before, false",
        "2, true, after, false"
    })
    void noConnectionKeepsTheSettingOfACall(int failing, boolean insertFails, String when, boolean isGivenBack)
            throws SQLException {
        boolean[] sound = new boolean[1];
        Connections connections = new Connections() {
            @Override
            public Connection take() {
                return connection(failing, when.equals("after"));
            }

            @Override
            public void giveBack(Connection connection, boolean isSound) {
                sound[0] = isSound;
            }

            @Override
            public void close() {}
        };
        try (Session session = Session.open(connections, Deadline.never())) {
            StatementBound.HINT.insert(session, () -> {
                if (insertFails) {
                    throw new SQLException("the insert waited for too long", "HY000", 1205);
                }
            });
        } catch (SQLException e) {
            assertThat(failing > 0 || insertFails).isTrue();
        }
        assertThat(sound[0]).isEqualTo(isGivenBack);
        assertThat(!sound[0] || lockWait.equals("50"))
                .as("a lock wait of %s goes back to the pool", lockWait)
                .isTrue();
    }

    private Connection connection(int failing, boolean hasTakenEffect) {
        return (Connection) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, arguments) -> {
                    Class<?> type = method.getReturnType();
                    if (type == Statement.class) {
                        return statement(failing, hasTakenEffect);
                    }
                    return type == boolean.class ? (Object) true : type == int.class ? (Object) 0 : null;
                });
    }

    private Statement statement(int failing, boolean hasTakenEffect) {
        return (Statement) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {Statement.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("execute")) {
                        boolean fails = statements.incrementAndGet() == failing;
                        if (!fails || hasTakenEffect) {
                            effect((String) arguments[0]);
                        }
                        if (fails) {
                            throw new SQLException("the statement was ended", "70100", 1317);
                        }
                        return true;
                    }
                    return method.getReturnType() == boolean.class ? (Object) false : null;
                });
    }

    private void effect(String sql) throws SQLException {
        if (sql.contains("= 1")) {
            saved = lockWait;
            lockWait = "1";
        } else if (saved.equals("NULL")) {
            throw new SQLException("a lock wait cannot be NULL", "42000", 1231);
        } else {
            lockWait = saved;
        }
    }
}
