package dev.ratelimit.core.internal.policy;

import dev.ratelimit.Policy;
import dev.ratelimit.PolicyFallback;
import dev.ratelimit.Tiers;
import dev.ratelimit.TimeSource;
import dev.ratelimit.runtime.resolve.Resolved;
import java.util.HashSet;
import java.util.Set;

/**
 * Cache of the policies of keys under tiers: see {@link Resolved}. Thread-safe.
 *
 * @param <K> the type of the keys
 */
public final class ResolvedPolicies<K> {

    private final Resolved<K, Policy> resolved;

    /**
     * Creates an empty cache.
     *
     * @param tiers the resolver, and the time for which its answers are cached
     * @param time the time source by which answers age
     */
    public ResolvedPolicies(Tiers<? super K> tiers, TimeSource time) {
        this(tiers, (fingerprint, policy) -> {}, time);
    }

    /**
     * Creates an empty cache.
     *
     * @param tiers the resolver, and the time for which its answers are cached
     * @param binding called with each answer of the resolver
     * @param time the time source by which answers age
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
     * Returns the policies in use: the cached fresh ones, and the default.
     *
     * @return the policies
     */
    public Set<Policy> inForce() {
        return new HashSet<>(resolved.inForce());
    }

    /**
     * Returns the known policy of a key, without a call of the resolver.
     *
     * @param fingerprint the key's 64 bits
     * @return its last known policy, or the default
     */
    public Policy known(long fingerprint) {
        return resolved.known(fingerprint);
    }

    /**
     * Returns the policy of a key. This may wait for the resolver.
     *
     * @param key the key, for the resolver
     * @param fingerprint the 64 bits of the key, under which the answer is cached
     * @return the policy
     */
    public Policy of(K key, long fingerprint) {
        return resolved.of(key, fingerprint);
    }

    /**
     * Returns the policy of a key, for a caller that has read the time.
     *
     * @param key the key, for the resolver
     * @param fingerprint the 64 bits of the key, under which the answer is cached
     * @param now the reading of the time source
     * @return the policy
     */
    public Policy of(K key, long fingerprint, long now) {
        return resolved.of(key, fingerprint, now);
    }

    /**
     * Removes a key from the cache: see {@link Resolved#invalidate}.
     *
     * @param fingerprint the key's 64 bits
     */
    public void invalidate(long fingerprint) {
        resolved.invalidate(fingerprint);
    }

    /** Removes all keys from the cache, as {@link #invalidate} does. */
    public void invalidateAll() {
        resolved.invalidateAll();
    }

    /** Returns the number of cached keys, fresh or not. */
    long size() {
        return resolved.size();
    }
}
