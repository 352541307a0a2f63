package dev.ratelimit.quota.tck;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.quota.spi.Counter;
import dev.ratelimit.quota.spi.Outcome.Counted;
import dev.ratelimit.tck.internal.Race;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Chapter S1 of the rules: never more than the limit. */
public interface S1NeverMoreThanTheLimit extends StoreHooks {

    /** Threads of one store acquire permits of one counter, one by one; there must be an order that explains it. */
    @Test
    @DisplayName("S1.1 acquires of one counter are linearizable")
    default void s1_1_acquiresOfOneCounterAreLinearizable() {
        try (Bench bench = new Bench(this)) {
            Caller store = bench.store();
            Counter counter = bench.counter();
            store.acquire(counter, 1, 180);
            List<List<UnitHistory.Call>> calls =
                    Race.of("S1.1", bench.patience(), 8, i -> UnitHistory.task(store, counter, 25, 180));
            UnitHistory.check("S1.1", calls, 1, 180);
            assertThat(store.used(counter)).as("S1.1: shown in the end").isEqualTo(180);
        }
    }

    /** The same from two stores on one database. */
    @Test
    @DisplayName("S1.1 acquires of one counter are linearizable, whatever connections they come from")
    default void s1_1_acquiresOfTwoStoresAreLinearizable() {
        try (Bench bench = new Bench(this)) {
            Caller store = bench.store();
            Caller second = bench.second();
            Counter counter = bench.counter();
            store.acquire(counter, 1, 180);
            List<List<UnitHistory.Call>> calls = Race.of(
                    "S1.1",
                    bench.patience(),
                    8,
                    i -> UnitHistory.task((i & 1) == 0 ? store : second, counter, 25, 180));
            UnitHistory.check("S1.1", calls, 1, 180);
            assertThat(second.used(counter)).as("S1.1: shown in the end").isEqualTo(180);
        }
    }

    /**
     * Threads acquire by different limits and give back; the sum must be what is shown, and within the largest limit.
     */
    @Test
    @DisplayName("S1.2 the sum of what was granted, less what was taken back, is within the largest limit")
    default void s1_2_sumStaysWithinTheLargestLimit() {
        try (Bench bench = new Bench(this)) {
            Caller store = bench.store();
            Counter counter = bench.counter();
            store.acquire(counter, 1, 100);
            List<Long> sums = Race.of("S1.2", bench.patience(), 6, i -> new Turnover(store, counter, i));
            long sum = 1 + sums.stream().mapToLong(Long::longValue).sum();
            assertThat(sum).as("S1.2: granted, less taken back").isEqualTo(store.used(counter));
            assertThat(sum).as("S1.2: granted, less taken back").isBetween(0L, 100L);
        }
    }

    /** Many threads bring the same new counter, again and again. */
    @Test
    @DisplayName("S1.3 the first acquires of a counter are no exception")
    default void s1_3_firstAcquiresAreNoException() {
        try (Bench bench = new Bench(this)) {
            Caller store = bench.store();
            for (int round = 0; round < 30; round++) {
                Counter counter = bench.counter();
                UnitHistory.check(
                        "S1.3",
                        Race.of("S1.3", bench.patience(), 6, i -> UnitHistory.task(store, counter, 1, 1)),
                        0,
                        1);
                assertThat(store.used(counter)).as("S1.3: shown in the end").isEqualTo(1);
            }
        }
    }

    /** The same from two stores on one database. */
    @Test
    @DisplayName("S1.3 the first acquires of a counter are no exception, whatever connections they come from")
    default void s1_3_firstAcquiresOfTwoStoresAreNoException() {
        try (Bench bench = new Bench(this)) {
            Caller store = bench.store();
            Caller second = bench.second();
            for (int round = 0; round < 30; round++) {
                Counter counter = bench.counter();
                UnitHistory.check(
                        "S1.3",
                        Race.of(
                                "S1.3",
                                bench.patience(),
                                6,
                                i -> UnitHistory.task((i & 1) == 0 ? store : second, counter, 1, 1)),
                        0,
                        1);
            }
        }
    }

    /** Amounts and limits as large as they can be. */
    @Test
    @DisplayName("S1.4 acquires never wrap")
    default void s1_4_acquiresNeverWrap() {
        long most = Long.MAX_VALUE;
        try (Bench bench = new Bench(this)) {
            Caller store = bench.store();
            Counter counter = bench.counter();
            assertThat(store.acquire(counter, 10, most)).as("S1.4: 10 of all").isEqualTo(new Counted(10, 10));
            assertThat(store.acquire(counter, most, most))
                    .as("S1.4: all, where 10 are taken")
                    .isEqualTo(new Counted(0, 10));
            assertThat(store.acquire(counter, most, 20))
                    .as("S1.4: all, at a limit of 20, where 10 are taken")
                    .isEqualTo(new Counted(0, 10));
            assertThat(store.acquire(counter, most, 1, most))
                    .as("S1.4: all that are left")
                    .isEqualTo(new Counted(most - 10, most));
            assertThat(store.acquire(counter, 1, most)).as("S1.4: one more").isEqualTo(new Counted(0, most));
            assertThat(store.acquire(counter, most, 1, 0))
                    .as("S1.4: at a limit of zero")
                    .isEqualTo(new Counted(0, most));
        }
    }

    /** Adjusts beyond both ends. */
    @Test
    @DisplayName("S1.4 an adjust stops at the largest number, and at zero")
    default void s1_4_adjustsStopAtBothEnds() {
        long most = Long.MAX_VALUE;
        try (Bench bench = new Bench(this)) {
            Caller store = bench.store();
            Counter counter = bench.counter();
            assertThat(store.adjust(counter, -5).used()).as("S1.4: 5 off zero").isZero();
            assertThat(store.adjust(counter, 3).used()).as("S1.4: 3 on zero").isEqualTo(3);
            assertThat(store.adjust(counter, -5).used()).as("S1.4: 5 off 3").isZero();
            assertThat(store.adjust(counter, most).used())
                    .as("S1.4: all on zero")
                    .isEqualTo(most);
            assertThat(store.adjust(counter, 1).used()).as("S1.4: one on all").isEqualTo(most);
            assertThat(store.adjust(counter, most).used())
                    .as("S1.4: all on all")
                    .isEqualTo(most);
            assertThat(store.adjust(counter, Long.MIN_VALUE).used())
                    .as("S1.4: the smallest number on all")
                    .isZero();
            assertThat(store.used(counter)).as("S1.4: shown in the end").isZero();
        }
    }
}
