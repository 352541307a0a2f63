package dev.ratelimit.quota.tck;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.quota.spi.Counter;
import dev.ratelimit.quota.spi.Operation.Acquire;
import dev.ratelimit.quota.spi.OperationId;
import dev.ratelimit.quota.spi.Outcome.Counted;
import dev.ratelimit.quota.spi.Outcome.Grouped;
import dev.ratelimit.tck.internal.Race;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Chapter S5 of the rules: an operation that comes again. */
public interface S5OperationsComeAgain extends StoreHooks {

    /** An acquire comes again at once, and after others. */
    @Test
    @DisplayName("S5.1 an acquire that comes again is answered as the first time, and counts nothing")
    default void s5_1_acquireIsAnsweredAsTheFirstTime() {
        try (Bench bench = new Bench(this)) {
            bench.needsMemoryOfOperations();
            Caller store = bench.store();
            Counter counter = bench.counter();
            OperationId id = bench.id();
            Counted first = store.acquire(counter, 4, 4, 10, id);
            assertThat(first).as("S5.1: the first time").isEqualTo(new Counted(4, 4));
            assertThat(store.acquire(counter, 4, 4, 10, id))
                    .as("S5.1: the second time")
                    .isEqualTo(first);
            store.acquire(counter, 6, 10);
            assertThat(store.acquire(counter, 4, 4, 10, id))
                    .as("S5.1: the third time, when the counter is full")
                    .isEqualTo(first);
            assertThat(store.acquire(counter, 4, 4, 2, id))
                    .as("S5.1: the fourth time, when the limit is lower")
                    .isEqualTo(first);
            assertThat(store.used(counter)).as("S5.1: shown in the end").isEqualTo(10);
        }
    }

    /** An acquire that got less than it wanted comes again when there would be more. */
    @Test
    @DisplayName("S5.1 an acquire that got a part gets the same part")
    default void s5_1_partIsTheSamePart() {
        try (Bench bench = new Bench(this)) {
            bench.needsMemoryOfOperations();
            Caller store = bench.store();
            Counter counter = bench.counter();
            OperationId id = bench.id();
            Counted first = store.acquire(counter, 9, 1, 5, id);
            store.adjust(counter, -3);
            assertThat(store.acquire(counter, 9, 1, 5, id))
                    .as("S5.1: a part, when there would be more")
                    .isEqualTo(first);
            assertThat(store.used(counter)).as("S5.1: shown in the end").isEqualTo(2);
        }
    }

    /** Refunds and charges come again. */
    @Test
    @DisplayName("S5.1 an adjust that comes again is answered as the first time, and counts nothing")
    default void s5_1_adjustIsAnsweredAsTheFirstTime() {
        try (Bench bench = new Bench(this)) {
            bench.needsMemoryOfOperations();
            Caller store = bench.store();
            Counter counter = bench.counter();
            store.acquire(counter, 8, 10);
            OperationId refund = bench.id();
            OperationId charge = bench.id();
            Counted first = store.adjust(counter, -3, refund);
            assertThat(store.adjust(counter, -3, refund))
                    .as("S5.1: a refund again")
                    .isEqualTo(first);
            Counted second = store.adjust(counter, 4, charge);
            assertThat(store.adjust(counter, 4, charge))
                    .as("S5.1: a charge again")
                    .isEqualTo(second);
            assertThat(store.adjust(counter, -3, refund))
                    .as("S5.1: a refund once more")
                    .isEqualTo(first);
            assertThat(store.used(counter)).as("S5.1: shown in the end").isEqualTo(9);
        }
    }

    /** A group comes again. */
    @Test
    @DisplayName("S5.1 a group that comes again is answered as the first time, and counts nothing")
    default void s5_1_groupIsAnsweredAsTheFirstTime() {
        try (Bench bench = new Bench(this)) {
            bench.needsMemoryOfOperations();
            bench.needsGroups();
            Caller store = bench.store();
            List<Counter> counters = bench.counters(2);
            Acquire one = new Acquire(counters.get(0), 3, 3, 4, bench.id());
            Acquire other = new Acquire(counters.get(1), 2, 2, 4, bench.id());
            Grouped first = store.group(one, other);
            assertThat(first.allowed()).as("S5.1: the group was granted").isTrue();
            assertThat(store.group(one, other)).as("S5.1: a group again").isEqualTo(first);
            assertThat(store.used(counters.get(0)))
                    .as("S5.1: shown by the first")
                    .isEqualTo(3);
            assertThat(store.used(counters.get(1)))
                    .as("S5.1: shown by the second")
                    .isEqualTo(2);
        }
    }

    /** An operation and its retry are under way at once. */
    @Test
    @DisplayName("S5.1 an operation counts once, also where it is under way several times at once")
    default void s5_1_countsOnceWhereBothAreUnderWay() {
        try (Bench bench = new Bench(this)) {
            bench.needsMemoryOfOperations();
            Caller store = bench.store();
            for (int round = 0; round < 25; round++) {
                Counter counter = bench.counter();
                OperationId id = bench.id();
                List<Counted> answers =
                        Race.of("S5.1", bench.patience(), 4, i -> () -> store.acquire(counter, 3, 3, 100, id));
                assertThat(answers).as("S5.1: answers of one operation").containsOnly(new Counted(3, 3));
                assertThat(store.used(counter)).as("S5.1: shown in the end").isEqualTo(3);
            }
        }
    }

