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
 * Statistics are a listener that counts the decisions of limiters, by policy.
 *
 * <pre>{@code
 * Statistics statistics = new Statistics();
 * Limiter<String> limiter = Limiters.builder(policy).listener(statistics).build();
 * statistics.counts(policy.name()).refused();
 * }</pre>
 *
 * <p>Counts only grow. They are read one after the other, so figures that are read under load may be a few requests
 * apart. Thread-safe; threads that count do not contend.
 */
public final class Statistics implements LimiterListener {

    /**
     * The counts of the decisions under one policy so far.
     *
     * @param allowed the requests that were allowed, at once or after a delay
     * @param permits the permits that the allowed requests took
     * @param shaped the allowed requests that had to wait
     * @param waited the total time that these had to wait
     * @param refusedBy the refused requests, by reason; reasons that never occurred are missing
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
         * @param permits the permits that the allowed requests took
         * @param shaped the allowed requests that had to wait
         * @param waited the total time that these had to wait
         * @param refusedBy the refused requests, by reason
         * @param givenUp the calls that gave up
         * @param leasesReclaimed the leases that were taken back
         */
        public Counts {
            refusedBy = Map.copyOf(refusedBy);
        }

        /**
         * Returns the number of requests that were refused, for any reason.
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

    /** Creates statistics whose counts are zero. */
    public Statistics() {}

    /**
     * Returns the counts of all policies so far.
     *
     * @return the counts by the name of the policy, for each policy that has decided a request; unmodifiable
     */
    public SortedMap<String, Counts> byPolicy() {
        SortedMap<String, Counts> counts = new TreeMap<>();
        policies.forEach((policy, adders) -> counts.put(policy, adders.read()));
        return Collections.unmodifiableSortedMap(counts);
    }

    /**
     * Returns the counts of one policy so far.
     *
     * @param policy the name of the policy
     * @return the counts; all zero if the policy has decided nothing
     */
    public Counts counts(String policy) {
        Adders known = policies.get(Objects.requireNonNull(policy, "policy"));
        return known == null ? new Adders().read() : known.read();
    }

    /**
     * Returns how often a limiter forgot a key in debt to make place for a new key.
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
