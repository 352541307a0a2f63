package dev.ratelimit.core.internal.policy;

import dev.ratelimit.Policy;
import dev.ratelimit.PolicyFallback;
import dev.ratelimit.Tiers;
import dev.ratelimit.TimeSource;
import java.util.HashSet;
import java.util.Set;

/**
 * The policies of keys, as tiers name them: see {@link Resolved}. Thread-safe.
 *
 * @param <K> the type of the keys
 */
public final class ResolvedPolicies<K> {

    private final Resolved<K, Policy> resolved;

    /**
     * Creates policies of which nothing is known yet.
     *
     * @param tiers the resolver, and how long its answers are gone by
     * @param time the time by which they age
     */
    public ResolvedPolicies(Tiers<? super K> tiers, TimeSource time) {
        this(tiers, (fingerprint, policy) -> {}, time);
    }

    /**
     * Creates policies of which nothing is known yet.
     *
     * @param tiers the resolver, and how long its answers are gone by
     * @param binding what is to be done with each answer of the resolver
     * @param time the time by which they age
     */
    public ResolvedPolicies(Tiers<? super K> tiers, Resolved.Binding<Policy> binding, TimeSource time) {
        this.resolved = new Resolved<>(
                "a policy resolver",
                tiers.resolver()::resolve,
                tiers.fallback(),
                new Resolved.Terms(tiers.maxEntries(), tiers.maxAge(), tiers.retryAfter()),
                binding,
                fallback -> tiers.onFallback()
                        .accept(new PolicyFallback(fallback.value(), fallback.known(), fallback.cause())),
                time);
    }

    /**
     * Returns the policies that keys have: what is remembered and fresh, and the default.
     *
     * @return the policies
     */
    public Set<Policy> inForce() {
        return new HashSet<>(resolved.inForce());
    }

    /**
     * Returns the policy of a key as far as it is known, without asking the resolver.
     *
     * @param fingerprint the key's 64 bits
     * @return its last known policy, or the default
     */
    public Policy known(long fingerprint) {
        return resolved.known(fingerprint);
    }

    /**
     * Returns the policy of a key, which may take as long as the resolver.
     *
     * @param key the key, for the resolver
     * @param fingerprint its 64 bits, by which the answer is remembered
     * @return the policy
     */
    public Policy of(K key, long fingerprint) {
        return resolved.of(key, fingerprint);
    }

    /**
     * Returns the policy of a key, for a caller that has read the time.
     *
     * @param key the key, for the resolver
     * @param fingerprint its 64 bits, by which the answer is remembered
     * @param now the time's reading
     * @return the policy
     */
    public Policy of(K key, long fingerprint, long now) {
        return resolved.of(key, fingerprint, now);
    }

    /**
     * Forgets what is known of a key: see {@link Resolved#invalidate}.
     *
     * @param fingerprint the key's 64 bits
     */
    public void invalidate(long fingerprint) {
        resolved.invalidate(fingerprint);
    }

    /** Forgets what is known of all keys, as {@link #invalidate} does. */
    public void invalidateAll() {
        resolved.invalidateAll();
    }

    /** How many keys' policies are remembered, fresh or not. */
    long size() {
        return resolved.size();
    }
}
