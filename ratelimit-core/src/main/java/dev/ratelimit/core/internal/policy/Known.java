package dev.ratelimit.core.internal.policy;

import dev.ratelimit.Policy;

/**
 * What is remembered of a key's policy.
 *
 * @param policy the policy that binds
 * @param named whether the resolver has named it, however long ago; if not, it is the default
 * @param until the reading of the time from which on the resolver is to be asked
 */
record Known(Policy policy, boolean named, long until) {

    /** A reading that was taken before this was remembered finds it fresh, too. */
    boolean isFresh(long now) {
        return now - until < 0;
    }
}
