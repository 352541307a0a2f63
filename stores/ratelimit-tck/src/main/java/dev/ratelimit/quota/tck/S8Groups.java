package dev.ratelimit.quota.tck;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.Certainty;
import dev.ratelimit.quota.spi.Capabilities.AtomicGroups;
import dev.ratelimit.quota.spi.Counter;
import dev.ratelimit.quota.spi.Operation.Acquire;
import dev.ratelimit.quota.spi.Operation.Group;
import dev.ratelimit.quota.spi.Outcome.Counted;
import dev.ratelimit.quota.spi.Outcome.Failed;
import dev.ratelimit.quota.spi.Outcome.Grouped;
import dev.ratelimit.store.Deadline;
import dev.ratelimit.tck.internal.Race;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Chapter S8 of the rules: groups. */
public interface S8Groups extends StoreHooks {

    /** A group for which there is room. */
    @Test
    @DisplayName("S8.1 a group whose acquires would all be granted is granted, and each counts")
    default void s8_1_groupIsGrantedAndEachCounts() {
        try (Bench bench = new Bench(this)) {
            bench.needsGroups();
            Caller store = bench.store();
            List<Counter> c = bench.counters(3);
            store.acquire(c.get(0), 2, 5);
            Grouped granted = store.group(
                    Acquire.allOrNothing(c.get(0), 3, 5),
                    Acquire.allOrNothing(c.get(1), 1, 1),
                    Acquire.allOrNothing(c.get(2), 4, 9));
            assertThat(granted.parts())
                    .as("S8.1: parts of a group that fits")
                    .containsExactly(new Counted(3, 5), new Counted(1, 1), new Counted(4, 4));
            assertThat(c.stream().map(store::used)).as("S8.1: shown after it").containsExactly(5L, 1L, 4L);
        }
    }

    /** Groups in which the first, the last or another acquire finds no room. */
    @Test
    @DisplayName("S8.2 else it is denied, and none counts")
    default void s8_2_deniedGroupCountsNothing() {
        try (Bench bench = new Bench(this)) {
            bench.needsGroups();
            Caller store = bench.store();
            for (int full = 0; full < 3; full++) {
                List<Counter> c = bench.counters(3);
                store.acquire(c.get(full), 4, 4);
                store.acquire(c.get((full + 1) % 3), 1, 4);
                Grouped denied = store.group(
                        Acquire.allOrNothing(c.get(0), 1, 4),
                        Acquire.allOrNothing(c.get(1), 1, 4),
                        Acquire.allOrNothing(c.get(2), 1, 4));
                Counted[] parts = new Counted[3];
                parts[full] = new Counted(0, 4);
                parts[(full + 1) % 3] = new Counted(0, 1);
                parts[(full + 2) % 3] = new Counted(0, 0);
                assertThat(denied.parts())
                        .as("S8.2: parts of a group whose acquire %d finds no room", full)
                        .containsExactly(parts);
                for (int i = 0; i < 3; i++) {
                    assertThat(store.used(c.get(i)))
                            .as("S8.2: shown by counter %d after a group whose acquire %d was denied", i, full)
                            .isEqualTo(parts[i].used());
                }
            }
        }
    }

    /** Groups count on two counters, while others look at one after the other. */
    @Test
    @DisplayName("S8.3 no operation sees a part of a group")
    default void s8_3_nobodySeesAPart() {
        try (Bench bench = new Bench(this)) {
            bench.needsGroups();
            Caller store = bench.store();
            List<Counter> c = bench.counters(2);
            AtomicInteger running = new AtomicInteger(2);
            Race.of("S8.3", bench.patience(), 4, i -> () -> {
                if (i >= 2) {
                    watch(store, c.get(i - 2), c.get(3 - i), running);
                    return null;
                }
                try {
                    for (int round = 0; round < 25; round++) {
                        Grouped group = store.group(
                                Acquire.allOrNothing(c.get(0), 1, 1000), Acquire.allOrNothing(c.get(1), 1, 1000));
                        assertThat(group.parts().get(0))
                                .as("S8.3: one part of a group, where all count the same on both counters")
                                .isEqualTo(group.parts().get(1));
                    }
                } finally {
                    running.decrementAndGet();
                }
                return null;
            });
        }
    }

    private static void watch(Caller store, Counter before, Counter after, AtomicInteger running) {
        while (running.get() > 0) {
            long first = store.used(before);
            long second = store.used(after);
            assertThat(second)
                    .as("S8.3: shown by a counter, when another had shown %d before, where all count on both", first)
                    .isGreaterThanOrEqualTo(first);
        }
    }

