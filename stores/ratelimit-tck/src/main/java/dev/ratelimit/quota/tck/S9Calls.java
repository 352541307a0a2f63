package dev.ratelimit.quota.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.ratelimit.quota.spi.Counter;
import dev.ratelimit.quota.spi.Operation;
import dev.ratelimit.quota.spi.Operation.Acquire;
import dev.ratelimit.quota.spi.Operation.Adjust;
import dev.ratelimit.quota.spi.Operation.Read;
import dev.ratelimit.quota.spi.Outcome;
import dev.ratelimit.quota.spi.Outcome.Counted;
import dev.ratelimit.store.Deadline;
import dev.ratelimit.tck.internal.Race;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Chapter S9 of the rules: calls. */
public interface S9Calls extends StoreHooks {

    /** Operations of all kinds on different counters, in one call. */
    @Test
    @DisplayName("S9.1 outcomes come in the order of the operations, and as many")
    default void s9_1_outcomesComeInOrder() {
        try (Bench bench = new Bench(this)) {
            needsBatch(bench, 6);
            Caller store = bench.store();
            Counter three = bench.counter();
            Counter five = bench.counter();
            store.acquire(three, 3, 10);
            store.acquire(five, 5, 10);
            assertThat(store.all(
                            "S9.1",
                            List.of(
                                    new Read(three),
                                    Acquire.allOrNothing(bench.counter(), 2, 10),
                                    new Read(five),
                                    Acquire.allOrNothing(bench.counter(), 2, 1),
                                    new Adjust(bench.counter(), 7, null),
                                    new Acquire(bench.counter(), 9, 1, 4, null))))
                    .as("S9.1: outcomes of a read of 3, 2 of 10, a read of 5, 2 of 1, a charge of 7, up to 9 of 4")
                    .containsExactly(
                            new Counted(0, 3),
                            new Counted(2, 2),
                            new Counted(0, 5),
                            new Counted(0, 0),
                            new Counted(0, 7),
                            new Counted(4, 4));
        }
    }

