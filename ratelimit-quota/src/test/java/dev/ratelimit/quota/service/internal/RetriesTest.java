package dev.ratelimit.quota.service.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.Certainty;
import dev.ratelimit.quota.service.QuotaStores;
import dev.ratelimit.quota.spi.Counter;
import dev.ratelimit.quota.spi.Operation;
import dev.ratelimit.quota.spi.Outcome;
import dev.ratelimit.store.Deadline;
import dev.ratelimit.testing.FaultyStore;
import dev.ratelimit.testing.FaultyStore.Fault;
import dev.ratelimit.testing.ManualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Repeated calls pause, at random and twice as long each time, within the deadline. */
class RetriesTest {

    private static final Operation ACQUIRE =
            Operation.Acquire.allOrNothing(Counter.of("q", "key", Instant.EPOCH, Instant.MAX), 1, 10);

    private final ManualTime time = new ManualTime();
    private final FaultyStore store = new FaultyStore(QuotaStores.inMemory(), time::advance);
    private final List<Long> pauses = new ArrayList<>();
    private double random = 0.999_999_999;
    private int interruptedAfter = Integer.MAX_VALUE;

    private Outcome call(int retries, Duration deadline) {
        ServiceContext surroundings = new ServiceContext(time, Runnable::run, Runnable::run, () -> random, nanos -> {
            pauses.add((nanos + 500_000) / 1_000_000);
            time.advanceNanos(nanos);
            return pauses.size() < interruptedAfter;
        });
        StoreDeadline wait = new StoreDeadline.Own(deadline);
        return CallsOnTrial.of(store, wait, surroundings, retries).apply(ACQUIRE, Deadline.after(deadline, time));
    }

    @Test
    void tenRetriesAreSpreadOverASecondAndNotOverWithinNineMilliseconds() {
        store.beginOutage(Fault.REFUSE);
        random = 0.5;
        call(10, Duration.ofMinutes(1));
        // The breaker opens half-way: it makes no sense to go on.
        assertThat(pauses).startsWith(5L, 10L, 20L, 40L, 80L, 125L, 125L);
        assertThat(pauses.stream().mapToLong(Long::longValue).sum()).isGreaterThanOrEqualTo(500);
    }

    @Test
    void boundsDoubleUpToAQuarterOfASecond() {
        store.next(Fault.REFUSE, Fault.REFUSE, Fault.REFUSE, Fault.REFUSE, Fault.REFUSE, Fault.REFUSE);
        assertThat(call(10, Duration.ofSeconds(1))).isInstanceOf(Outcome.Counted.class);
        assertThat(pauses).containsExactly(10L, 20L, 40L, 80L, 160L, 250L);
    }

    @Test
    void noPauseGoesBeyondTheDeadline() {
        store.beginOutage(Fault.REFUSE);
        assertThat(call(10, Duration.ofMillis(50))).isInstanceOf(Outcome.Failed.class);
        assertThat(pauses).containsExactly(10L, 20L);
        assertThat(store.calls()).isEqualTo(3);
        assertThat(time.nanos()).isLessThan(50_000_000);
    }

    @Test
    void aPauseMayBeNone() {
        random = 0;
        store.next(Fault.REFUSE, Fault.REFUSE);
        assertThat(call(2, Duration.ofMillis(50))).isInstanceOf(Outcome.Counted.class);
        assertThat(time.nanos()).isZero();
    }

    @Test
    void aCallerThatIsInterruptedIsAnsweredAtOnce() {
        store.beginOutage(Fault.REFUSE);
        interruptedAfter = 2;
        Outcome outcome = call(10, Duration.ofSeconds(1));
        assertThat(outcome)
                .isInstanceOfSatisfying(
                        Outcome.Failed.class,
                        failed -> assertThat(failed.certainty()).isEqualTo(Certainty.NOT_APPLIED));
        assertThat(store.calls()).isEqualTo(2);
    }

    @Test
    void aThreadThatIsInterruptedDoesNotPause() {
        Thread.currentThread().interrupt();
        assertThat(ServiceContext.ofSystem().pause().nanos(Long.MAX_VALUE)).isFalse();
        assertThat(Thread.interrupted()).isTrue();
        assertThat(ServiceContext.ofSystem().pause().nanos(1_000)).isTrue();
    }
}
