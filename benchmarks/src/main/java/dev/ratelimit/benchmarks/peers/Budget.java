package dev.ratelimit.benchmarks.peers;

import java.time.Duration;

/** What a limiter is to allow, in words that each library is set to in its own way. */
public enum Budget {
    /**
     * One a microsecond with so large a burst that it outlasts hours of calls; libraries without a burst to set get a
     * rate that no thread can reach.
     */
    NEVER_SPENT(1_000_000, Duration.ofSeconds(1), 1_000_000_000_000L),
    /** One an hour: the second call is refused, as are all after it. */
    SPENT_AT_ONCE(1, Duration.ofHours(1), 1),
    /** A thousand a second, with a burst of as many where there is one. */
    THOUSAND_A_SECOND(1_000, Duration.ofSeconds(1), 1_000),
    /** One in 25 seconds: Sentinel keeps 4,000 keys for each second of it, so this is how it is bound to 100,000. */
    ONE_IN_25_SECONDS(1, Duration.ofSeconds(25), 1);

    private final long permits;
    private final Duration period;
    private final long burst;

    Budget(long permits, Duration period, long burst) {
        this.permits = permits;
        this.period = period;
        this.burst = burst;
    }

    /**
     * Returns the permits of one period.
     *
     * @return the permits
     */
    public long permits() {
        return permits;
    }

    /**
     * Returns how long it takes to get them.
     *
     * @return the period
     */
    public Duration period() {
        return period;
    }

    /**
     * Returns how many can be taken at once.
     *
     * @return the burst
     */
    public long burst() {
        return burst;
    }

    /**
     * Returns how many are got in a second.
     *
     * @return the rate
     */
    double perSecond() {
        return permits * 1e9 / period.toNanos();
    }
}
