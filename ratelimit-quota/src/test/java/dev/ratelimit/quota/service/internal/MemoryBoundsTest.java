package dev.ratelimit.quota.service.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ratelimit.Certainty;
import dev.ratelimit.quota.CalendarWindow;
import dev.ratelimit.quota.Quota;
import dev.ratelimit.quota.QuotaService;
import dev.ratelimit.quota.QuotaUnavailableException;
import dev.ratelimit.quota.service.QuotaStores;
import dev.ratelimit.quota.service.Quotas;
import dev.ratelimit.quota.spi.Counter;
import dev.ratelimit.quota.spi.Operation;
import dev.ratelimit.quota.spi.Operation.Acquire;
import dev.ratelimit.quota.spi.Operation.Adjust;
import dev.ratelimit.quota.spi.Operation.Group;
import dev.ratelimit.quota.spi.Operation.Read;
import dev.ratelimit.quota.spi.OperationId;
import dev.ratelimit.quota.spi.Outcome;
import dev.ratelimit.quota.spi.Outcome.Counted;
import dev.ratelimit.quota.spi.Outcome.Failed;
import dev.ratelimit.store.Deadline;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A store in memory that is full fails what needs room, and forgets nothing that is in use. */
class MemoryBoundsTest {

    private static final Instant NOON = Instant.parse("2030-06-01T12:00:00Z");
    private static final UUID HOLDER = UUID.randomUUID();

    private Instant now = NOON;
    private final MemoryBounds bounds = new MemoryBounds(3, 2);
    private final MemoryStore store = new MemoryStore(() -> now, bounds);

    @Test
    void aFullStoreFailsNewCountersAndGoesOnWithThoseThatItHas() {
        for (int i = 0; i < 3; i++) {
            assertThat(acquire("key-" + i)).isEqualTo(new Counted(1, 1));
        }
        assertThat(acquire("key-3")).isInstanceOfSatisfying(Failed.class, failed -> {
            assertThat(failed.certainty()).isEqualTo(Certainty.NOT_APPLIED);
            assertThat(failed.cause()).hasMessageContaining("3 counters").hasMessageContaining("maxCounters");
        });
        assertThat(acquire("key-0")).isEqualTo(new Counted(1, 2));
        assertThat(one(new Read(counter("key-3")))).isEqualTo(new Counted(0, 0));
        assertThat(one(new Adjust(counter("key-3"), -1, null))).isEqualTo(new Counted(0, 0));
        assertThat(one(new Adjust(counter("key-3"), 1, null))).isInstanceOf(Failed.class);
        assertThat(one(Acquire.allOrNothing(counter("key-3"), 2, 1))).isEqualTo(new Counted(0, 0));
        one(new Adjust(counter("key-1"), -1, null));
        assertThat(acquire("key-3")).isEqualTo(new Counted(1, 1));
        assertThat(store.size()).isEqualTo(3);
    }

    @Test
    void aGroupThatDoesNotFitCountsNothing() {
        acquire("a");
        acquire("b");
        Outcome outcome = one(new Group(List.of(
                Acquire.allOrNothing(counter("a"), 1, 9),
                Acquire.allOrNothing(counter("c"), 1, 9),
                Acquire.allOrNothing(counter("d"), 1, 9))));
        assertThat(outcome).isInstanceOf(Failed.class);
        assertThat(one(new Read(counter("a")))).isEqualTo(new Counted(0, 1));
        assertThat(store.size()).isEqualTo(2);
    }

    @Test
    void windowsForWhichThereIsNoRoomLeaveNothing() {
        StoredCounters tallies = new StoredCounters(new MemoryBounds(0, 0));
        assertThatThrownBy(() -> tallies.locked(counter("a"))).isInstanceOf(MemoryBounds.NoRoom.class);
        assertThat(tallies.windows()).isZero();
    }

    @Test
    void whatHasExpiredMakesRoom() {
        MemoryStore large = new MemoryStore(() -> now, new MemoryBounds(500, 0));
        IntStream.range(0, 500).forEach(i -> apply(large, Acquire.allOrNothing(counter("key-" + i), 1, 9)));
        now = NOON.plus(Duration.ofHours(2));
        List<Operation> all = IntStream.range(0, 500)
                .<Operation>mapToObj(i -> Acquire.allOrNothing(later("key-" + i), 1, 9))
                .toList();
        assertThat(large.apply(all, Deadline.never())).containsOnly(new Counted(1, 1));
        assertThat(large.size()).isEqualTo(500);
    }

