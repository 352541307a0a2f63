package dev.ratelimit.core.internal.trouble;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class FirstFailureTest {

    @Test
    void failuresHarmNobodyAndErrorsPass() {
        FirstFailure failure = new FirstFailure("a listener failed");
        AtomicInteger calls = new AtomicInteger();
        for (int i = 0; i < 3; i++) {
            failure.caught(() -> {
                calls.incrementAndGet();
                throw new IllegalStateException("out of order");
            });
        }
        assertThat(calls).hasValue(3);
        assertThatThrownBy(() -> failure.caught(() -> {
                    throw new OutOfMemoryError("none left");
                }))
                .isInstanceOf(OutOfMemoryError.class);
    }
}
