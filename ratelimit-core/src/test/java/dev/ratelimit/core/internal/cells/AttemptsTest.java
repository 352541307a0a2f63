package dev.ratelimit.core.internal.cells;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** A thread spins, and leaves the processor after each 200 failures; its caller keeps their number. */
class AttemptsTest {

    @Test
    void countsFailures() {
        int failed = 0;
        for (int i = 1; i <= 1_000; i++) {
            failed = Attempts.pause(failed);
            assertThat(failed).isEqualTo(i);
        }
    }
}
