package dev.ratelimit.core.internal.breaker;

import java.time.Duration;

/**
 * When a breaker opens, and how long it pauses between probes. Immutable.
 *
 * @param minFailures how many failures in a row open it, at least 1
 * @param minFailing how long these failures must have lasted, from the first to the last
 * @param minPause the shortest pause before a probe, more than zero
 * @param maxPause the longest pause before a probe, at least the shortest
 */
public record BreakerRules(int minFailures, Duration minFailing, Duration minPause, Duration maxPause) {

    /**
     * The rules for a service that answers within some milliseconds: five failures in a row that last half a second open the
     * breaker, so that neither one slow moment nor one thread's bad luck does.
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
     * The pause before a probe, in nanoseconds: from the shortest to a bound that doubles with each probe that failed.
     *
     * @param failed how many probes have failed since the breaker opened
     * @param random from 0 to below 1; spreads the probes of many processes
     */
    long pauseNanos(int failed, double random) {
        long least = minPause.toNanos();
        long most = maxPause.toNanos();
        long bound = failed >= 30 ? most : Math.min(most, Math.max(least, least << (failed + 1)));
        return least + (long) (random * (Math.max(least, bound) - least));
    }
}
