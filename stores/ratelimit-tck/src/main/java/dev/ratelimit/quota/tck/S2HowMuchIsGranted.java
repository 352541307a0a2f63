package dev.ratelimit.quota.tck;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.quota.spi.Counter;
import dev.ratelimit.quota.spi.Outcome.Counted;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Chapter S2 of the rules: how much is granted. */
public interface S2HowMuchIsGranted extends StoreHooks {

    /** Chosen amounts, and then random ones against the rule itself. */
    @Test
    @DisplayName("S2.1 grants min(want, room), if that is at least min, and adds it")
    default void s2_1_grantsWhatThereIsRoomFor() {
        try (Bench bench = new Bench(this)) {
            Caller store = bench.store();
            Counter counter = bench.counter();
            assertThat(store.acquire(counter, 4, 10).granted())
                    .as("S2.1: 4 of 10")
                    .isEqualTo(4);
            assertThat(store.used(counter)).as("S2.1: shown after 4 of 10").isEqualTo(4);
            assertThat(store.acquire(counter, 5, 2, 10).granted())
                    .as("S2.1: from 2 to 5, where 6 are left")
                    .isEqualTo(5);
            assertThat(store.acquire(counter, 5, 1, 10).granted())
                    .as("S2.1: from 1 to 5, where 1 is left")
                    .isEqualTo(1);
            assertThat(store.used(counter)).as("S2.1: shown in the end").isEqualTo(10);
            agreesWithTheRule(bench, 26);
        }
    }

    private static void agreesWithTheRule(Bench bench, long seed) {
        Random random = new Random(seed);
        Counter counter = bench.counter();
        long used = 0;
        for (int i = 0; i < 60; i++) {
            long want = 1L + random.nextInt(9);
            long min = 1L + random.nextInt((int) want);
            long room = 100 - used;
            long granted = Math.min(want, room) >= min ? Math.min(want, room) : 0;
            assertThat(bench.store().acquire(counter, want, min, 100).granted())
                    .as("S2.1: from %d to %d, where %d are left (seed %d)", min, want, room, seed)
                    .isEqualTo(granted);
            used += granted;
            assertThat(bench.store().used(counter))
                    .as("S2.1: shown after %d were granted (seed %d)", granted, seed)
                    .isEqualTo(used);
        }
    }

    /** Denials of untouched, half full and full counters. */
    @Test
    @DisplayName("S2.2 a denial grants zero, shows what the counter shows, and changes nothing")
    default void s2_2_denialChangesNothing() {
        try (Bench bench = new Bench(this)) {
            Caller store = bench.store();
            Counter counter = bench.counter();
            Counted before = store.acquire(counter, 11, 10);
            assertThat(before).as("S2.2: 11 of 10").isEqualTo(new Counted(0, 0));
            store.acquire(counter, 7, 10);
            for (int i = 0; i < 3; i++) {
                assertThat(store.acquire(counter, 5, 4, 10))
                        .as("S2.2: from 4 to 5, where 3 are left")
                        .isEqualTo(new Counted(0, 7));
            }
            assertThat(store.used(counter)).as("S2.2: shown after denials").isEqualTo(7);
            assertThat(store.acquire(counter, 3, 10).granted())
                    .as("S2.2: 3, which a denial has left")
                    .isEqualTo(3);
            assertThat(store.acquire(counter, 1, 10))
                    .as("S2.2: one of a full counter")
                    .isEqualTo(new Counted(0, 10));
        }
    }

    /** Checks that outcomes agree with the values of the counter. */
    @Test
    @DisplayName("S2.3 says what the counter shows after it")
    default void s2_3_saysWhatTheCounterShows() {
        try (Bench bench = new Bench(this)) {
            Caller store = bench.store();
            Counter counter = bench.counter();
            assertThat(store.used(counter)).as("S2.3: an untouched counter").isZero();
            assertThat(store.acquire(counter, 4, 10).used()).as("S2.3: after 4").isEqualTo(4);
            assertThat(store.acquire(counter, 2, 10).used())
                    .as("S2.3: after 2 more")
                    .isEqualTo(6);
            assertThat(store.acquire(counter, 9, 1, 10).used())
                    .as("S2.3: after as many as were left")
                    .isEqualTo(10);
            assertThat(store.adjust(counter, -3)).as("S2.3: after 3 went back").isEqualTo(new Counted(0, 7));
            assertThat(store.adjust(counter, 6))
                    .as("S2.3: after 6 were charged")
                    .isEqualTo(new Counted(0, 13));
            assertThat(store.used(counter)).as("S2.3: in the end").isEqualTo(13);
        }
    }
}
