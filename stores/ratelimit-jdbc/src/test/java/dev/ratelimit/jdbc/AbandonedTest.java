package dev.ratelimit.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.ratelimit.Certainty;
import dev.ratelimit.store.StoreException;
import dev.ratelimit.testing.ManualTime;
import java.net.SocketTimeoutException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The bound on statements that nobody waits for any more, and the bounds that statements carry. */
class AbandonedTest {

    private final ManualTime time = new ManualTime();
    private final Abandoned abandoned = new Abandoned(3, time);

    private void refuses() {
        assertThatExceptionOfType(StoreException.class)
                .isThrownBy(abandoned::check)
                .withMessageContaining("statements unanswered")
                .satisfies(e -> assertThat(e.certainty()).isEqualTo(Certainty.NOT_APPLIED));
    }

    private void leave(int times) {
        for (int i = 0; i < times; i++) {
            abandoned.left();
        }
    }

    @Test
    void fewer_than_the_bound_pass_and_an_answer_forgets_them() {
        for (int round = 0; round < 5; round++) {
            leave(2);
            abandoned.check();
            abandoned.answered();
        }
        leave(3);
        refuses();
        abandoned.answered();
        abandoned.check();
    }

    @Test
    void one_call_tries_after_a_second_and_the_next_one_after_twice_as_long() {
        leave(3);
        for (int seconds : new int[] {1, 2, 4, 8, 16, 32, 32}) {
            time.advance(Duration.ofSeconds(seconds).minusNanos(1));
            refuses();
            time.advance(Duration.ofNanos(1));
            abandoned.check();
            refuses();
            abandoned.left();
        }
    }

    @Test
    void a_try_of_which_nothing_is_heard_does_not_block_the_next() {
        leave(3);
        time.advance(Duration.ofSeconds(1));
        abandoned.check();
        refuses();
        time.advance(Duration.ofSeconds(1));
        abandoned.check();
    }

    @Test
    void only_a_change_that_was_answered_and_only_a_silence_count() throws Exception {
        Session nowhere = HeldSessionTest.session(() -> {});
        SQLException silence = new SQLException("read", "08006", 0, new SocketTimeoutException());
        Counting silent = abandoned.watching((operations, session, progress) -> {
            throw silence;
        });
        Counting refused = abandoned.watching((operations, session, progress) -> {
            throw new SQLException("killed", "57P01");
        });
        Counting reads = abandoned.watching((operations, session, progress) -> List.of());
        for (int i = 0; i < 3; i++) {
            abandoned.check();
            assertThatCode(() -> refused.attempt(List.of(), nowhere, new Progress()))
                    .hasMessage("killed");
            assertThatCode(() -> silent.attempt(List.of(), nowhere, new Progress()))
                    .isSameAs(silence);
            reads.attempt(List.of(), nowhere, new Progress());
        }
        refuses();
        Counting writes = abandoned.watching((operations, session, progress) -> {
            progress.send();
            return List.of();
        });
        writes.attempt(List.of(), nowhere, new Progress());
        abandoned.check();
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "2, 1", "5, 3", "20, 18", "50, 45", "250, 225", "1000, 900", "20000, 19900"})
    void the_server_is_given_a_little_less_than_is_left(long left, long millis) {
        assertThat(StatementBound.millis(left)).isEqualTo(millis);
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "15, 15", "17, 16", "45, 44", "225, 224", "255, 240", "19900, 18432"})
    void few_texts_are_sent(long millis, long rounded) {
        assertThat(StatementBound.rounded(millis)).isEqualTo(rounded).isGreaterThan(millis * 7 / 8 - 1);
    }

    @Test
    void the_bound_stands_in_the_text() {
        assertThat(StatementBound.NONE.query("SELECT 1", 225)).isEqualTo("SELECT 1");
        assertThat(StatementBound.SET_CONFIG.query("SELECT 1", 225))
                .isEqualTo("SELECT set_config('statement_timeout', '225', true); SELECT 1");
        assertThat(StatementBound.SET_CONFIG.change("UPDATE", 225)).isEqualTo("UPDATE");
        assertThat(StatementBound.SET_STATEMENT.query("SELECT 1", 1045))
                .isEqualTo("SET STATEMENT max_statement_time=1.045 FOR SELECT 1");
        assertThat(StatementBound.SET_STATEMENT.change("UPDATE", 9))
                .isEqualTo("SET STATEMENT max_statement_time=0.009 FOR UPDATE");
        assertThat(StatementBound.HINT.query("SELECT 1", 9)).isEqualTo("SELECT /*+ MAX_EXECUTION_TIME(9) */ 1");
        assertThat(StatementBound.HINT.change("UPDATE", 9)).isEqualTo("UPDATE");
    }
}
