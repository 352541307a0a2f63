package dev.ratelimit.core.internal.policy;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.ratelimit.Policy;
import dev.ratelimit.PolicyFallback;
import dev.ratelimit.PolicyResolver;
import dev.ratelimit.Tiers;
import dev.ratelimit.TimeSource;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/**
 * The policies of keys, resolved when they are first asked for, and remembered for a time.
 *
 * <p><b>Remembered</b> is a policy by the key's fingerprint, in a cache of bounded size. The age is kept in the entry and
 * not by the cache, because an entry outlives its age: where the resolver fails, it still holds the last known policy.
 * The cache decides who goes by frequency as well as recency (W-TinyLFU: Einziger, Friedman and Manes, <i>TinyLFU: A
 * Highly Efficient Cache Admission Policy</i>, 2017): of a flood of keys that come once, each is compared with a key of
 * long standing, and loses. It does its housekeeping on the callers' threads.
 *
 * <p><b>Coalescing.</b> Who finds nothing fresh registers a {@link Lookup}; the first to do so calls the resolver, on its own
 * thread and holding no lock, and the others wait for the end of that look-up. Another one's look-up may come and go
 * between a thread's look into the cache and its registration. So it looks again once it is registered; what the other
 * one found is there, because a look-up is remembered before it can no longer be waited for.
 *
 * <p><b>No deadlock.</b> A thread inside a resolver's call waits for no look-up: it might wait for itself, or, by way of
 * another key and thread, for one that waits for it. It gets the fallback. That holds across limiters, because a cycle
 * may go through two; it cannot be seen if a resolver hands the question to yet another thread, and waits for that.
 *
 * <p><b>Invalidation</b> is one atomic step of the cache's map, and so is remembering. The one forgets the key and outdates
 * the look-up under way, the other remembers unless the look-up is outdated: whichever comes first, nothing of before is
 * left. Nor does anybody who asks afterwards wait for a look-up of before; he begins his own, though the other one may
 * not have ended.
 *
 * <p><b>Failures.</b> What stands in is remembered like an answer, but for the shorter time after which to try again. An
 * interruption is a failure of one caller's only: nothing is remembered, and those who waited ask again.
 *
 * <p>Thread-safe. Waiting parks the thread, so that a virtual one gives up its carrier.
 *
 * @param <K> the type of the keys
 */
public final class ResolvedPolicies<K> {

    private final PolicyResolver<? super K> resolver;
    private final Binding binding;
    private final Policy otherwise;
    private final long maximumAge;
    private final long retryAfter;
    private final Listener<PolicyFallback> listener;
    private final TimeSource time;
    private final Cache<Long, Known> remembered;
    private final ConcurrentMap<Long, Lookup> underWay = new ConcurrentHashMap<>();

    /**
     * Creates policies of which nothing is known yet.
     *
     * @param tiers the resolver, and how long its answers are gone by
     * @param time the time by which they age
     */
    public ResolvedPolicies(Tiers<? super K> tiers, TimeSource time) {
        this(tiers, (fingerprint, policy) -> {}, time);
    }

    /** What a policy is to a key that the resolver has named it for. */
    public interface Binding {

        /**
         * Lets a policy bind a key, or fails if it cannot be gone by, which is then a failure of the resolver.
         *
         * @param fingerprint the key's 64 bits
         * @param policy the policy
         */
        void bind(long fingerprint, Policy policy);
    }

    /**
     * Creates policies of which nothing is known yet.
     *
     * @param tiers the resolver, and how long its answers are gone by
     * @param binding what is to be done with each answer of the resolver
     * @param time the time by which they age
     */
    public ResolvedPolicies(Tiers<? super K> tiers, Binding binding, TimeSource time) {
        this.resolver = tiers.resolver();
        this.binding = binding;
        this.otherwise = tiers.otherwise();
        this.maximumAge = tiers.maximumAge().toNanos();
        this.retryAfter = tiers.retryAfter().toNanos();
        this.listener = new Listener<>("a policy resolver", PolicyFallback::cause, tiers.onFallback());
        this.time = Objects.requireNonNull(time, "timeSource");
        this.remembered = Caffeine.newBuilder()
                .maximumSize(tiers.maximumEntries())
                .executor(Runnable::run)
                .build();
    }

