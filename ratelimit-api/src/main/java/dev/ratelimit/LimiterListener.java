package dev.ratelimit;

/**
 * A listener is told what a limiter decides, by policy and never by key.
 *
 * <p>It is for metrics: keys are as many as clients, and would be too many for the labels of any. {@link Statistics} counts.
 *
 * <p><b>One count a call.</b> Each call that takes permits ends in exactly one of {@link #allowed}, {@link #refused} and
 * {@link #gaveUp}. A call that waits is told of when its wait is over, and a reservation when it is due or cancelled.
 * {@code peek} tells the listener nothing.
 *
 * <p><b>Calls.</b> On the thread of the request, after the decision; for a stage or a reservation whose turn comes later, on the
 * thread that found this out. The request waits for the listener. Many threads call it at once. Whatever it throws is
 * dropped, and changes nothing for the request.
 */
public interface LimiterListener {

    /**
     * Told that a request was allowed, at once or after its delay.
     *
     * @param policy the name of the policy
     * @param permits how many permits it took
     * @param delayNanos the nanoseconds after which it may go on; zero if that is at once
     */
    default void allowed(String policy, long permits, long delayNanos) {}

    /**
     * Told that a request was refused.
     *
     * @param policy the name of the policy
     * @param permits how many permits it asked for
     * @param reason why
     */
    default void refused(String policy, long permits, Decision.Reason reason) {}

    /**
     * Told that a call gave up before its turn: its thread was interrupted, or its stage or reservation was cancelled.
     *
     * @param policy the name of the policy
     * @param permits how many permits it asked for
     */
    default void gaveUp(String policy, long permits) {}

    /** Told that a key in debt was forgotten for a new one. */
    default void evicted() {}

    /**
     * Told that a lease was taken back, because it was held for longer than the policy allows.
     *
     * @param policy the name of the policy
     */
    default void leaseReclaimed(String policy) {}
}
