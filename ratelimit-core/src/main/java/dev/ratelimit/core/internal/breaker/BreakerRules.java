package dev.ratelimit.core.internal.breaker;

import java.time.Duration;

/**
 * The rules of a breaker: when it opens, and how long it pauses between probes. Immutable.
 *
 * @param minFailures the number of failures in a row that open it, at least 1
 * @param minFailing the time that these failures must have lasted, from the first to the last
 * @param minPause the shortest pause before a probe, more than zero
 * @param maxPause the longest pause before a probe, at least the shortest
 */
public record BreakerRules(int minFailures, Duration minFailing, Duration minPause, Duration maxPause) {

    /**
     * The rules for a service that answers within some milliseconds: five failures in a row over at least half a second
     * open the breaker. So neither one slow moment nor the failures of one thread open it.
     */
    public static final BreakerRules DEFAULT =
            new BreakerRules(5, Duration.ofMillis(500), Duration.ofMillis(100), Duration.ofSeconds(2));

    /** Creates rules. */
    public BreakerRules {
        if (minFailures < 1 || minFailing.isNegative() || minPause.toNanos() <= 0 || maxPause.compareTo(minPause) < 0) {
            throw new IllegalArgumentException("not the rules of a breaker: " + minFailures + " failures in "
                    + minFailing + ", pauses from " + minPause + " to " + maxPause);
        }
    }

    /**
     * Returns the pause before a probe, in nanoseconds: from the shortest to a bound that doubles with each failed
     * probe.
     *
     * @param failed the number of probes that have failed since the breaker opened
     * @param random a number from 0 to below 1, which spreads the probes of many processes
     */
    long pauseNanos(int failed, double random) {
        long least = minPause.toNanos();
        long most = maxPause.toNanos();
        long bound = failed >= 30 ? most : Math.min(most, Math.max(least, least << (failed + 1)));
        return least + (long) (random * (Math.max(least, bound) - least));
    }
}
