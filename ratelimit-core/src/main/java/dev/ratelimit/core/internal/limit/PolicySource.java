package dev.ratelimit.core.internal.limit;

import dev.ratelimit.Policy;
import dev.ratelimit.core.internal.queue.PolicyAccount;

/**
 * The source of a limiter's policies: one for all keys, or one for each key.
 *
 * @param <K> the type of the keys
 */
public interface PolicySource<K> {

    /** Returns the budgets of the current policy of a key. */
    PolicyBudgets of(K key, long fingerprint);

    /**
     * Returns the known policy of a key by its fingerprint, without a call of the resolver; the default policy if none
     * is known.
     */
    Policy known(long fingerprint);

    /** Returns the budgets that have replaced others of this source. */
    PolicyBudgets inForce(PolicyAccount budgets);

    /** Sets an action to run whenever other budgets are in force. */
    void onChange(Runnable action);

    /** Has a key's policy be asked for anew by its next request, where policies are remembered for each key. */
    void forget(long fingerprint);

    /** Replaces the policy, if there is only one for all keys. */
    void update(Policy policy);
}
