package dev.ratelimit.quota.service.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.ratelimit.quota.spi.Counter;
import dev.ratelimit.quota.spi.Operation;
import dev.ratelimit.quota.spi.Operation.Acquire;
import dev.ratelimit.quota.spi.Operation.Adjust;
import dev.ratelimit.quota.spi.Operation.Group;
import dev.ratelimit.quota.spi.Operation.Read;
import dev.ratelimit.quota.spi.OperationId;
import dev.ratelimit.quota.spi.Outcome;
import dev.ratelimit.quota.spi.Outcome.Counted;
import dev.ratelimit.store.Deadline;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What the store in memory keeps, and for how long. That it obeys the rules, the test kit says. */
class MemoryStoreTest {

    private static final Instant NOON = Instant.parse("2030-06-01T12:00:00Z");

    private Instant now = NOON;
    private final MemoryStore store = new MemoryStore(() -> now);

    @Test
    void denialsReadsAndRefundsOfMadeUpKeysLeaveNothing() {
        for (int i = 0; i < 1000; i++) {
            Counter counter = counter("made-up-" + i, 3600);
            one(Acquire.allOrNothing(counter, 2, 1));
            one(new Read(counter));
            one(new Adjust(counter, -1, null));
            one(new Group(List.of(
                    Acquire.allOrNothing(counter, 1, 1),
                    Acquire.allOrNothing(counter("made-up-too-" + i, 3600), 2, 1))));
        }
        assertThat(store.size()).isZero();
    }

    @Test
    void whatIsGivenBackWholeIsForgottenUnlessAnAnswerIsRemembered() {
        one(Acquire.allOrNothing(counter("ada", 3600), 2, 5));
        one(new Adjust(counter("ada", 3600), -2, null));
        assertThat(store.size()).isZero();
        OperationId id = new OperationId(UUID.randomUUID(), 1);
        one(new Acquire(counter("ada", 3600), 2, 2, 5, id));
        one(new Adjust(counter("ada", 3600), -2, null));
        assertThat(store.size()).isEqualTo(1);
        assertThat(one(new Acquire(counter("ada", 3600), 2, 2, 5, id))).isEqualTo(new Counted(2, 2));
    }

    @Test
    void eachCallForgetsTwoForEachThatItMayAdd() {
        for (int i = 0; i < 10; i++) {
            one(Acquire.allOrNothing(counter("old-" + i, 10), 1, 1));
        }
        now = NOON.plusSeconds(10);
        one(new Read(counter("ada", 3600)));
        assertThat(store.size()).isEqualTo(8);
        one(Acquire.allOrNothing(counter("ada", 3600), 1, 1));
        assertThat(store.size()).isEqualTo(7);
        store.apply(Collections.nCopies(4, new Read(counter("ada", 3600))), Deadline.after(Duration.ofSeconds(5)));
        assertThat(store.size()).isEqualTo(1);
    }

    @Test
    void theLatestExpiryIsKeptTo() {
        one(Acquire.allOrNothing(counter("ada", 10), 1, 5));
        one(Acquire.allOrNothing(counter("ada", 20), 1, 5));
        one(Acquire.allOrNothing(counter("ada", 15), 1, 5));
        now = NOON.plusSeconds(19);
        assertThat(one(new Read(counter("ada", 10)))).isEqualTo(new Counted(0, 3));
        now = NOON.plusSeconds(20);
        assertThat(one(new Read(counter("ada", 10)))).isEqualTo(new Counted(0, 0));
        assertThat(store.size()).isZero();
    }

    @Test
    void callsOfNoneOrTooManyOperationsAreAnError() {
        Deadline deadline = Deadline.after(Duration.ofSeconds(5));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> store.apply(List.of(), deadline))
                .withMessageContaining("1 to 1000 operations, but was given 0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> store.apply(Collections.nCopies(1001, new Read(counter("ada", 10))), deadline))
                .withMessageContaining("1001; split them");
    }

    private Outcome one(Operation operation) {
        return store.apply(List.of(operation), Deadline.after(Duration.ofSeconds(5)))
                .get(0);
    }

    private static Counter counter(String subject, int seconds) {
        return Counter.of("test", subject, NOON.minusSeconds(1), NOON.plusSeconds(seconds));
    }
}
