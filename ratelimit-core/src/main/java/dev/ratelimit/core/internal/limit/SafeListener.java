package dev.ratelimit.core.internal.limit;

import dev.ratelimit.Decision;
import dev.ratelimit.LimiterListener;
import dev.ratelimit.core.internal.trouble.FirstFailure;

/**
 * A wrapper of a listener that logs the first failure of the listener and drops all others, so that a listener cannot
 * make a request fail.
 */
final class SafeListener implements LimiterListener {

    private final LimiterListener listener;
    private final FirstFailure failure = new FirstFailure("a limiter's listener failed");

    SafeListener(LimiterListener listener) {
        this.listener = listener;
    }

    /** Reports a decision; returns it. */
    Decision told(Decision decision, long permits) {
        if (decision.allowed()) {
            allowed(decision.policy(), permits, decision.delayNanos());
        } else {
            refused(decision.policy(), permits, decision.reason());
        }
        return decision;
    }

    @Override
    public void allowed(String policy, long permits, long delayNanos) {
        failure.contained(() -> listener.allowed(policy, permits, delayNanos));
    }

    @Override
    public void refused(String policy, long permits, Decision.Reason reason) {
        failure.contained(() -> listener.refused(policy, permits, reason));
    }

    @Override
    public void gaveUp(String policy, long permits) {
        failure.contained(() -> listener.gaveUp(policy, permits));
    }

    @Override
    public void evicted() {
        failure.contained(listener::evicted);
    }

    @Override
    public void leaseReclaimed(String policy) {
        failure.contained(() -> listener.leaseReclaimed(policy));
    }
}
