package dev.ratelimit.quota.service.internal;

import dev.ratelimit.Certainty;
import dev.ratelimit.quota.KeyUsage;
import dev.ratelimit.quota.QuotaOperations;
import dev.ratelimit.quota.QuotaUnavailableException;
import dev.ratelimit.quota.QuotaUsage;
import dev.ratelimit.quota.WindowBounds;
import dev.ratelimit.quota.spi.Counter;
import dev.ratelimit.quota.spi.CounterName;
import dev.ratelimit.quota.spi.CounterQuery;
import dev.ratelimit.quota.spi.ListedCounter;
import dev.ratelimit.quota.spi.Operation;
import dev.ratelimit.quota.spi.Outcome;
import dev.ratelimit.store.StoreException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Operations for operators, on the counters that a store lists. Thread-safe. */
final class StoreOperations implements QuotaOperations {

    /** The number of counters that are read and reset at once. */
    private static final int AT_ONCE = 1_000;

    private final StoreCalls calls;
    private final Adjustments adjustments;
    private final QuotaSource quotas;
    private final Counting counting;
    private final UnavailableAnswers absence;
    private final InstantSource clock;

    StoreOperations(
            StoreCalls calls,
            Adjustments adjustments,
            QuotaSource quotas,
            Counting counting,
            UnavailableAnswers absence,
            InstantSource clock) {
        this.calls = calls;
        this.adjustments = adjustments;
        this.quotas = quotas;
        this.counting = counting;
        this.absence = absence;
        this.clock = clock;
    }

    @Override
    public List<KeyUsage> mostUsed(String quota, int max) {
        WindowBounds window = quotas.window(quota, clock.millis());
        return mostUsed(quota, window.start(), window.start().plusSeconds(1), max);
    }

    @Override
    public List<KeyUsage> mostUsed(String quota, Instant from, Instant until, int max) {
        return list(new CounterQuery(quota, "", from, until, max)).stream()
                .map(listed -> usage(CounterName.parse(listed.counter().name()), listed.used()))
                .toList();
    }

    private static KeyUsage usage(CounterName name, long used) {
        return new KeyUsage(name.key(), name.shortened(), name.length(), name.start(), used);
    }

    @Override
    public List<QuotaUsage> usageBefore(String key) {
        StoreQuotas.checkKey(key);
        long now = clock.millis();
        List<Target> targets = new ArrayList<>();
        for (CurrentWindow window : quotas.of(key)) {
            targets.add(window.before(key, now));
        }
        return adjustments.read(targets);
    }

    @Override
    public long resetAll(String quota, Instant from, Instant until) {
        CounterQuery query = new CounterQuery(quota, "", from, until, AT_ONCE);
        // Otherwise units prefetched here would later be subtracted from the usage after the reset.
        counting.giveBackAllPrefetched();
        // Counters that are used meanwhile are listed again. Each is reset once, so that the loop ends.
        Set<Counter> done = new HashSet<>();
        // Owed units may be on counters that the store does not list, or may be posted after it has listed them.
        Set<Counter> owed = new HashSet<>(absence.owedOn(sinceTheYear0(query)));
        int before;
        int listed;
        do {
            before = done.size();
            List<ListedCounter> some = list(query);
            listed = some.size();
            for (ListedCounter each : some) {
                if (!done.contains(each.counter())) {
                    reset(each.counter());
                    done.add(each.counter());
                }
            }
        } while (listed == AT_ONCE && done.size() > before);
        owed.removeAll(done);
        owed.forEach(this::reset);
        return (long) done.size() + owed.size();
    }

    /** Limits a query to the year 0 and later. Credit is kept before that, and is not usage. */
    private static CounterQuery sinceTheYear0(CounterQuery query) {
        Instant first = WindowBounds.ENDLESS.start();
        return query.from().isBefore(first)
                ? new CounterQuery(query.quota(), query.length(), first, query.until(), query.max())
                : query;
    }

    private void reset(Counter counter) {
        absence.reset(List.of(counter), () -> {
            Operation zero = new Operation.Adjust(counter, -Long.MAX_VALUE, calls.nextId());
            if (calls.apply(zero, calls.deadline()) instanceof Outcome.Failed failed) {
                throw StoreCalls.unavailable(failed);
            }
        });
    }

    private List<ListedCounter> list(CounterQuery query) {
        try {
            return calls.store().list(sinceTheYear0(query), calls.listDeadline());
        } catch (StoreException e) {
            throw new QuotaUnavailableException(
                    e.certainty(), "the quota store did not list its counters: " + e.getMessage(), e);
        } catch (RuntimeException e) {
            throw new QuotaUnavailableException(
                    Certainty.NOT_APPLIED, "the quota store did not list its counters: " + e.getMessage(), e);
        }
    }
}
