package dev.ratelimit.runtime.trouble;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class FirstFailureTest {

    private final List<Throwable> lines = new ArrayList<>();
    private final FirstFailure failure = new FirstFailure(lines::add);

    private static void fail(String message) {
        throw new IllegalStateException(message);
    }

    @Test
    void theFirstFailureIsLoggedAndNoOther() {
        for (int i = 0; i < 3; i++) {
            String message = "failure " + i;
            failure.caught(() -> fail(message));
        }
        assertThat(lines).singleElement().isInstanceOf(IllegalStateException.class);
        assertThat(lines.get(0)).hasMessage("failure 0");
    }

    @Test
    void anErrorPasses() {
        assertThatThrownBy(() -> failure.caught(() -> {
                    throw new OutOfMemoryError("none left");
                }))
                .isInstanceOf(OutOfMemoryError.class);
        assertThat(lines).isEmpty();
    }

    @Test
    void nothingPassesWhereAListenerMayChangeNothing() {
        failure.contained(() -> {
            throw new OutOfMemoryError("none left");
        });
        assertThat(lines).singleElement().isInstanceOf(OutOfMemoryError.class);
    }

    @Test
    void aLogThatFailsHarmsNobody() {
        FirstFailure unlogged = new FirstFailure(cause -> {
            lines.add(cause);
            throw new StackOverflowError();
        });
        unlogged.note(new IllegalStateException("one"));
        unlogged.note(new IllegalStateException("two"));
        // Neither is in the log, so each was worth a try.
        assertThat(lines).hasSize(2);
    }
}
