package dev.ratelimit.quota.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.ratelimit.Certainty;
import dev.ratelimit.quota.spi.Counter;
import dev.ratelimit.quota.spi.CounterQuery;
import dev.ratelimit.quota.spi.ListedCounter;
import dev.ratelimit.store.Deadline;
import dev.ratelimit.store.StoreException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Chapter S10 of the rules: counters are listed, where a store says that it can. */
public interface S10Listing extends StoreHooks {

    /** Only counters of the quota, the length and the span, those that show most first, not more than asked for. */
    @Test
    @DisplayName("S10.1 counters of a query are listed, those that show most first")
    default void s10_1_countersOfAQueryAreListed() {
        try (Bench bench = new Bench(this)) {
            needsListing(bench);
            String quota = "tck_" + UUID.randomUUID();
            Instant start = now().truncatedTo(ChronoUnit.SECONDS).minusSeconds(60);
            List<ListedCounter> expected = new ArrayList<>();
            String[] keys = {"ada", "a b", "\u20ac/%", "k".repeat(300), "_"};
            for (int i = 0; i < keys.length; i++) {
                Counter counter = counter(quota, "1mo", start, keys[i]);
                bench.store().acquire(counter, 10 - i, 100);
                expected.add(new ListedCounter(counter, 10 - i));
            }
            Counter zero = counter(quota, "1mo", start, "zero");
            bench.store().acquire(zero, 1, 1);
            bench.store().adjust(zero, -1);
            bench.store().acquire(counter(quota, "1d", start, "ada"), 50, 100);
            bench.store().acquire(counter(quota, "1mo", start.minusSeconds(1), "ada"), 50, 100);
            bench.store().acquire(counter(quota, "1mo", start.plusSeconds(1), "ada"), 50, 100);
            bench.store().acquire(counter(quota + "x", "1mo", start, "ada"), 50, 100);
            bench.store().acquire(counter(quota.replace('_', 'x'), "1mo", start, "ada"), 50, 100);
            CounterQuery query = new CounterQuery(quota, "1mo", start, start.plusSeconds(1), 100);
            assertThat(list(bench, query)).as("S10.1: counters of the query").isEqualTo(expected);
            assertThat(list(bench, new CounterQuery(quota, "1mo", start, start.plusSeconds(1), 2)))
                    .as("S10.1: the two that show most")
                    .isEqualTo(expected.subList(0, 2));
            assertThat(list(bench, new CounterQuery(quota, "", start.minusSeconds(1), start.plusSeconds(2), 100)))
                    .as("S10.1: of any length in a longer span")
                    .hasSize(expected.size() + 3);
        }
    }

    /** Checks that the list includes units that were counted before the call. */
    @Test
    @DisplayName("S10.2 a counter is listed with what it shows")
    default void s10_2_counterIsListedWithWhatItShows() {
        try (Bench bench = new Bench(this)) {
            needsListing(bench);
            String quota = "tck_" + UUID.randomUUID();
            Instant start = now().truncatedTo(ChronoUnit.SECONDS).minusSeconds(60);
            Counter counter = counter(quota, "1mo", start, "ada");
            CounterQuery query = new CounterQuery(quota, "", start, start.plusSeconds(1), 10);
            assertThat(list(bench, query))
                    .as("S10.2: before anything was counted")
                    .isEmpty();
            for (int i = 1; i <= 3; i++) {
                bench.store().acquire(counter, 2, 100);
                assertThat(list(bench, query))
                        .as("S10.2: after %d acquires", i)
                        .containsExactly(new ListedCounter(counter, 2L * i));
            }
        }
    }

    /** An empty list would say that nothing was used. */
    @Test
    @DisplayName("S10.3 a store that does not list counters says so")
    default void s10_3_storeThatDoesNotListSaysSo() {
        try (Bench bench = new Bench(this)) {
            Assumptions.assumeFalse(
                    bench.can().listsCounters(), "not tested: by its capabilities, the store lists counters");
            CounterQuery query = new CounterQuery("tck", "", Instant.EPOCH, now(), 10);
            assertThat(catchThrowable(() -> list(bench, query)))
                    .as("S10.3: a store that does not list counters throws")
                    .isInstanceOfSatisfying(
                            StoreException.class,
                            e -> assertThat(e.certainty())
                                    .as("S10.3: the certainty")
                                    .isEqualTo(Certainty.NOT_APPLIED));
        }
    }

    private static void needsListing(Bench bench) {
        Assumptions.assumeTrue(
                bench.can().listsCounters(), "not tested: by its capabilities, the store does not list counters");
    }

    private Counter counter(String quota, String length, Instant start, String key) {
        return Counter.window(quota, length, start, now().plus(Duration.ofHours(1)))
                .of(key);
    }

    private List<ListedCounter> list(Bench bench, CounterQuery query) {
        return bench.store().store().list(query, Deadline.after(deadline()));
    }
}
