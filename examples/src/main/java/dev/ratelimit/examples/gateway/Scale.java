package dev.ratelimit.examples.gateway;

/**
 * A scale is how large limits and load are, in percent of what the tiers promise: so that the same story fits
 * machines of any speed.
 *
 * @param percent at least 20, of which the burst of the smallest limit is one request
 */
public record Scale(int percent) {

    /** The smallest scale. */
    public static final int SMALLEST = 20;

    /** What the tiers promise. */
    public static final Scale FULL = new Scale(100);

    /** Checks the percentage. */
    public Scale {
        if (percent < SMALLEST) {
            throw new IllegalArgumentException("percent must be at least " + SMALLEST + ", but was " + percent);
        }
    }

    /** Returns an amount at this scale, rounded down. */
    public long of(long amount) {
        return amount * percent / 100;
    }
}
