package dev.ratelimit.quota.tck;

import dev.ratelimit.quota.spi.Capabilities;
import dev.ratelimit.quota.spi.Capabilities.AtomicGroups;
import dev.ratelimit.quota.spi.Counter;
import dev.ratelimit.quota.spi.CounterQuery;
import dev.ratelimit.quota.spi.ListedCounter;
import dev.ratelimit.quota.tck.PlainBackend.State;
import dev.ratelimit.store.Deadline;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Stores that break a rule of chapter S10. */
final class BrokenS10 {

    private BrokenS10() {}

    static List<Broken> all() {
        return List.of(
                Broken.of("S10.1", "lists those that show least first", LeastFirst::new),
                Broken.of("S10.1", "lists quotas whose names begin so", Prefix::new),
                Broken.of("S10.1", "takes _ for any character of a quota", Wildcard::new),
                Broken.of("S10.1", "lists windows of any length", AnyLength::new),
                Broken.of("S10.2", "lists what a counter showed first", ShownFirst::new),
                Broken.of("S10.3", "lists nothing where it cannot list", NothingToList::new));
    }

    private static final class LeastFirst extends PlainStore {
        LeastFirst(PlainBackend backend) {
            super(backend);
        }

        @Override
        Comparator<ListedCounter> order() {
            return super.order().reversed();
        }
    }

    private static final class Prefix extends PlainStore {
        Prefix(PlainBackend backend) {
            super(backend);
        }

        @Override
        boolean matches(CounterQuery query, Counter counter) {
            return counter.quota().startsWith(query.quota()) && super.matches(of(counter.quota(), query), counter);
        }
    }

    private static final class Wildcard extends PlainStore {
        Wildcard(PlainBackend backend) {
            super(backend);
        }

        @Override
        boolean matches(CounterQuery query, Counter counter) {
            return counter.quota().matches(query.quota().replace('_', '.'))
                    && super.matches(of(counter.quota(), query), counter);
        }
    }

    private static final class AnyLength extends PlainStore {
        AnyLength(PlainBackend backend) {
            super(backend);
        }

        @Override
        boolean matches(CounterQuery query, Counter counter) {
            return super.matches(
                    new CounterQuery(query.quota(), "", query.from(), query.until(), query.max()), counter);
        }
    }

    private static final class ShownFirst extends PlainStore {
        private final Map<String, Long> first = new ConcurrentHashMap<>();

        ShownFirst(PlainBackend backend) {
            super(backend);
        }

        @Override
        ListedCounter listed(String name, State state) {
            return new ListedCounter(
                    Counter.parse(name, state.expires), first.computeIfAbsent(name, same -> state.used));
        }
    }

    private static final class NothingToList extends PlainStore {
        NothingToList(PlainBackend backend) {
            super(backend, new Capabilities(true, AtomicGroups.ALL, 500));
        }

        @Override
        public List<ListedCounter> list(CounterQuery query, Deadline deadline) {
            return List.of();
        }
    }

    private static CounterQuery of(String quota, CounterQuery query) {
        return new CounterQuery(quota, query.length(), query.from(), query.until(), query.max());
    }
}
