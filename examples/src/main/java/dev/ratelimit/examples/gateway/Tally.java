package dev.ratelimit.examples.gateway;

import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How many requests of each tier had each outcome.
 *
 * <p><b>Thread-safety.</b> None; see {@link Counts}.
 */
public final class Tally {

    private final Map<Tier, Map<Outcome, Long>> counts = new EnumMap<>(Tier.class);

    public void add(Tier tier, Outcome outcome, long requests) {
        counts.computeIfAbsent(tier, t -> new EnumMap<>(Outcome.class)).merge(outcome, requests, Long::sum);
    }

    public long of(Tier tier, Outcome outcome) {
        Map<Outcome, Long> outcomes = counts.get(tier);
        return outcomes == null ? 0 : outcomes.getOrDefault(outcome, 0L);
    }

    /** Returns the requests of all tiers that had an outcome. */
    public long of(Outcome outcome) {
        long sum = 0;
        for (Tier tier : Tier.values()) {
            sum += of(tier, outcome);
        }
        return sum;
    }

    /** Returns the requests of a tier that were allowed and answered. */
    public long answered(Tier tier) {
        return of(tier, Outcome.ALLOWED) + of(tier, Outcome.FROM_CACHE);
    }

    /** Returns the requests of all tiers that were allowed and answered. */
    public long answered() {
        return of(Outcome.ALLOWED) + of(Outcome.FROM_CACHE);
    }

    /** Returns all requests of a tier. */
    public long of(Tier tier) {
        long sum = 0;
        for (Outcome outcome : Outcome.values()) {
            sum += of(tier, outcome);
        }
        return sum;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        if (!(other instanceof Tally that)) {
            return false;
        }
        for (Tier tier : Tier.values()) {
            for (Outcome outcome : Outcome.values()) {
                if (of(tier, outcome) != that.of(tier, outcome)) {
                    return false;
                }
            }
        }
        return true;
    }

    @Override
    public int hashCode() {
        int hash = 0;
        for (Outcome outcome : Outcome.values()) {
            hash = 31 * hash + Long.hashCode(of(outcome));
        }
        return hash;
    }

    @Override
    public String toString() {
        return counts.toString();
    }
}
