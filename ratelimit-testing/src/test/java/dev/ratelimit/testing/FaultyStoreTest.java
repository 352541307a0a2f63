package dev.ratelimit.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ratelimit.Certainty;
import dev.ratelimit.quota.spi.Capabilities;
import dev.ratelimit.quota.spi.Counter;
import dev.ratelimit.quota.spi.Operation;
import dev.ratelimit.quota.spi.Outcome;
import dev.ratelimit.quota.spi.QuotaStore;
import dev.ratelimit.store.Deadline;
import dev.ratelimit.store.StoreException;
import dev.ratelimit.testing.FaultyStore.Fault;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class FaultyStoreTest {

    private final Counting counting = new Counting();
    private final FaultyStore store = new FaultyStore(counting);

    private List<Outcome> call() {
        Counter counter = Counter.of("q", "a", Instant.EPOCH, Instant.EPOCH.plusSeconds(1));
        return store.apply(List.of(new Operation.Read(counter)), Deadline.after(Duration.ofSeconds(1)));
    }

    private void fails(Certainty certainty) {
        assertThatThrownBy(this::call)
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.certainty()).isEqualTo(certainty));
    }

    @Test
    void eachFaultIsOfOneCall() {
        store.next(Fault.REFUSE, Fault.LOSE_REPLY, Fault.NONE, Fault.LOSE_CALL, Fault.LOSE_OUTCOMES, Fault.BREAK);
        fails(Certainty.NOT_APPLIED);
        assertThat(counting.calls).isZero();
        fails(Certainty.INDETERMINATE);
        assertThat(counting.calls).isEqualTo(1);
        assertThat(call()).containsExactly(new Outcome.Counted(0, 2));
        fails(Certainty.INDETERMINATE);
        assertThat(counting.calls).isEqualTo(2);
        assertThat(call()).singleElement().isInstanceOf(Outcome.Failed.class);
        assertThat(counting.calls).isEqualTo(3);
        assertThatThrownBy(this::call).isInstanceOf(IllegalStateException.class);
        assertThat(call()).containsExactly(new Outcome.Counted(0, 4));
        assertThat(store.calls()).isEqualTo(7);
    }

    @Test
    void anOutageLastsUntilItIsEnded() {
        store.beginOutage(Fault.REFUSE);
        store.next(Fault.LOSE_REPLY);
        fails(Certainty.INDETERMINATE);
        fails(Certainty.NOT_APPLIED);
        fails(Certainty.NOT_APPLIED);
        store.endOutage();
        assertThat(call()).containsExactly(new Outcome.Counted(0, 2));
    }

    @Test
    void aCallTakesItsLatencyOrEndsAtItsDeadline() {
        ManualTime time = new ManualTime();
        FaultyStore slow = new FaultyStore(counting, time::advance);
        slow.latency(Duration.ofMillis(30));
        Deadline deadline = Deadline.after(Duration.ofMillis(50), time);
        List<Operation> operations =
                List.of(new Operation.Read(Counter.of("q", "a", Instant.EPOCH, Instant.EPOCH.plusSeconds(1))));
        assertThat(slow.apply(operations, deadline)).containsExactly(new Outcome.Counted(0, 1));
        assertThat(time.nanos()).isEqualTo(30_000_000);
        assertThatThrownBy(() -> slow.apply(operations, deadline))
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.certainty()).isEqualTo(Certainty.INDETERMINATE));
        assertThat(time.nanos()).isEqualTo(50_000_000);
        assertThat(counting.calls).isEqualTo(2);
        assertThatThrownBy(() -> slow.latency(Duration.ofMillis(-1))).hasMessageContaining("latency must be");
    }

    @Test
    void allElseIsTheOthers() {
        assertThat(store.isLocal()).isFalse();
        assertThat(store.capabilities()).isSameAs(counting.capabilities());
        assertThat(store.defaultDeadline()).isEqualTo(Duration.ofMillis(7));
        store.close();
        assertThat(counting.closed).isTrue();
    }

    @Test
    void aClockShowsWhatItIsSetTo() {
        ManualClock clock = new ManualClock(Instant.EPOCH);
        clock.advance(Duration.ofSeconds(3));
        assertThat(clock.instant()).isEqualTo(Instant.ofEpochSecond(3));
        clock.set(Instant.EPOCH);
        assertThat(clock.instant()).isEqualTo(Instant.EPOCH);
    }

    private static final class Counting implements QuotaStore {

        private final Capabilities capabilities = new Capabilities(true, Capabilities.AtomicGroups.ALL, 10);
        private int calls;
        private boolean closed;

        @Override
        public Capabilities capabilities() {
            return capabilities;
        }

        @Override
        public Duration defaultDeadline() {
            return Duration.ofMillis(7);
        }

        @Override
        public List<Outcome> apply(List<Operation> operations, Deadline deadline) {
            calls++;
            return List.of(new Outcome.Counted(0, calls));
        }

        @Override
        public void close() {
            closed = true;
        }
    }
}