    @Test
    void operationsAreRememberedAsManyAsFit() {
        assertThat(one(new Acquire(counter("a"), 1, 1, 9, id(1)))).isEqualTo(new Counted(1, 1));
        assertThat(one(new Group(List.of(acquireOnce("a", 2), acquireOnce("b", 3)))))
                .isInstanceOf(Failed.class);
        assertThat(one(new Read(counter("a")))).isEqualTo(new Counted(0, 1));
        assertThat(bounds.operations()).isEqualTo(1);
        assertThat(one(new Adjust(counter("a"), 5, id(4)))).isEqualTo(new Counted(0, 6));
        assertThat(one(acquireOnce("a", 5)))
                .isInstanceOfSatisfying(
                        Failed.class,
                        failed -> assertThat(failed.cause()).hasMessageContaining("maxRememberedOperations"));
        assertThat(one(acquireOnce("a", 1))).as("known").isEqualTo(new Counted(1, 1));
        assertThat(one(Acquire.allOrNothing(counter("a"), 9, 9))).as("denied").isEqualTo(new Counted(0, 6));
        now = NOON.plus(Duration.ofHours(2));
        one(new Read(later("a")));
        assertThat(bounds.operations()).isZero();
        assertThat(store.size()).isZero();
    }

    @Test
    void anAnswerIsKeptForADay() {
        MemoryStore large = new MemoryStore(() -> now, new MemoryBounds(9, 9));
        Counter counter = Counter.of("test", "a", NOON, NOON.plus(Duration.ofDays(30)));
        apply(large, new Acquire(counter, 1, 1, 9, id(1)));
        now = NOON.plus(Duration.ofDays(1));
        assertThat(apply(large, new Acquire(counter, 1, 1, 9, id(1)))).isEqualTo(new Counted(1, 1));
        now = NOON.plus(Duration.ofDays(1)).plusMillis(1);
        apply(large, new Acquire(counter, 1, 1, 9, id(2)));
        assertThat(apply(large, new Acquire(counter, 1, 1, 9, id(1)))).isEqualTo(new Counted(1, 3));
    }

    @Test
    void retriesInMemoryRememberNothingBecauseNothingIsInDoubt() {
        MemoryStore none = new MemoryStore(() -> now, new MemoryBounds(9, 0));
        QuotaService quotas = Quotas.builder(none)
                .quota(Quota.of("q", 9, CalendarWindow.daily()))
                .retries(3)
                .clock(() -> now)
                .build();
        assertThat(quotas.reserve("ada", 2).allowed()).isTrue();
    }

    @Test
    void theServiceSaysThatNothingWasCounted() {
        QuotaService quotas = Quotas.of(
                QuotaStores.inMemoryBuilder().maxCounters(1).build(), Quota.of("q", 5, CalendarWindow.yearly()));
        quotas.consume("ada");
        assertThatThrownBy(() -> quotas.consume("bob"))
                .isInstanceOfSatisfying(
                        QuotaUnavailableException.class,
                        e -> assertThat(e.certainty()).isEqualTo(Certainty.NOT_APPLIED))
                .hasMessageContaining("maxCounters");
        assertThat(quotas.consume("ada").used()).isEqualTo(2);
    }

    @Test
    void boundsThatMeanNothingAreRefused() {
        assertThatThrownBy(() -> QuotaStores.inMemoryBuilder().maxCounters(0)).hasMessageContaining("maxCounters");
        assertThatThrownBy(() -> QuotaStores.inMemoryBuilder().maxRememberedOperations(-1))
                .hasMessageContaining("maxRememberedOperations");
    }

    private Outcome acquire(String key) {
        return one(Acquire.allOrNothing(counter(key), 1, 9));
    }

    private static Acquire acquireOnce(String key, long id) {
        return new Acquire(counter(key), 1, 1, 9, id(id));
    }

    private Outcome one(Operation operation) {
        return apply(store, operation);
    }

    private static Outcome apply(MemoryStore store, Operation operation) {
        return store.apply(List.of(operation), Deadline.never()).get(0);
    }

    private static OperationId id(long sequence) {
        return new OperationId(HOLDER, sequence);
    }

    private static Counter counter(String subject) {
        return Counter.of("test", subject, NOON, NOON.plus(Duration.ofHours(1)));
    }

    private static Counter later(String subject) {
        return Counter.of("test", subject, NOON.plusSeconds(1), NOON.plus(Duration.ofDays(1)));
    }
}
