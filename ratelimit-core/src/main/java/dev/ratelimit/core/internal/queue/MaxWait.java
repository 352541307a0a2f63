package dev.ratelimit.core.internal.queue;

/**
 * How long a call may be kept waiting.
 *
 * @param policyNanos the longest wait that its policy allows
 * @param callerNanos the longest wait that its caller accepts
 */
public record MaxWait(long policyNanos, long callerNanos) {

    /** As long as the policy allows. */
    public static MaxWait ofPolicy(long nanos) {
        return new MaxWait(nanos, nanos);
    }

    long nanos() {
        return Math.min(policyNanos, callerNanos);
    }
}
