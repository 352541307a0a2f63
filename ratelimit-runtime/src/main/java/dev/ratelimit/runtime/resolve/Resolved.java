package dev.ratelimit.runtime.resolve;

import dev.ratelimit.TimeSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Cache of the values of keys, such as policies or plans. A value is resolved on the first request of its key, and
 * cached for a time.
 *
 * <p><b>Storage.</b> The cache has a bounded size, and its keys are fingerprints. The entry, and not the cache,
 * contains the age, because an entry outlives its age: if the resolver fails, the entry still has the last known value.
 * The cache evicts by frequency and recency (W-TinyLFU: Einziger, Friedman and Manes, <i>TinyLFU: A Highly Efficient
 * Cache Admission Policy</i>, 2017). So in a flood of keys that occur once, each new key is compared with an
 * established key, and loses. Maintenance runs on the callers' threads.
 *
 * <p><b>Coalescing.</b> A caller that finds no fresh value registers a {@link Lookup}. The first caller to do so calls
 * the resolver, on its own thread and without a lock, and the others wait for the end of that look-up. Between a
 * thread's read of the cache and its registration, another look-up may begin and end. So the thread reads the cache
 * again once it is registered. It finds the answer of the other look-up, because an answer is cached before its look-up
 * is unregistered.
 *
 * <p><b>No deadlock.</b> A thread inside a resolver's call never waits for a look-up, because it could wait for itself,
 * or for a thread that waits for it. It gets the fallback. This holds across limiters, because a cycle may include
 * several. It does not work if a resolver passes the call to another thread and waits for that thread.
 *
 * <p>The response cache coalesces loads, too. But its callers leave at their own deadlines, so its loads have threads
 * of their own. A look-up needs no thread and no timer, and ends with the call of the resolver.
 *
 * <p><b>Invalidation</b> leaves no earlier answer, and no later caller waits for an earlier look-up:
 * {@link RememberedAnswers}.
 *
 * <p><b>Failures.</b> A fallback is cached like an answer, but only for the shorter time until the next attempt. An
 * interruption is a failure of a single caller: nothing is cached, and the waiting callers ask again. The caller gets
 * the fallback, or, where the default might be wrong ({@link #ofUninterrupted}), the interruption.
 *
 * <p>Thread-safe. Waiting parks the thread, so that a virtual one gives up its carrier.
 *
 * @param <K> the type of the keys
 * @param <V> the type of the values
 */
public final class Resolved<K, V> {

    /**
     * Resolves the value of a key, on the thread of a caller.
     *
     * @param <K> the type of the keys
     * @param <V> the type of the values
     */
    public interface Resolver<K, V> {

        /**
         * Returns the value of a key. Null and exceptions are failures.
         *
         * @param key the key
         * @return the answer
         * @throws Exception if there is no answer now
         */
        V resolve(K key) throws Exception;
    }

    /**
     * A function that is called with each answer of the resolver.
     *
     * @param <V> the type of the answers
     */
    public interface Binding<V> {

        /**
         * Applies an answer to a key. If it throws, that is a failure of the resolver.
         *
         * @param fingerprint the key's 64 bits
         * @param value the answer
         */
        void bind(long fingerprint, V value);
    }

    /**
     * A report of a value that was used instead of an answer.
     *
     * @param value the value that was used
     * @param known whether it is the last known value; false if it is the default
     * @param cause the exception of the resolver
     * @param <V> the type of the answers
     */
    public record Fallback<V>(V value, boolean known, Throwable cause) {}

    /**
     * The rules for caching answers.
     *
     * @param maxEntries the maximum number of cached keys
     * @param maxAge the time for which an answer is fresh
     * @param retryAfter the time for which a fallback is fresh
     */
    public record Terms(int maxEntries, Duration maxAge, Duration retryAfter) {}

    private final Resolver<? super K, ? extends V> resolver;
    private final Binding<V> binding;
    private final V otherwise;
    private final long maxAge;
    private final long retryAfter;
    private final FailureListener<Fallback<V>> listener;
    private final TimeSource time;
    private final RememberedAnswers<V> remembered;

    /**
     * Creates an empty cache.
     *
     * @param what the name of the resolver, for the log of its failures
     * @param resolver the resolver
     * @param otherwise the default value, for keys without a known value
     * @param terms the rules for caching answers
     * @param binding called with each answer of the resolver
     * @param onFallback receives failures; an exception that it throws is ignored
     * @param time the time source by which answers age
     */
    public Resolved(
            String what,
            Resolver<? super K, ? extends V> resolver,
            V otherwise,
            Terms terms,
            Binding<V> binding,
            Consumer<? super Fallback<V>> onFallback,
            TimeSource time) {
        this.resolver = resolver;
        this.binding = binding;
        this.otherwise = otherwise;
        this.maxAge = terms.maxAge().toNanos();
        this.retryAfter = terms.retryAfter().toNanos();
        this.listener = new FailureListener<>(what, Fallback::cause, onFallback);
        this.time = Objects.requireNonNull(time, "timeSource");
        this.remembered = new RememberedAnswers<>(terms.maxEntries());
    }

    /**
     * Returns the values in use: the cached fresh ones, and the default.
     *
     * @return one value for each key
     */
    public List<V> inForce() {
        long now = time.nanos();
        List<V> values = new ArrayList<>();
        values.add(otherwise);
        for (RememberedAnswer<V> known : remembered.all()) {
            if (known.isFresh(now)) {
                values.add(known.value());
            }
        }
        return values;
    }

    /**
     * Returns the known value of a key, without a call of the resolver.
     *
     * @param fingerprint the key's 64 bits
     * @return its last known value, or the default
     */
    public V known(long fingerprint) {
        return standIn(remembered.find(fingerprint));
    }

    /**
     * Returns the value of a key. This may wait for the resolver.
     *
     * @param key the key, for the resolver
     * @param fingerprint the 64 bits of the key, under which the answer is cached
     * @return the value
     */
    public V of(K key, long fingerprint) {
        return of(key, fingerprint, time.nanos());
    }

    /**
     * Returns the value of a key, for a caller that has read the time.
     *
     * @param key the key, for the resolver
     * @param fingerprint the 64 bits of the key, under which the answer is cached
     * @param now the reading of the time source
     * @return the value
     */
    public V of(K key, long fingerprint, long now) {
        RememberedAnswer<V> known = remembered.find(fingerprint);
        if (known != null && known.isFresh(now)) {
            return known.value();
        }
        try {
            return lookUp(key, fingerprint, now, this::standIn);
        } catch (InterruptedException e) {
            throw new AssertionError("what stands in throws nothing", e);
        }
    }

    /**
     * Returns the value of a key as {@link #of(Object, long)} does, but never the default to a thread that was
     * interrupted before the resolver answered.
     *
     * @param key the key, for the resolver
     * @param fingerprint the 64 bits of the key, under which the answer is cached
     * @return the value
     * @throws InterruptedException if the thread is interrupted, and nothing is known of the key
     */
    public V ofUninterrupted(K key, long fingerprint) throws InterruptedException {
        long now = time.nanos();
        RememberedAnswer<V> known = remembered.find(fingerprint);
        return known != null && known.isFresh(now) ? known.value() : lookUp(key, fingerprint, now, this::lastAnswer);
    }

    /** The value for an interrupted thread, from the last known answer. */
    private interface Interrupted<V> {
        V instead(@Nullable RememberedAnswer<V> before) throws InterruptedException;
    }

    private V lastAnswer(@Nullable RememberedAnswer<V> before) throws InterruptedException {
        if (before == null || !before.named()) {
            throw new InterruptedException("interrupted before the resolver had answered");
        }
        return before.value();
    }

    /**
     * Removes a key from the cache, so that the next call resolves it. A look-up that is under way still answers the
     * callers that wait for it, and is not cached.
     *
     * @param fingerprint the key's 64 bits
     */
    public void invalidate(long fingerprint) {
        remembered.invalidate(fingerprint);
    }

    /** Removes all keys from the cache, as {@link #invalidate} does. */
    public void invalidateAll() {
        remembered.invalidateAll();
    }

    /** Returns the number of cached keys, fresh or not. */
    public long size() {
        return remembered.size();
    }

    private V lookUp(K key, long fingerprint, long now, Interrupted<V> interrupted) throws InterruptedException {
        while (true) {
            Lookup<V> mine = new Lookup<>();
            Lookup<V> current = remembered.joinOrAdd(fingerprint, mine);
            if (current == null) {
                return resolve(key, fingerprint, now, mine, interrupted);
            }
            RememberedAnswer<V> before = remembered.find(fingerprint);
            if (Lookup.isThisThreadInside()) {
                return reported(
                        before, new IllegalStateException("a resolver asked for a key that was being resolved"));
            }
            try {
                V answer = current.await();
                if (answer != null) {
                    return answer;
                }
                RememberedAnswer<V> known = remembered.find(fingerprint);
                if (known != null && known.isFresh(now)) {
                    return known.value();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return interrupted.instead(before);
            }
        }
    }

    private V resolve(K key, long fingerprint, long now, Lookup<V> mine, Interrupted<V> interrupted)
            throws InterruptedException {
        RememberedAnswer<V> before = null;
        @Nullable V answer = null;
        Throwable failure;
        try {
            before = remembered.find(fingerprint);
            if (before != null && before.isFresh(now)) {
                // Not for waiting callers: an invalidation may have outdated the previous look-up, and not yet have
                // removed the cached value.
                return before.value();
            }
            answer = Lookup.call(resolver, key);
            binding.bind(fingerprint, answer);
            remembered.store(fingerprint, mine, new RememberedAnswer<>(answer, true, time.nanos() + maxAge));
            return answer;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            failure = e;
        } catch (Throwable e) {
            answer = standIn(before);
            remembered.store(
                    fingerprint, mine, new RememberedAnswer<>(answer, isNamed(before), time.nanos() + retryAfter));
            failure = e;
        } finally {
            remembered.remove(fingerprint, mine);
            mine.end(answer);
        }
        if (failure instanceof InterruptedException) {
            // Only a caller without a last known answer gets the exception.
            interrupted.instead(before);
        }
        // After the waiting callers have gone on, because the listener may be slow.
        V standIn = reported(before, failure);
        if (failure instanceof Error error) {
            throw error;
        }
        return standIn;
    }

    private V reported(@Nullable RememberedAnswer<V> before, Throwable cause) {
        V value = standIn(before);
        listener.tell(new Fallback<>(value, isNamed(before), cause));
        return value;
    }

    private V standIn(@Nullable RememberedAnswer<V> before) {
        return before == null ? otherwise : before.value();
    }

    private static boolean isNamed(@Nullable RememberedAnswer<?> before) {
        return before != null && before.named();
    }
}
