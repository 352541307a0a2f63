package dev.ratelimit;

/**
 * A listener is told what a limiter decides, by policy and never by key.
 *
 * <p>It is for metrics: keys are as many as clients, and would be too many for the labels of any. {@link Statistics} counts.
 *
 * <p><b>Calls.</b> On the thread of the request, which waits for it, after the decision. It is called by many threads at
 * once. What it throws, but for an {@link Error}, changes nothing for the request. {@code peek} tells it nothing.
 */
public interface LimiterListener {

    /**
     * Told that a request was admitted, at once or after its delay.
     *
     * @param policy the name of the policy
     * @param permits how many permits it took
     * @param delayNanos the nanoseconds after which it may go on; zero if that is at once
     */
    default void admitted(String policy, long permits, long delayNanos) {}

    /**
     * Told that a request was refused.
     *
     * @param policy the name of the policy
     * @param permits how many permits it asked for
     * @param reason why
     */
    default void refused(String policy, long permits, Decision.Reason reason) {}

    /** Told that a key in debt was forgotten for a new one. */
    default void evicted() {}

    /**
     * Told that a lease was taken back, because it was held for longer than the policy allows.
     *
     * @param policy the name of the policy
     */
    default void leaseReclaimed(String policy) {}
}
