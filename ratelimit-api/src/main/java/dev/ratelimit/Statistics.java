package dev.ratelimit;

import java.time.Duration;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * Statistics count what limiters decide, by policy.
 *
 * <pre>{@code
 * Statistics statistics = new Statistics();
 * Limiter<String> limiter = Limiters.builder(policy).listener(statistics).build();
 * statistics.counts(policy.name()).refused();
 * }</pre>
 *
 * <p>Counts only grow. They are read one after the other, so that figures read while requests are decided may be a few
 * requests apart. Thread-safe; threads that count do not contend.
 */
public final class Statistics implements LimiterListener {

    /**
     * What was decided under one policy so far.
     *
     * @param allowed the requests that were allowed, at once or after a delay
     * @param permits the permits that they took
     * @param shaped those of them that had to wait
     * @param waited how long these had to wait, all together
     * @param refusedBy the requests that were refused, by reason; reasons that never occurred are missing
     * @param givenUp the calls that gave up before their turn: interrupted, or cancelled
     * @param leasesReclaimed the leases that were taken back
     */
    public record Counts(
            long allowed,
            long permits,
            long shaped,
            Duration waited,
            Map<Decision.Reason, Long> refusedBy,
            long givenUp,
            long leasesReclaimed) {

        /**
         * Creates counts; the map is copied.
         *
         * @param allowed the requests that were allowed
         * @param permits the permits that they took
         * @param shaped those that had to wait
         * @param waited how long
         * @param refusedBy the requests that were refused
         * @param givenUp the calls that gave up
         * @param leasesReclaimed the leases that were taken back
         */
        public Counts {
            refusedBy = Map.copyOf(refusedBy);
        }

        /**
         * Returns how many requests were refused, for whatever reason.
         *
         * @return the number
         */
        public long refused() {
            return refusedBy.values().stream().mapToLong(Long::longValue).sum();
        }
    }

    private static final class Adders {
        final LongAdder allowed = new LongAdder();
        final LongAdder givenUp = new LongAdder();
        final LongAdder permits = new LongAdder();
        final LongAdder shaped = new LongAdder();
        final LongAdder waitedNanos = new LongAdder();
        final LongAdder leasesReclaimed = new LongAdder();
        final Map<Decision.Reason, LongAdder> refused = new ConcurrentHashMap<>();

        Counts read() {
            Map<Decision.Reason, Long> refusedBy = new EnumMap<>(Decision.Reason.class);
            refused.forEach((reason, count) -> refusedBy.put(reason, count.sum()));
            return new Counts(
                    allowed.sum(),
                    permits.sum(),
                    shaped.sum(),
                    Duration.ofNanos(waitedNanos.sum()),
                    refusedBy,
                    givenUp.sum(),
                    leasesReclaimed.sum());
        }
    }

    private final Map<String, Adders> policies = new ConcurrentHashMap<>();
    private final LongAdder evicted = new LongAdder();

    /** Creates statistics that have counted nothing. */
    public Statistics() {}

    /**
     * Returns what was decided so far.
     *
     * @return the counts by the names of the policies under which anything was decided; unmodifiable
     */
    public SortedMap<String, Counts> byPolicy() {
        SortedMap<String, Counts> counts = new TreeMap<>();
        policies.forEach((policy, adders) -> counts.put(policy, adders.read()));
        return Collections.unmodifiableSortedMap(counts);
    }

    /**
     * Returns what was decided so far under one policy.
     *
     * @param policy the name of the policy
     * @return the counts; all zero if nothing was
     */
    public Counts counts(String policy) {
        Adders known = policies.get(Objects.requireNonNull(policy, "policy"));
        return known == null ? new Adders().read() : known.read();
    }

    /**
     * Returns how often a key in debt was forgotten for a new one.
     *
     * @return the number
     */
    public long evictions() {
        return evicted.sum();
    }

    @Override
    public void allowed(String policy, long permits, long delayNanos) {
        Adders adders = of(policy);
        adders.allowed.increment();
        adders.permits.add(permits);
        if (delayNanos > 0) {
            adders.shaped.increment();
            adders.waitedNanos.add(delayNanos);
        }
    }

    @Override
    public void refused(String policy, long permits, Decision.Reason reason) {
        of(policy).refused.computeIfAbsent(reason, first -> new LongAdder()).increment();
    }

    @Override
    public void gaveUp(String policy, long permits) {
        of(policy).givenUp.increment();
    }

    @Override
    public void evicted() {
        evicted.increment();
    }

    @Override
    public void leaseReclaimed(String policy) {
        of(policy).leasesReclaimed.increment();
    }

    private Adders of(String policy) {
        Adders known = policies.get(policy);
        return known != null ? known : policies.computeIfAbsent(policy, first -> new Adders());
    }

    @Override
    public String toString() {
        return "Statistics" + byPolicy();
    }
}
