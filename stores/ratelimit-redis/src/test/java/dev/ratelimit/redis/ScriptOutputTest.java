package dev.ratelimit.redis;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An answer of any shape counts as a sign of life, and an error as a refusal only if it is one. */
class ScriptOutputTest {

    private final ScriptOutput output = new ScriptOutput();
    private int heard;
    private int refused;
    private int wrongServer;

    @BeforeEach
    void listen() {
        output.tell(new AnswerListener() {
            @Override
            public void heard() {
                heard++;
            }

            @Override
            public void wrongServer() {
                wrongServer++;
            }
        });
        output.whenRefused(() -> refused++);
    }

    @Test
    void texts_are_heard_and_kept() {
        output.multi(2);
        output.set(bytes("5"));
        output.set(bytes("7"));
        assertThat(output.get()).containsExactly("5", "7");
        assertThat(heard).isPositive();
        assertThat(refused).isZero();
    }

    @Test
    void an_answer_without_texts_is_heard() {
        output.multi(0);
        assertThat(output.get()).isEmpty();
        assertThat(heard).isPositive();
    }

    @Test
    void an_error_is_heard_and_is_a_refusal_if_nothing_was_done() {
        output.setError(bytes("NOSCRIPT No matching script."));
        assertThat(heard).isEqualTo(1);
        assertThat(refused).isEqualTo(1);
        output.setError(bytes("ERR unknown command 'EVALSHA', with args beginning with: "));
        assertThat(refused).isEqualTo(2);
        output.setError(bytes("NOPERM this user has no permissions to run the 'evalsha' command"));
        assertThat(refused).isEqualTo(3);
        output.setError(bytes("ERR The user executing the script can't run this command or subcommand script: x"));
        output.setError(bytes("ERR user_script:1: Script attempted to compare nil with number"));
        assertThat(heard).isEqualTo(5);
        assertThat(refused).isEqualTo(3);
    }

    /** All of them are refusals too. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "READONLY You can't write against a read only replica.",
                "MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.",
                "NOREPLICAS Not enough good replicas to write.",
                "LOADING Redis is loading the dataset in memory"
            })
    void what_may_be_the_wrong_server_is_told(String error) {
        output.setError(bytes(error));
        assertThat(wrongServer).isEqualTo(1);
        assertThat(refused).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"OOM command not allowed", "MISCONF Redis is configured", "BUSY Redis is busy", "ERR unknown"})
    void what_the_right_server_says_is_not(String error) {
        output.setError(bytes(error));
        assertThat(wrongServer).isZero();
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
    }
}