    /** As many acquires as one call takes, a thousand at most, on three counters in turn. */
    @Test
    @DisplayName("S9.2 a call of up to maxBatch operations is done, those of one counter in their order")
    default void s9_2_largestBatchIsDoneInOrder() {
        try (Bench bench = new Bench(this)) {
            int count = Math.min(bench.can().maxBatch(), 1000);
            List<Counter> counters = List.of(bench.counter(), bench.counter(), bench.counter());
            List<Operation> operations = new ArrayList<>();
            List<Outcome> expected = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                operations.add(Acquire.allOrNothing(counters.get(i % 3), 1, 10_000));
                expected.add(new Counted(1, i / 3 + 1L));
            }
            assertThat(bench.store().all("S9.2", operations))
                    .as("S9.2: outcomes of %d acquires on three counters in turn", count)
                    .isEqualTo(expected);
        }
    }

    /** An acquire is denied in the middle of a call. */
    @Test
    @DisplayName("S9.3 the operations of a call are no transaction")
    default void s9_3_callIsNoTransaction() {
        try (Bench bench = new Bench(this)) {
            needsBatch(bench, 3);
            Counter before = bench.counter();
            Counter denied = bench.counter();
            Counter after = bench.counter();
            List<Outcome> outcomes = bench.store()
                    .all(
                            "S9.3",
                            List.of(
                                    Acquire.allOrNothing(before, 1, 5),
                                    Acquire.allOrNothing(denied, 6, 5),
                                    Acquire.allOrNothing(after, 2, 5)));
            assertThat(outcomes)
                    .as("S9.3: outcomes, where the second is denied")
                    .containsExactly(new Counted(1, 1), new Counted(0, 0), new Counted(2, 2));
            assertThat(bench.store().used(before))
                    .as("S9.3: shown by the first")
                    .isEqualTo(1);
            assertThat(bench.store().used(after)).as("S9.3: shown by the last").isEqualTo(2);
        }
    }

    /** Threads with counters of their own are not mixed up. */
    @Test
    @DisplayName("S9.4 many threads may call at once")
    default void s9_4_manyThreadsMayCall() {
        try (Bench bench = new Bench(this)) {
            needsBatch(bench, 3);
            Race.of("S9.4", bench.patience(), 6, i -> () -> {
                Counter mine = bench.counter();
                for (long round = 1; round <= 15; round++) {
                    assertThat(bench.store()
                                    .all(
                                            "S9.4",
                                            List.of(
                                                    Acquire.allOrNothing(mine, i + 1, 1000),
                                                    new Adjust(mine, -i - 1, null),
                                                    Acquire.allOrNothing(mine, 1, 1000))))
                            .as("S9.4: outcomes of thread %d, whose counters no other thread uses", i)
                            .containsExactly(
                                    new Counted(i + 1, round + i), new Counted(0, round - 1), new Counted(1, round));
                }
                return null;
            });
        }
    }

    /** A store is closed while others call, and once more. */
    @Test
    @DisplayName("S9.4 close() may be called at any time, and twice")
    default void s9_4_closeMayBeCalledTwice() {
        try (Bench bench = new Bench(this)) {
            Counter counter = bench.counter();
            Race.of("S9.4", bench.patience(), 4, i -> () -> {
                for (int round = 0; round < 20; round++) {
                    if (i == 0 && round == 5) {
                        bench.store().store().close();
                    }
                    // Whatever comes of it, it is an outcome.
                    bench.store().attempt(Acquire.allOrNothing(counter, 1, 1000), Deadline.after(deadline()));
                }
                return null;
            });
            assertThatCode(() -> bench.store().store().close())
                    .as("S9.4: the second close()")
                    .doesNotThrowAnyException();
        }
    }

    /** Names that databases and scripts could take for something else, or for each other. */
    @Test
    @DisplayName("S9.5 names reach a database or server as they are")
    default void s9_5_namesAreTakenAsTheyAre() {
        try (Bench bench = new Bench(this)) {
            List<Counter> counters = likeOneAnother(bench, UUID.randomUUID().toString());
            for (int i = 0; i < counters.size(); i++) {
                bench.store().acquire(counters.get(i), i + 1, 1000);
            }
            for (int i = 0; i < counters.size(); i++) {
                assertThat(bench.store().used(counters.get(i)))
                        .as("S9.5: shown by %s, whose name is like others", counters.get(i))
                        .isEqualTo(i + 1);
            }
        }
    }

    private static List<Counter> likeOneAnother(Bench bench, String random) {
        Duration life = Duration.ofHours(1);
        List<Counter> counters = new ArrayList<>();
        for (String subject : List.of(
                "x",
                "X",
                "_",
                "%",
                "-",
                "--",
                ".",
                "..",
                "'",
                "''",
                "\"",
                "`",
                ";",
                "' or 1=1 --",
                "\\",
                "\\\\",
                "$1",
                "?",
                ":a",
                "#{a}",
                "{x}",
                "{a}{b}",
                "*",
                "[x]",
                "%s%n%d",
                "%27",
                "/",
                "//",
                " ",
                "  ",
                "\t",
                "\r\n",
                "\0",
                "\u00e9",
                "e\u0301",
                "\u00df",
                "ss",
                "\uff21",
                "\ud83d\ude00",
                "\ud800")) {
            counters.add(bench.counter("tck", random + subject, life));
        }
        for (String quota : List.of("Tck", "TCK", "t_k", "tc", "tck.", "tck-")) {
            counters.add(bench.counter(quota, random + "x", life));
        }
        // As long as they can be, and different in the last character.
        String longest = " ".repeat(Counter.MAX_SUBJECT_LENGTH - random.length() - 1);
        counters.add(bench.counter("q".repeat(Counter.MAX_QUOTA_LENGTH), random + longest + "a", life));
        counters.add(bench.counter("q".repeat(Counter.MAX_QUOTA_LENGTH), random + longest + "b", life));
        Counter last = counters.get(counters.size() - 1);
        counters.add(
                Counter.of(last.quota(), random + longest + "b", last.start().minusSeconds(1), last.expires()));
        return counters;
    }

    private static void needsBatch(Bench bench, int count) {
        Assumptions.assumeTrue(
                bench.can().maxBatch() >= count,
                () -> "does not apply: by its capabilities, the store takes fewer than " + count + " operations");
    }
}
