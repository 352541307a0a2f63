package dev.ratelimit.core.internal.compose;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.Decision;
import dev.ratelimit.core.internal.compose.Binding.Side;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The limits after a shadow of a composition are asked once the composition has allowed, and it hears that. */
class ContinuationTest {

    private final List<String> log = new ArrayList<>();
    private final LoggedLimit first = new LoggedLimit("first", log);
    private final LoggedLimit second = new LoggedLimit("second", log);
    private final LoggedLimit third = new LoggedLimit("third", log);
    private final AllOf<String> all = AllOf.of(List.of(first, second));

    /** What follows the first limit. */
    private Continuation<String> afterFirst(@Nullable Continuation<?> rest) {
        return new Continuation<>(all, 1, "key", 2, rest, hearing("first"), Side.OBSERVED);
    }

    private Binding<String> hearing(String name) {
        return new Binding<>() {
            @Override
            public Side side(String key) {
                throw new AssertionError("the side is that of the request");
            }

            @Override
            public void decided(Side side, boolean within) {
                log.add(name + " " + (within ? "within " : "beyond ") + side);
            }
        };
    }

    @Test
    void aContinuationThatIsNotAskedTellsNobody() {
        assertThat(afterFirst(null).isAsked()).isFalse();
        assertThat(log).isEmpty();
    }

    @Test
    void theCompositionHasAllowedBeforeTheRestIsAskedWhateverTheRestSays() {
        second.allows = false;
        Continuation<String> continuation = afterFirst(null);
        assertThat(continuation.tryTake()).isFalse();
        assertThat(continuation.isAsked()).isTrue();
        assertThat(log).containsExactly("first within OBSERVED", "second.take key 2");
    }

    @Test
    void aDecisionIsThatOfTheRestAndEachOfItsLimitsIsTold() {
        Continuation<String> continuation = afterFirst(null);
        List<Decision> told = new ArrayList<>();
        assertThat(continuation.decide(told).policy()).isEqualTo("second");
        assertThat(told).extracting(Decision::policy).containsExactly("second");
        assertThat(continuation.isAsked()).isTrue();
    }

    @Test
    void theRestOfAnOuterCompositionFollowsTheRestOfTheInnerOne() {
        Continuation<String> outer =
                new Continuation<>(AllOf.of(List.of(third)), 0, "KEY", 2, null, hearing("outer"), Side.ENFORCED);
        assertThat(afterFirst(outer).tryTake()).isTrue();
        assertThat(log)
                .containsExactly(
                        "first within OBSERVED", "second.take key 2", "outer within ENFORCED", "third.take KEY 2");
    }

    @Test
    void whatTheOuterRestRefusesIsGivenBackByTheInnerOne() {
        third.allows = false;
        Continuation<String> outer =
                new Continuation<>(AllOf.of(List.of(third)), 0, "KEY", 2, null, hearing("outer"), Side.ENFORCED);
        assertThat(afterFirst(outer).tryTake()).isFalse();
        assertThat(log).endsWith("third.take KEY 2", "second.refund key 2");
    }
}
