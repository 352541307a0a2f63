package dev.ratelimit.core.internal.compose;

import dev.ratelimit.Decision;

/**
 * Decides whether the decisions of a limit bind, and receives them.
 *
 * @param <K> the type of the limit's keys
 */
interface Binding<K> {

    /** The effect of a limit's decision. */
    enum Side {
        /** The limit does not decide. */
        OFF,
        /** The limit decides, and its refusals have no effect. */
        OBSERVED,
        /** The limit decides, and its decision stands. */
        ENFORCED;

        /** Returns the decision for the caller on this side, given the decision of the limit. */
        Decision shown(Decision decision) {
            if (this == ENFORCED || decision.allowed()) {
                return decision;
            }
            return decision.rate()
                    .map(rate -> Decision.allowed(rate, decision.remaining(), decision.resetAfterNanos()))
                    .orElseGet(Decision::unlimited)
                    .withPolicy(decision.policy());
        }
    }

    /** Returns the current side of a key. */
    Side side(K key);

    /** Receives whether a request on a side was within the limit. */
    void decided(Side side, boolean within);

    /** Returns the binding of a limit whose decisions always stand. */
    static <K> Binding<K> always() {
        return new Binding<>() {
            @Override
            public Side side(K key) {
                return Side.ENFORCED;
            }

            @Override
            public void decided(Side side, boolean within) {}
        };
    }
}