    /**
     * Returns the policies that keys have: what is remembered and fresh, and the default.
     *
     * @return the policies
     */
    public Set<Policy> inForce() {
        long now = time.nanos();
        Set<Policy> policies = new HashSet<>();
        policies.add(otherwise);
        for (Known known : remembered.asMap().values()) {
            if (known.isFresh(now)) {
                policies.add(known.policy());
            }
        }
        return policies;
    }

    /**
     * Returns the policy of a key as far as it is known, without asking the resolver.
     *
     * @param fingerprint the key's 64 bits
     * @return its last known policy, or the default
     */
    public Policy known(long fingerprint) {
        return standIn(remembered.getIfPresent(fingerprint));
    }

    /**
     * Returns the policy of a key, which may take as long as the resolver.
     *
     * @param key the key, for the resolver
     * @param fingerprint its 64 bits, by which the answer is remembered
     * @return the policy
     */
    public Policy of(K key, long fingerprint) {
        return of(key, fingerprint, time.nanos());
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
        Known known = remembered.getIfPresent(fingerprint);
        return known != null && known.isFresh(now) ? known.policy() : lookUp(key, fingerprint, now);
    }

    /**
     * Forgets what is known of a key, so that the next call resolves it. A look-up that is under way still answers those
     * who wait for it, and is not remembered.
     *
     * @param fingerprint the key's 64 bits
     */
    public void invalidate(long fingerprint) {
        remembered.asMap().compute(fingerprint, (same, known) -> {
            Lookup current = underWay.remove(fingerprint);
            if (current != null) {
                current.outdate();
            }
            return null;
        });
    }

    /** Forgets what is known of all keys, as {@link #invalidate} does. */
    public void invalidateAll() {
        // In this order: a look-up that ends meanwhile goes from the first to the second.
        underWay.keySet().forEach(this::invalidate);
        remembered.asMap().keySet().forEach(this::invalidate);
    }

    /** How many keys' policies are remembered, fresh or not. */
    long size() {
        remembered.cleanUp();
        return remembered.estimatedSize();
    }

    private Policy lookUp(K key, long fingerprint, long now) {
        while (true) {
            Lookup mine = new Lookup();
            Lookup current = underWay.putIfAbsent(fingerprint, mine);
            if (current == null) {
                return resolve(key, fingerprint, now, mine);
            }
            Known before = remembered.getIfPresent(fingerprint);
            if (Lookup.isThisThreadInside()) {
                return reported(
                        before, new IllegalStateException("a resolver asked for a policy that was being resolved"));
            }
            try {
                Policy answer = current.await();
                if (answer != null) {
                    return answer;
                }
                Known known = remembered.getIfPresent(fingerprint);
                if (known != null && known.isFresh(now)) {
                    return known.policy();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return standIn(before);
            }
        }
    }

    private Policy resolve(K key, long fingerprint, long now, Lookup mine) {
        Known before = null;
        Policy answer = null;
        Throwable failure;
        try {
            before = remembered.getIfPresent(fingerprint);
            if (before != null && before.isFresh(now)) {
                // Not for those who wait: an invalidation may have outdated the look-up before this one, and not yet
                // have
                // come to what is remembered.
                return before.policy();
            }
            answer = Lookup.call(resolver, key);
            binding.bind(fingerprint, answer);
            remember(fingerprint, mine, new Known(answer, true, time.nanos() + maximumAge));
            return answer;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            failure = e;
        } catch (Throwable e) {
            answer = standIn(before);
            remember(fingerprint, mine, new Known(answer, isNamed(before), time.nanos() + retryAfter));
            failure = e;
        } finally {
            underWay.remove(fingerprint, mine);
            mine.end(answer);
        }
        // Not before the others have gone on: the listener may be slow.
        Policy standIn = reported(before, failure);
        if (failure instanceof Error error) {
            throw error;
        }
        return standIn;
    }

    private void remember(long fingerprint, Lookup mine, Known known) {
        remembered.asMap().compute(fingerprint, (same, before) -> mine.isOutdated() ? before : known);
    }

    private Policy reported(@Nullable Known before, Throwable cause) {
        Policy policy = standIn(before);
        listener.tell(new PolicyFallback(policy, isNamed(before), cause));
        return policy;
    }

    private Policy standIn(@Nullable Known before) {
        return before == null ? otherwise : before.policy();
    }

    private static boolean isNamed(@Nullable Known before) {
        return before != null && before.named();
    }
}