    /** The retry comes over another connection. */
    @Test
    @DisplayName("S5.1 an operation counts once, whatever connection its retry takes")
    default void s5_1_countsOnceOverTwoStores() {
        try (Bench bench = new Bench(this)) {
            bench.needsMemoryOfOperations();
            Caller store = bench.store();
            Caller second = bench.second();
            for (int round = 0; round < 15; round++) {
                Counter counter = bench.counter();
                OperationId id = bench.id();
                List<Counted> answers = Race.of(
                        "S5.1",
                        bench.patience(),
                        4,
                        i -> () -> ((i & 1) == 0 ? store : second).acquire(counter, 3, 3, 100, id));
                assertThat(answers).as("S5.1: answers of one operation").containsOnly(new Counted(3, 3));
                assertThat(store.used(counter)).as("S5.1: shown in the end").isEqualTo(3);
            }
        }
    }

    /** A denial comes again when there is room. */
    @Test
    @DisplayName("S5.2 a denial that comes again is a denial, or is decided anew")
    default void s5_2_denialMayBeDecidedAnew() {
        try (Bench bench = new Bench(this)) {
            bench.needsMemoryOfOperations();
            Caller store = bench.store();
            Counter counter = bench.counter();
            store.acquire(counter, 9, 10);
            OperationId id = bench.id();
            assertThat(store.acquire(counter, 5, 5, 10, id).granted())
                    .as("S5.2: 5, where one is left")
                    .isZero();
            store.adjust(counter, -6);
            Counted again = store.acquire(counter, 5, 5, 10, id);
            assertThat(again.granted()).as("S5.2: 5 again, where 7 are left").isIn(0L, 5L);
            assertThat(store.used(counter))
                    .as("S5.2: shown after it, when %d were granted", again.granted())
                    .isEqualTo(3 + again.granted());
        }
    }

    /** A store that does not remember counts each time, and gives no answers of old. */
    @Test
    @DisplayName("S5.3 a store that does not remember ignores ids")
    default void s5_3_withoutMemoryIdsAreIgnored() {
        try (Bench bench = new Bench(this)) {
            Assumptions.assumeFalse(
                    bench.can().remembersOperations(), "does not apply: by its capabilities, the store remembers");
            Caller store = bench.store();
            Counter counter = bench.counter();
            OperationId id = bench.id();
            for (int i = 1; i <= 3; i++) {
                assertThat(store.acquire(counter, 2, 2, 10, id))
                        .as("S5.3: time %d", i)
                        .isEqualTo(new Counted(2, 2L * i));
            }
            assertThat(store.adjust(counter, -1, id)).as("S5.3: an adjust").isEqualTo(new Counted(0, 5));
            assertThat(store.adjust(counter, -1, id))
                    .as("S5.3: an adjust again")
                    .isEqualTo(new Counted(0, 4));
        }
    }

    /** Numbers of one holder come in any order, and all are known. */
    @Test
    @DisplayName("S5.4 one holder has many operations under way, in any order")
    default void s5_4_operationsComeInAnyOrder() {
        try (Bench bench = new Bench(this)) {
            bench.needsMemoryOfOperations();
            Caller store = bench.store();
            Counter counter = bench.counter();
            UUID holder = UUID.randomUUID();
            long[] order = {5, 2, 9, 1, Long.MAX_VALUE, 3};
            for (int i = 0; i < order.length; i++) {
                assertThat(store.acquire(counter, 1, 1, 10, new OperationId(holder, order[i])))
                        .as("S5.4: operation %d, after larger and smaller ones", order[i])
                        .isEqualTo(new Counted(1, i + 1L));
            }
            for (int i = order.length - 1; i >= 0; i--) {
                assertThat(store.acquire(counter, 1, 1, 10, new OperationId(holder, order[i])))
                        .as("S5.4: operation %d again", order[i])
                        .isEqualTo(new Counted(1, i + 1L));
            }
        }
    }

    /** The same number of another holder, or of another counter, is another operation. */
    @Test
    @DisplayName("S5.4 ids of different holders or counters are different")
    default void s5_4_idsOfOthersAreDifferent() {
        try (Bench bench = new Bench(this)) {
            bench.needsMemoryOfOperations();
            Caller store = bench.store();
            Counter counter = bench.counter();
            Counter other = bench.counter();
            OperationId id = new OperationId(UUID.randomUUID(), 1);
            store.acquire(counter, 2, 2, 10, id);
            assertThat(store.acquire(other, 3, 3, 10, id))
                    .as("S5.4: the same id at another counter")
                    .isEqualTo(new Counted(3, 3));
            assertThat(store.acquire(counter, 3, 3, 10, new OperationId(UUID.randomUUID(), 1)))
                    .as("S5.4: the same number of another holder")
                    .isEqualTo(new Counted(3, 5));
        }
    }
}
