package dev.ratelimit.core.internal.limit;

import dev.ratelimit.Decision;
import dev.ratelimit.LimiterListener;
import dev.ratelimit.core.internal.trouble.FirstFailure;

/** A listener whose failures, of whatever kind, reach only the log, and there once: counting must not fail what is counted. */
final class SafeListener implements LimiterListener {

    private final LimiterListener listener;
    private final FirstFailure failure = new FirstFailure("a limiter's listener failed");

    SafeListener(LimiterListener listener) {
        this.listener = listener;
    }

    /** Tells of a decision. */
    Decision told(Decision decision, long permits) {
        if (decision.allowed()) {
            admitted(decision.policy(), permits, decision.delayNanos());
        } else {
            refused(decision.policy(), permits, decision.reason());
        }
        return decision;
    }

    @Override
    public void admitted(String policy, long permits, long delayNanos) {
        quietly(() -> listener.admitted(policy, permits, delayNanos));
    }

    @Override
    public void refused(String policy, long permits, Decision.Reason reason) {
        quietly(() -> listener.refused(policy, permits, reason));
    }

    @Override
    public void gaveUp(String policy, long permits) {
        quietly(() -> listener.gaveUp(policy, permits));
    }

    @Override
    public void evicted() {
        quietly(listener::evicted);
    }

    @Override
    public void leaseReclaimed(String policy) {
        quietly(() -> listener.leaseReclaimed(policy));
    }

    private void quietly(Runnable call) {
        try {
            call.run();
        } catch (Throwable e) {
            // The request is decided, and what it has must not be lost.
            failure.note(e);
        }
    }
}
