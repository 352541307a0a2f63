package dev.ratelimit.quota.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.ratelimit.internal.OwnThreads;
import dev.ratelimit.quota.Certainty;
import dev.ratelimit.quota.spi.Deadline;
import dev.ratelimit.quota.spi.QuotaStoreException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The threads of calls, where the system lets none start. */
@Timeout(60)
class CallsTest {

    @Test
    void aThreadThatCannotBeStartedIsOneClearErrorAndTheNextCallStartsOne() {
        AtomicInteger attempts = new AtomicInteger();
        OutOfMemoryError full = new OutOfMemoryError("unable to create native thread");
        try (Calls calls = new Calls(1, task -> {
            if (attempts.incrementAndGet() == 1) {
                throw full;
            }
            return OwnThreads.unstarted("calls-of-a-test", task);
        })) {
            assertThatExceptionOfType(QuotaStoreException.class)
                    .isThrownBy(() -> calls.call(Deadline.never(), progress -> 1))
                    .withMessageContaining("no thread could be started")
                    .withCause(full)
                    .satisfies(e -> assertThat(e.certainty()).isEqualTo(Certainty.NOT_APPLIED));
            assertThat(calls.<Integer>call(Deadline.never(), progress -> 2)).isEqualTo(2);
        }
    }
}
