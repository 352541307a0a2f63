package dev.ratelimit.core.internal.compose;

import dev.ratelimit.Decision;

/**
 * What decides whether the answers of a limit bind, and hears of them.
 *
 * @param <K> the type of the limit's keys
 */
interface Binding<K> {

    /** How far an answer binds. */
    enum Side {
        /** The limit is not asked. */
        OFF,
        /** The limit is asked, and its refusals are passed over. */
        OBSERVED,
        /** The limit is asked, and its answer stands. */
        ENFORCED;

        /** What is answered to a request on this side on which the limit decided so. */
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

    /** The side of a key now. */
    Side side(K key);

    /** Hears whether a request on a side was within the limit. */
    void decided(Side side, boolean within);

    /** That of a limit whose answers always stand. */
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