    /** Groups are denied by one counter, while others use the other one. */
    @Test
    @DisplayName("S8.3 a denied group does not disturb other operations")
    default void s8_3_deniedGroupStandsInNobodysWay() {
        try (Bench bench = new Bench(this)) {
            bench.needsGroups();
            Caller store = bench.store();
            for (int round = 0; round < 20; round++) {
                List<Counter> c = bench.counters(2);
                Counter free = c.get(round & 1);
                Counter full = c.get(1 - (round & 1));
                store.acquire(full, 1, 1);
                CountDownLatch begun = new CountDownLatch(1);
                Race.of("S8.3", bench.patience(), 2, i -> () -> {
                    if (i == 0) {
                        begun.countDown();
                        for (int k = 0; k < 4; k++) {
                            Grouped denied =
                                    store.group(Acquire.allOrNothing(free, 1, 1), Acquire.allOrNothing(full, 1, 1));
                            assertThat(denied.allowed()).as("S8.3: granted").isFalse();
                        }
                        return null;
                    }
                    // The last thread at the start runs first, and would otherwise end before the first group.
                    begun.await();
                    assertThat(store.used(free))
                            .as("S8.3: shown, where all groups are denied")
                            .isZero();
                    assertThat(store.acquire(free, 1, 1).granted())
                            .as("S8.3: the only one that there is, where all groups are denied")
                            .isEqualTo(1);
                    return null;
                });
            }
        }
    }

    /** Groups share a scarce counter. */
    @Test
    @DisplayName("S8.3 groups that race take what there is, and leave nothing behind")
    default void s8_3_groupsTakeWhatThereIs() {
        try (Bench bench = new Bench(this)) {
            bench.needsGroups();
            Caller store = bench.store();
            List<Counter> c = bench.counters(3);
            List<Long> granted = Race.of("S8.3", bench.patience(), 4, i -> () -> {
                int first = i & 1;
                long mine = 0;
                for (int round = 0; round < 12; round++) {
                    Grouped group = store.group(
                            Acquire.allOrNothing(c.get(first), 1, 30), Acquire.allOrNothing(c.get(first + 1), 1, 30));
                    mine += group.allowed() ? 1 : 0;
                }
                return mine;
            });
            long ofFirst = granted.get(0) + granted.get(2);
            long ofSecond = granted.get(1) + granted.get(3);
            assertThat(c.stream().map(store::used))
                    .as("S8.3: shown, after %d groups of the first two and %d of the last two", ofFirst, ofSecond)
                    .containsExactly(ofFirst, ofFirst + ofSecond, ofSecond);
            assertThat(ofFirst + ofSecond).as("S8.3: groups that found 30").isEqualTo(30);
        }
    }

    /** Groups that are more than the capabilities say. */
    @Test
    @DisplayName("S8.4 a group that cannot be decided as one fails with NOT_APPLIED")
    default void s8_4_groupThatCannotBeDecidedFails() {
        try (Bench bench = new Bench(this)) {
            Assumptions.assumeFalse(
                    bench.can().atomicGroups() == AtomicGroups.ALL,
                    "does not apply: by its capabilities, the store decides all groups");
            Counter one = bench.counter();
            Counter other = bench.counter();
            Group group = new Group(List.of(Acquire.allOrNothing(one, 1, 5), Acquire.allOrNothing(other, 1, 5)));
            assertThat(bench.store().attempt(group, Deadline.after(deadline())))
                    .as(
                            "S8.4: a group of two subjects, where capabilities say %s",
                            bench.can().atomicGroups())
                    .isInstanceOfSatisfying(
                            Failed.class,
                            failed -> assertThat(failed.certainty())
                                    .as("S8.4: what is known of it")
                                    .isEqualTo(Certainty.NOT_APPLIED));
            assertThat(bench.store().used(one)).as("S8.4: shown by the first").isZero();
            assertThat(bench.store().used(other))
                    .as("S8.4: shown by the second")
                    .isZero();
        }
    }

    /** Groups name the same counters in all orders. */
    @Test
    @DisplayName("S8.5 groups that meet in any order do not block each other for good")
    default void s8_5_groupsDoNotBlockEachOther() {
        try (Bench bench = new Bench(this)) {
            bench.needsGroups();
            Caller store = bench.store();
            List<Counter> c = bench.counters(3);
            Race.of("S8.5", bench.patience(), 6, i -> () -> {
                Acquire first = Acquire.allOrNothing(c.get(i % 3), 1, 1000);
                Acquire second = Acquire.allOrNothing(c.get((i + 1) % 3), 1, 1000);
                for (int round = 0; round < 20; round++) {
                    Grouped group = i < 3 ? store.group(first, second) : store.group(second, first);
                    assertThat(group.allowed()).as("S8.5: granted").isTrue();
                }
                return null;
            });
            assertThat(c.stream().map(store::used)).as("S8.5: shown in the end").containsExactly(80L, 80L, 80L);
        }
    }
}
