package dev.ratelimit.core.internal.limit;

import dev.ratelimit.Decision;
import dev.ratelimit.LimiterListener;

/** A listener whose failures, of whatever kind, reach nobody: counting must not fail what is counted. */
final class SafeListener implements LimiterListener {

    private final LimiterListener listener;

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

    private static void quietly(Runnable call) {
        try {
            call.run();
        } catch (Throwable ignored) {
            // The request is decided, and what it has must not be lost. A broken counter is its owner's to notice.
        }
    }
}
