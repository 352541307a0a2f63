package dev.ratelimit.core.internal.waiting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class NestingTest {

    private int depth;

    @Test
    void soManyStandWithinOneAnotherAndNoMore() {
        assertThat(Nesting.run(this::nest)).isTrue();
        assertThat(depth).isEqualTo(Nesting.MOST);
        // Those that are over leave room.
        assertThat(Nesting.run(this::nest)).isTrue();
        assertThat(depth).isEqualTo(2 * Nesting.MOST);
    }

    private void nest() {
        depth++;
        if (!Nesting.run(this::nest)) {
            assertThat(depth % Nesting.MOST).isZero();
        }
    }

    @Test
    void oneThatThrowsIsOver() {
        for (int i = 0; i < 2 * Nesting.MOST; i++) {
            assertThatThrownBy(() -> Nesting.run(() -> {
                        throw new IllegalStateException("own");
                    }))
                    .hasMessage("own");
        }
        assertThat(Nesting.run(() -> {})).isTrue();
    }
}
