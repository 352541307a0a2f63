package dev.ratelimit.core.internal.queue;

/**
 * The maximum wait of a call.
 *
 * @param policyNanos the longest wait that its policy allows
 * @param callerNanos the longest wait that its caller accepts
 */
public record MaxWait(long policyNanos, long callerNanos) {

    /** Returns the maximum wait of a caller that waits as long as the policy allows. */
    public static MaxWait ofPolicy(long nanos) {
        return new MaxWait(nanos, nanos);
    }

    long nanos() {
        return Math.min(policyNanos, callerNanos);
    }
}
