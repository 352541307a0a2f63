package dev.ratelimit.core.internal.limit;

import dev.ratelimit.Policy;
import dev.ratelimit.core.internal.queue.PolicyAccount;

/**
 * Where a limiter has its policies from: one for all keys, or one for each.
 *
 * @param <K> the type of the keys
 */
public interface PolicySource<K> {

    /** The budgets of the policy that binds a key now. */
    PolicyBudgets of(K key, long fingerprint);

    /** The policy of a key by its fingerprint, as far as it is known without asking anybody; a stand-in otherwise. */
    Policy known(long fingerprint);

    /** The budgets that have taken the place of others that this source gave. */
    PolicyBudgets inForce(PolicyAccount budgets);

    /** Has something run whenever other budgets are in force. */
    void onChange(Runnable action);

    /** Has a key's policy be asked for anew by its next request, where policies are remembered for each key. */
    void forget(long fingerprint);

    /** Puts another policy in the place of the only one. */
    void update(Policy policy);
}
