package dev.ratelimit.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.ratelimit.Certainty;
import dev.ratelimit.quota.spi.CounterQuery;
import dev.ratelimit.quota.spi.ListedCounter;
import dev.ratelimit.store.Deadline;
import dev.ratelimit.store.StoreException;
import dev.ratelimit.testing.ManualTime;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What is kept of the rows of a table that is read page by page. */
class ListingTest {

    private static final Instant START = Instant.ofEpochSecond(1000);
    private static final long LATER = 2_000_000;

    private final ManualTime time = new ManualTime();
    private final NavigableMap<String, Listing.Row> table = new TreeMap<>();
    private final List<String> asked = new ArrayList<>();

    private List<Listing.Row> page(String after, String before, Deadline deadline) {
        asked.add(after);
        time.advance(Duration.ofMillis(10));
        return table.subMap(after, false, before, false).values().stream()
                .limit(2)
                .toList();
    }

    private void row(String name, long used) {
        row(name, used, LATER);
    }

    private void row(String name, long used, long expires) {
        table.put(name, new Listing.Row(name, used, expires));
    }

    private List<String> names(Namespace namespace, String quota, int max) {
        return list(namespace, quota, max, Deadline.never()).stream()
                .map(listed -> listed.counter().name() + "=" + listed.used())
                .toList();
    }

    private List<ListedCounter> list(Namespace namespace, String quota, int max, Deadline deadline) {
        return new Listing(this::page, namespace)
                .list(new CounterQuery(quota, "", START, START.plusSeconds(1), max), deadline);
    }

    @Test
    void keepsTheGreatestOfAllPages() {
        for (int i = 0; i < 7; i++) {
            row("q/k" + i + "/1000", i % 2 == 0 ? 10 - i : i);
        }
        assertThat(names(Namespace.NONE, "q", 3)).containsExactly("q/k0/1000=10", "q/k2/1000=8", "q/k4/1000=6");
        assertThat(asked).containsExactly("q/", "q/k1/1000", "q/k3/1000", "q/k5/1000", "q/k6/1000");
    }

    @Test
    void ofThoseThatShowTheSameTheFirstNamesAreListed() {
        for (String key : List.of("c", "a", "d", "b")) {
            row("q/" + key + "/1000", 5);
        }
        assertThat(names(Namespace.NONE, "q", 3)).containsExactly("q/a/1000=5", "q/b/1000=5", "q/c/1000=5");
    }

    @Test
    void listsItsOwnNamespaceAndQuotaOnly() {
        row("q/a/1000", 1);
        row("n:q/a/1000", 2);
        row("n.x:q/a/1000", 3);
        row("n:q.x/a/1000", 4);
        row("n:q0/a/1000", 5);
        row("n:q/a/1001", 6);
        assertThat(names(Namespace.of("n"), "q", 9)).containsExactly("q/a/1000=2");
        assertThat(names(Namespace.NONE, "q", 9)).containsExactly("q/a/1000=1");
        assertThat(names(Namespace.NONE, "n", 9)).isEmpty();
        assertThat(asked).as("no row of others is read").containsExactly("n:q/", "n:q/a/1001", "q/", "q/a/1000", "n/");
    }

    @Test
    void passesOverWhatIsNoCounter() {
        row("q/a b/1000", 1);
        row("q/a/", 1);
        row("q/a/99999999999999999", 1);
        row("q/a/b/1000", 1);
        row("q/expires-early/1000", 1, 0);
        row("q/for-ever/1000", 1, Long.MAX_VALUE);
        row("q/less/1000", -1);
        row("q/x/1000", 2);
        row("q/zero/1000", 0);
        assertThat(names(Namespace.NONE, "q", 9)).containsExactly("q/x/1000=2", "q/for-ever/1000=1");
    }

    @Test
    void endsBetweenTwoPagesWhenTheDeadlineHasPassed() {
        for (int i = 0; i < 7; i++) {
            row("q/k" + i + "/1000", 1);
        }
        Deadline deadline = Deadline.after(Duration.ofMillis(25), time);
        StoreException late = catchThrowableOfType(StoreException.class, () -> list(Namespace.NONE, "q", 9, deadline));
        assertThat(late.certainty()).isEqualTo(Certainty.NOT_APPLIED);
        assertThat(late).hasMessageContaining("6 counters").hasMessageContaining("give the call more time");
        assertThat(asked).hasSize(3);
    }

    @Test
    void aPageThatIsLateSaysHowManyWereReadAndOneThatFailedSaysWhy() {
        row("q/a/1000", 1);
        StoreException noConnection = new StoreException(Certainty.NOT_APPLIED, "no connection", null);
        Deadline deadline = Deadline.after(Duration.ofMillis(25), time);
        Listing first = new Listing(
                (after, before, until) -> {
                    time.advance(Duration.ofMillis(30));
                    throw noConnection;
                },
                Namespace.NONE);
        CounterQuery query = new CounterQuery("q", "", START, START.plusSeconds(1), 9);
        assertThat(catchThrowableOfType(StoreException.class, () -> first.list(query, deadline)))
                .isSameAs(noConnection);

        Deadline another = Deadline.after(Duration.ofMillis(25), time);
        Listing second = new Listing(
                (after, before, until) -> {
                    if (after.equals("q/")) {
                        return page(after, before, until);
                    }
                    time.advance(Duration.ofMillis(30));
                    throw noConnection;
                },
                Namespace.NONE);
        assertThat(catchThrowableOfType(StoreException.class, () -> second.list(query, another)))
                .hasMessageContaining("the deadline passed when 1 counters")
                .hasCause(noConnection);
    }

    @Test
    void aPageThatTheServerEndedSaysSo() {
        SQLException ended = new SQLException("canceling statement due to statement timeout", "57014");
        Listing listing = new Listing(
                (after, before, deadline) -> {
                    throw Failures.of(ended, Certainty.NOT_APPLIED);
                },
                Namespace.NONE);
        CounterQuery query = new CounterQuery("q", "", START, START.plusSeconds(1), 9);
        assertThat(catchThrowableOfType(StoreException.class, () -> listing.list(query, Deadline.never())))
                .hasMessageContaining("the deadline passed when 0 counters")
                .hasRootCause(ended);
    }
}
