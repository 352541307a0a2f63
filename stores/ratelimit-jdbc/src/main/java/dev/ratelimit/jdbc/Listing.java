package dev.ratelimit.jdbc;

import dev.ratelimit.Certainty;
import dev.ratelimit.quota.spi.Counter;
import dev.ratelimit.quota.spi.CounterQuery;
import dev.ratelimit.quota.spi.ListedCounter;
import dev.ratelimit.store.Deadline;
import dev.ratelimit.store.StoreException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * Lists the counters of a query that show most.
 *
 * <p>It reads all rows of the quota, page by page in the order of their names, and keeps the greatest that match. The
 * names of a quota's counters are a range, so no pattern is sent, and no character of a name means anything else. Other
 * calls run between two pages, and each counter has its value at the time of its page.
 *
 * <p>Thread-safe.
 */
final class Listing {

    /** The order of the list, reversed: of two equal counters, the one whose name comes first is listed first. */
    private static final Comparator<ListedCounter> LAST_OF_THE_LIST_FIRST = Comparator.comparingLong(
                    ListedCounter::used)
            .thenComparing(listed -> listed.counter().name(), Comparator.reverseOrder());

    private static final char NEXT_AFTER_SLASH = '/' + 1;

    private final Pages pages;
    private final Namespace namespace;

    Listing(Pages pages, Namespace namespace) {
        this.pages = pages;
        this.namespace = namespace;
    }

    /** The source of rows. */
    @FunctionalInterface
    interface Pages {

        /** Returns rows whose names lie strictly between two names, in order; none if there are no more. */
        List<Row> between(String after, String before, Deadline deadline);
    }

    /**
     * A row of the table of counters.
     *
     * @param name the name as it is stored
     * @param used what it shows
     * @param expires when it may be forgotten, in milliseconds since 1970
     */
    record Row(String name, long used, long expires) {}

    /** Returns the counters of a query, those with the largest values first. */
    List<ListedCounter> list(CounterQuery query, Deadline deadline) {
        PriorityQueue<ListedCounter> greatest = new PriorityQueue<>(LAST_OF_THE_LIST_FIRST);
        String end = namespace.stored(query.quota() + NEXT_AFTER_SLASH);
        @Nullable String last = namespace.stored(query.quota() + "/");
        for (long read = 0; last != null; ) {
            if (deadline.hasPassed()) {
                throw late(read, null);
            }
            List<Row> page = page(last, end, read, deadline);
            for (Row row : page) {
                listed(row).filter(listed -> query.matches(listed.counter())).ifPresent(listed -> {
                    greatest.add(listed);
                    if (greatest.size() > query.max()) {
                        greatest.remove();
                    }
                });
            }
            read += page.size();
            last = page.isEmpty() ? null : page.get(page.size() - 1).name();
        }
        List<ListedCounter> all = new ArrayList<>(greatest);
        all.sort(LAST_OF_THE_LIST_FIRST.reversed());
        return all;
    }

    private List<Row> page(String after, String before, long read, Deadline deadline) {
        try {
            return pages.between(after, before, deadline);
        } catch (StoreException e) {
            // If no page was read, the failure names what took the time: the pool, or other calls.
            boolean late = Failures.ended(e) || (read > 0 && deadline.hasPassed());
            throw late ? late(read, e) : e;
        }
    }

    /** Returns the counter of a row, if it is not zero. */
    private Optional<ListedCounter> listed(Row row) {
        if (row.used() < 1) {
            return Optional.empty();
        }
        try {
            Counter counter = Counter.parse(namespace.counter(row.name()), Instant.ofEpochMilli(row.expires()));
            return Optional.of(new ListedCounter(counter, row.used()));
        } catch (IllegalArgumentException | DateTimeException e) {
            // A row of another program: no counter has such a name.
            return Optional.empty();
        }
    }

    private static StoreException late(long read, @Nullable Throwable cause) {
        return new StoreException(
                Certainty.NOT_APPLIED,
                "the deadline passed when " + read + " counters of the quota had been read, and not all; give the call"
                        + " more time",
                cause);
    }
}
