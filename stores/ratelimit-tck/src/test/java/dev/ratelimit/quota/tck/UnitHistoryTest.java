package dev.ratelimit.quota.tck;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ratelimit.quota.spi.Outcome.Counted;
import dev.ratelimit.quota.tck.UnitHistory.Call;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The check of races passes histories that some order explains, and no others. */
class UnitHistoryTest {

    static List<Arguments> linearizable() {
        return List.of(
                Arguments.of("one after the other", List.of(granted(0, 1, 1), granted(2, 3, 2), denied(4, 5))),
                Arguments.of("at once, in any order", List.of(granted(0, 9, 2), granted(0, 9, 1), denied(0, 9))),
                Arguments.of("the later one ends first", List.of(granted(0, 9, 1), granted(1, 2, 2), denied(3, 4))));
    }

    static List<Arguments> notLinearizable() {
        return List.of(
                Arguments.of("one too many", List.of(granted(0, 9, 1), granted(0, 9, 2), granted(0, 9, 3))),
                Arguments.of("denied with room left", List.of(granted(0, 9, 1), denied(0, 9), denied(0, 9))),
                Arguments.of("the same place twice", List.of(granted(0, 9, 1), granted(0, 9, 1), denied(0, 9))),
                Arguments.of("a place left out", List.of(granted(0, 9, 1), granted(0, 9, 3), denied(0, 9))),
                Arguments.of("a denial that shows less", List.of(granted(0, 9, 1), granted(0, 9, 2), call(0, 9, 0, 1))),
                Arguments.of("an old answer", List.of(granted(0, 1, 2), granted(2, 3, 1), denied(4, 5))),
                Arguments.of("a denial too early", List.of(granted(0, 1, 1), denied(2, 3), granted(4, 5, 2))));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    @DisplayName("passes")
    void linearizable(String name, List<Call> calls) {
        assertThatCode(() -> UnitHistory.check("S1.1", List.of(calls), 0, 2)).doesNotThrowAnyException();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    @DisplayName("is caught")
    void notLinearizable(String name, List<Call> calls) {
        assertThatThrownBy(() -> UnitHistory.check("S1.1", List.of(calls), 0, 2))
                .isInstanceOf(AssertionError.class)
                .hasMessageStartingWith("S1.1: ");
    }

    private static Call granted(long began, long ended, long used) {
        return call(began, ended, 1, used);
    }

    private static Call denied(long began, long ended) {
        return call(began, ended, 0, 2);
    }

    private static Call call(long began, long ended, long granted, long used) {
        return new Call(began, ended, new Counted(granted, used));
    }
}
