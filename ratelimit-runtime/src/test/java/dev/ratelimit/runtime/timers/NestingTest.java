package dev.ratelimit.runtime.timers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class NestingTest {

    private int depth;

    @Test
    void soManyStandWithinOneAnotherAndNoMore() {
        assertThat(Nesting.run(this::nest)).isTrue();
        assertThat(depth).isEqualTo(Nesting.MAX);
        // Those that are over leave room.
        assertThat(Nesting.run(this::nest)).isTrue();
        assertThat(depth).isEqualTo(2 * Nesting.MAX);
    }

    private void nest() {
        depth++;
        if (!Nesting.run(this::nest)) {
            assertThat(depth % Nesting.MAX).isZero();
        }
    }

    @Test
    void oneThatThrowsIsOver() {
        for (int i = 0; i < 2 * Nesting.MAX; i++) {
            assertThatThrownBy(() -> Nesting.run(() -> {
                        throw new IllegalStateException("own");
                    }))
                    .hasMessage("own");
        }
        assertThat(Nesting.run(() -> {})).isTrue();
    }
}
