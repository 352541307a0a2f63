package dev.ratelimit.core.internal.cells;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A number of permits is at least one. */
class PermitsTest {

    @ParameterizedTest
    @ValueSource(longs = {1, 2, Long.MAX_VALUE})
    void oneOrMoreArePermits(long permits) {
        assertThatCode(() -> Permits.check(permits)).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1, Long.MIN_VALUE})
    void fewerAreOneClearError(long permits) {
        assertThatThrownBy(() -> Permits.check(permits))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("permits must be at least 1, but was " + permits);
    }
}
