package dev.ratelimit.quota.tck;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.quota.spi.Counter;
import dev.ratelimit.quota.spi.OperationId;
import dev.ratelimit.quota.spi.Outcome.Counted;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Chapter S4 of the rules: counters are kept, but not for ever. */
public interface S4CountersAreKept extends StoreHooks {

    /** The lifetime of the counters of these tests. */
    Duration LIFE = Duration.ofSeconds(4);

    /** Half of that. */
    Duration HALF = Duration.ofSeconds(2);

    /** Half of it, and some more for clocks that differ. */
    Duration REST = Duration.ofSeconds(3);

    /** Reads a counter after half its lifetime, and after other counters were added. */
    @Test
    @DisplayName("S4.1 a counter is kept until it expires")
    default void s4_1_counterIsKeptUntilItExpires() {
        try (Bench bench = new Bench(this)) {
            Caller store = bench.store();
            Counter counter = bench.counter(LIFE);
            store.acquire(counter, 7, 10);
            bench.advance(HALF);
            for (int i = 0; i < 100; i++) {
                store.acquire(bench.counter(), 1, 1);
            }
            upkeep();
            assertThat(store.used(counter)).as("S4.1: shown before it expires").isEqualTo(7);
            assertThat(store.acquire(counter, 9, 1, 10))
                    .as("S4.1: what is left before it expires")
                    .isEqualTo(new Counted(3, 10));
        }
    }

    /** Checks that all acknowledged units are there after a restart. */
    @Test
    @DisplayName("S4.1 a counter is kept over restarts, if the store is durable")
    default void s4_1_counterIsKeptOverRestarts() {
        try (Bench bench = new Bench(this)) {
            List<Counter> counters = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                Counter counter = bench.counter();
                counters.add(counter);
                bench.store().acquire(counter, 5, 10);
                bench.store().adjust(counter, -2);
                bench.store().acquire(counter, i % 4 + 1, 10);
            }
            bench.reopen();
            for (int i = 0; i < 20; i++) {
                assertThat(bench.store().used(counters.get(i)))
                        .as("S4.1: shown after a restart by counter %d", i)
                        .isEqualTo(3 + i % 4 + 1);
            }
        }
    }

    /** Reads a counter after its expiry. */
    @Test
    @DisplayName("S4.2 an expired counter is forgotten at some time")
    default void s4_2_expiredCounterIsForgotten() {
        try (Bench bench = new Bench(this)) {
            Caller store = bench.store();
            Counter counter = bench.counter(LIFE);
            store.acquire(counter, 7, 10);
            bench.advance(HALF);
            bench.advance(REST);
            assertThat(bench.eventually(() -> store.used(counter) == 0))
                    .as("S4.2: an expired counter shows zero at some time")
                    .isTrue();
        }
    }

    /** Checks in the database that counters that are never used again are removed, too. */
    @Test
    @DisplayName("S4.2 no counter stays for ever, touched or not")
    default void s4_2_untouchedCountersGo() {
        try (Bench bench = new Bench(this)) {
            Assumptions.assumeTrue(
                    keptCounters().isPresent(), "not tested: counters are not told, see StoreHooks.keptCounters");
            Caller store = bench.store();
            for (int i = 0; i < 50; i++) {
                Counter counter = bench.counter(LIFE);
                store.acquire(counter, 1, 1);
                store.acquire(counter, 1, 1);
            }
            assertThat(keptCounters().orElseThrow())
                    .as("S4.1: kept before they expire")
                    .isGreaterThanOrEqualTo(50);
            bench.advance(HALF);
            bench.advance(REST);
            Counter other = bench.counter();
            assertThat(bench.eventually(() -> {
                        store.used(other);
                        return keptCounters().orElseThrow() == 0;
                    }))
                    .as("S4.2: expired counters that are not used are deleted at some time")
                    .isTrue();
        }
    }

    /** A retry is known as long as its counter is. */
    @Test
    @DisplayName("S4.3 what is remembered of operations does not go before the counter")
    default void s4_3_memoryOfOperationsDoesNotGoBefore() {
        try (Bench bench = new Bench(this)) {
            bench.needsMemoryOfOperations();
            Caller store = bench.store();
            Counter counter = bench.counter(LIFE);
            store.acquire(counter, 3, 10);
            OperationId id = bench.id();
            Counted first = store.acquire(counter, 2, 2, 10, id);
            bench.advance(HALF);
            upkeep();
            assertThat(store.acquire(counter, 2, 2, 10, id))
                    .as("S4.3: a retry before the counter expires")
                    .isEqualTo(first);
            assertThat(store.used(counter)).as("S4.3: shown after it").isEqualTo(5);
        }
    }

    /** Once the counter shows zero again, an old id is as good as a new one. */
    @Test
    @DisplayName("S4.3 what is remembered of operations goes with the counter")
    default void s4_3_memoryOfOperationsGoesWithTheCounter() {
        try (Bench bench = new Bench(this)) {
            bench.needsMemoryOfOperations();
            Caller store = bench.store();
            Counter counter = bench.counter(LIFE);
            store.acquire(counter, 3, 10);
            OperationId id = bench.id();
            store.acquire(counter, 2, 2, 10, id);
            bench.advance(HALF);
            bench.advance(REST);
            Assumptions.assumeTrue(
                    bench.eventually(() -> store.used(counter) == 0), "not tested: the counter was not forgotten");
            assertThat(store.acquire(counter, 2, 2, 10, id))
                    .as("S4.3: an operation of a counter that was forgotten counts as new")
                    .isEqualTo(new Counted(2, 2));
        }
    }

    /** After a restart, a retry is known. */
    @Test
    @DisplayName("S4.3 what is remembered of operations is kept over restarts, if the store is durable")
    default void s4_3_memoryOfOperationsIsKeptOverRestarts() {
        try (Bench bench = new Bench(this)) {
            bench.needsMemoryOfOperations();
            Counter counter = bench.counter();
            OperationId acquired = bench.id();
            OperationId adjusted = bench.id();
            Counted first = bench.store().acquire(counter, 9, 1, 6, acquired);
            Counted second = bench.store().adjust(counter, -2, adjusted);
            bench.reopen();
            assertThat(bench.store().acquire(counter, 9, 1, 6, acquired))
                    .as("S4.3: an acquire that comes again after a restart")
                    .isEqualTo(first);
            assertThat(bench.store().adjust(counter, -2, adjusted))
                    .as("S4.3: an adjust that comes again after a restart")
                    .isEqualTo(second);
            assertThat(bench.store().used(counter)).as("S4.3: shown after it").isEqualTo(4);
        }
    }
}
