package dev.ratelimit.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What databases' errors say of the statement that failed. */
class SqlStatesTest {

    @ParameterizedTest(name = "{3}")
    @CsvSource({
        "40001, 0, again, serialisation failure",
        "40P01, 0, again, deadlock of PostgreSQL",
        "40001, 1213, again, deadlock of MariaDB",
        "40003, 0, unknown, completion unknown",
        "23505, 0, again, duplicate key",
        "23000, 1062, again, duplicate key of MariaDB",
        "23000, 1048, undone, null into a column",
        "23514, 0, undone, check of a table",
        "55P03, 0, again, lock not available",
        "HYT00, 50200, again, lock timeout of H2",
        "90131, 90131, again, concurrent update of H2",
        "HY000, 1205, again, lock timeout of MariaDB",
        "HY000, 1030, unknown, storage engine of MariaDB",
        "57014, 0, undone, cancelled",
        "57P01, 0, unknown, shut down by an administrator",
        "25006, 0, undone, read-only transaction",
        "25006, 1792, undone, read-only transaction of MySQL",
        "HY000, 1290, undone, read-only MariaDB",
        "HY000, 1836, undone, read-only mode of MySQL",
        "90097, 90097, undone, read-only H2",
        "70100, 1317, undone, query killed in MariaDB",
        "70100, 1927, unknown, connection killed in MariaDB",
        "40001, 1205, again, lock timeout of MySQL",
        "57P05, 0, undone, idle session closed",
        "57P02, 0, unknown, crash of another process",
        "26000, 0, undone, prepared statement lost",
        "08P01, 0, undone, bind message does not fit the prepared statement",
        "08P01, 0, unknown, protocol violation",
        "42P05, 0, undone, prepared statement of another client",
        "0A000, 0, undone, plan that does not fit any more",
        "P0001, 0, undone, exception of a trigger",
        "42000, 1142, undone, no right in MariaDB",
        "08S01, 1047, unknown, node that is not ready",
        "HY000, 3024, undone, execution time of MySQL",
        "70100, 1969, undone, statement time of MariaDB",
        "42501, 0, undone, no right to do so",
        "53300, 0, undone, too many connections",
        "08006, 0, unknown, connection lost",
        "08001, 0, unknown, no connection",
        "58030, 0, unknown, input or output",
        "XX000, 0, unknown, internal error",
        "90098, 90098, unknown, H2 database closed",
        "'', 0, unknown, no state",
    })
    void says_what_is_known(String state, int code, String known, String what) {
        SQLException e = new SQLException(what, state, code);
        assertThat(SqlStates.collided(e)).isEqualTo(known.equals("again"));
        assertThat(SqlStates.undone(e)).isEqualTo(!known.equals("unknown"));
    }

    @ParameterizedTest(name = "{3}")
    @CsvSource({
        "25006, 0, true, PostgreSQL",
        "25006, 1792, true, transaction of MySQL",
        "HY000, 1290, true, option of MariaDB and MySQL",
        "HY000, 1836, true, mode of MySQL",
        "90097, 90097, true, H2",
        "HY000, 1205, false, lock timeout",
        "25P02, 0, false, failed transaction",
    })
    void knows_a_server_that_takes_no_changes(String state, int code, boolean readOnly, String what) {
        assertThat(SqlStates.readOnly(new SQLException(what, state, code))).isEqualTo(readOnly);
    }

    @ParameterizedTest(name = "{3}")
    @CsvSource({
        "42501, 0, true, PostgreSQL",
        "90096, 90096, true, H2",
        "42000, 1142, true, table of MariaDB and MySQL",
        "42000, 1044, true, database of MariaDB and MySQL",
        "42000, 1064, false, mistake in a statement",
        "42P01, 0, false, no table",
    })
    void knows_a_right_that_is_missing(String state, int code, boolean refused, String what) {
        assertThat(SqlStates.refused(new SQLException(what, state, code))).isEqualTo(refused);
    }

    @ParameterizedTest(name = "{2}")
    @CsvSource({
        "26000, true, prepared statement S_1 does not exist",
        "42P05, true, prepared statement S_1 already exists",
        "08P01, true, bind message supplies 1 parameters but prepared statement S_1 requires 2",
        "08P01, false, invalid message format",
        "08006, false, connection lost",
    })
    void knows_a_prepared_statement_that_is_lost(String state, boolean lost, String what) {
        assertThat(SqlStates.preparedStatementLost(new SQLException(what, state)))
                .isEqualTo(lost);
    }

    @Test
    void looks_into_what_pools_wrap() {
        SQLException wrapped = new SQLException("no connection", null, new SQLException("refused", "28P01"));
        assertThat(SqlStates.credentials(wrapped)).isTrue();
        assertThat(SqlStates.state(new SQLException("none"))).isEmpty();
    }

    @Test
    void the_outermost_state_counts() {
        SQLException committed = new SQLException("not flushed", "58030", new SQLException("timeout", "HYT00"));
        assertThat(SqlStates.undone(committed)).isFalse();
    }
}
