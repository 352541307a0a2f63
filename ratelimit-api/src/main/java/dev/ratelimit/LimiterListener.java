package dev.ratelimit;

/**
 * A listener receives what a limiter decides, with the policy's name and never with the key.
 *
 * <p>It is meant for metrics. There are as many keys as clients, which is too many for metric labels.
 * {@link Statistics} is a listener that counts.
 *
 * <p><b>One count a call.</b> Each call that takes permits ends in exactly one of {@link #allowed}, {@link #refused}
 * and {@link #gaveUp}. The listener hears of a waiting call when its wait is over, and of a reservation when it is due
 * or cancelled. It does not hear of {@code peek}.
 *
 * <p><b>Calls.</b> The limiter calls the listener after the decision, on the thread of the request. For a stage or a
 * reservation that ends later, it calls on the thread that detects the end. The request waits for the listener. Many
 * threads call it at once. The limiter drops whatever it throws, and the request goes on unchanged.
 */
public interface LimiterListener {

    /**
     * Called when a request was allowed, at once or after its delay.
     *
     * @param policy the name of the policy
     * @param permits the number of permits that it took
     * @param delayNanos the nanoseconds after which it may go on; zero if that is at once
     */
    default void allowed(String policy, long permits, long delayNanos) {}

    /**
     * Called when a request was refused.
     *
     * @param policy the name of the policy
     * @param permits the number of permits that it asked for
     * @param reason why
     */
    default void refused(String policy, long permits, Decision.Reason reason) {}

    /**
     * Called when a call gave up before its turn: its thread was interrupted, or its stage or reservation was
     * cancelled.
     *
     * @param policy the name of the policy
     * @param permits the number of permits that it asked for
     */
    default void gaveUp(String policy, long permits) {}

    /** Called when the limiter forgot a key in debt to make place for a new key. */
    default void evicted() {}

    /**
     * Called when the limiter took a lease back, because it was held for longer than the policy allows.
     *
     * @param policy the name of the policy
     */
    default void leaseReclaimed(String policy) {}
}
