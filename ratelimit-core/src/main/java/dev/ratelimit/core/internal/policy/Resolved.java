package dev.ratelimit.core.internal.policy;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.ratelimit.TimeSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What keys have, such as policies or plans: resolved when it is first asked for, and remembered for a time.
 *
 * <p><b>Remembered</b> is a value by the key's fingerprint, in a cache of bounded size. The age is kept in the entry
 * and not by the cache, because an entry outlives its age: where the resolver fails, it still holds the last known
 * value. The cache decides who goes by frequency as well as recency (W-TinyLFU: Einziger, Friedman and Manes,
 * <i>TinyLFU: A Highly Efficient Cache Admission Policy</i>, 2017): of a flood of keys that come once, each is
 * compared with a key of long standing, and loses. It does its housekeeping on the callers' threads.
 *
 * <p><b>Coalescing.</b> Who finds nothing fresh registers a {@link Lookup}; the first to do so calls the resolver, on
 * its own thread and holding no lock, and the others wait for the end of that look-up. Another one's look-up may come
 * and go between a thread's look into the cache and its registration. So it looks again once it is registered; what
 * the other one found is there, because a look-up is remembered before it can no longer be waited for.
 *
 * <p><b>No deadlock.</b> A thread inside a resolver's call waits for no look-up: it might wait for itself, or, by way
 * of another key and thread, for one that waits for it. It gets the fallback. That holds across limiters, because a
 * cycle may go through two; it cannot be seen if a resolver hands the question to yet another thread, and waits for
 * that.
 *
 * <p><b>Invalidation</b> is one atomic step of the cache's map, and so is remembering. The one forgets the key and
 * outdates the look-up under way, the other remembers unless the look-up is outdated: whichever comes first, no
 * earlier answer is left. Nor does a caller that asks afterwards wait for an earlier look-up: it begins its own,
 * though the other may not have ended.
 *
 * <p><b>Failures.</b> What stands in is remembered like an answer, but for the shorter time after which to try again.
 * An interruption is a failure of one caller's only: nothing is remembered, and those who waited ask again. The caller gets the
 * fallback, or, where the default might be wrong ({@link #ofUninterrupted}), the interruption.
 *
 * <p>Thread-safe. Waiting parks the thread, so that a virtual one gives up its carrier.
 *
 * @param <K> the type of the keys
 * @param <V> the type of what they have
 */
public final class Resolved<K, V> {

    /**
     * Asks what a key has, on the thread of a caller.
     *
     * @param <K> the type of the keys
     * @param <V> the type of what they have
     */
    public interface Resolver<K, V> {

        /**
         * Returns what a key has; null and what it throws are failures.
         *
         * @param key the key
         * @return the answer
         * @throws Exception if there is none now
         */
        V resolve(K key) throws Exception;
    }

    /**
     * What is to be done with each answer of the resolver.
     *
     * @param <V> the type of the answers
     */
    public interface Binding<V> {

        /**
         * Lets an answer bind a key, or fails if it cannot hold, which is then a failure of the resolver.
         *
         * @param fingerprint the key's 64 bits
         * @param value the answer
         */
        void bind(long fingerprint, V value);
    }

    /**
     * What stood in for an answer.
     *
     * @param value what stood in
     * @param known whether it is the last known one, and not the default
     * @param cause why
     * @param <V> the type of the answers
     */
    public record Fallback<V>(V value, boolean known, Throwable cause) {}

    /**
     * How long answers hold.
     *
     * @param maxEntries how many keys are remembered
     * @param maxAge how long an answer is fresh
     * @param retryAfter how long what stands in for one is
     */
    public record Terms(int maxEntries, Duration maxAge, Duration retryAfter) {}

    private final Resolver<? super K, ? extends V> resolver;
    private final Binding<V> binding;
    private final V otherwise;
    private final long maxAge;
    private final long retryAfter;
    private final FailureListener<Fallback<V>> listener;
    private final TimeSource time;
    private final Cache<Long, RememberedAnswer<V>> remembered;
    private final ConcurrentMap<Long, Lookup<V>> underWay = new ConcurrentHashMap<>();

    /**
     * Creates values of which nothing is known yet.
     *
     * @param what is asked, for the log of its failures
     * @param resolver who is asked
     * @param otherwise what a key has of which nothing is known
     * @param terms how long answers hold
     * @param binding what is to be done with each answer of the resolver
     * @param onFallback told of failures; what it throws is ignored
     * @param time the time by which answers age
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
        this.remembered = Caffeine.newBuilder()
                .maximumSize(terms.maxEntries())
                .executor(Runnable::run)
                .build();
    }

    /**
     * Returns what keys have: what is remembered and fresh, and the default.
     *
     * @return one for each key
     */
    public List<V> inForce() {
        long now = time.nanos();
        List<V> values = new ArrayList<>();
        values.add(otherwise);
        for (RememberedAnswer<V> known : remembered.asMap().values()) {
            if (known.isFresh(now)) {
                values.add(known.value());
            }
        }
        return values;
    }

    /**
     * Returns what a key has as far as it is known, without asking the resolver.
     *
     * @param fingerprint the key's 64 bits
     * @return its last known value, or the default
     */
    public V known(long fingerprint) {
        return standIn(remembered.getIfPresent(fingerprint));
    }

    /**
     * Returns what a key has, which may take as long as the resolver.
     *
     * @param key the key, for the resolver
     * @param fingerprint its 64 bits, by which the answer is remembered
     * @return the value
     */
    public V of(K key, long fingerprint) {
        return of(key, fingerprint, time.nanos());
    }

    /**
     * Returns what a key has, for a caller that has read the time.
     *
     * @param key the key, for the resolver
     * @param fingerprint its 64 bits, by which the answer is remembered
     * @param now the time's reading
     * @return the value
     */
    public V of(K key, long fingerprint, long now) {
        RememberedAnswer<V> known = remembered.getIfPresent(fingerprint);
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
     * Returns what a key has, as {@link #of(Object, long)} does, but not the default to a thread that was interrupted before the
     * resolver could answer.
     *
     * @param key the key, for the resolver
     * @param fingerprint its 64 bits, by which the answer is remembered
     * @return the value
     * @throws InterruptedException if the thread is interrupted, and nothing is known of the key
     */
    public V ofUninterrupted(K key, long fingerprint) throws InterruptedException {
        long now = time.nanos();
        RememberedAnswer<V> known = remembered.getIfPresent(fingerprint);
        return known != null && known.isFresh(now) ? known.value() : lookUp(key, fingerprint, now, this::lastAnswer);
    }

    /** What a thread gets that was interrupted, by what is known. */
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
     * Forgets what is known of a key, so that the next call resolves it. A look-up that is under way still answers
     * those who wait for it, and is not remembered.
     *
     * @param fingerprint the key's 64 bits
     */
    public void invalidate(long fingerprint) {
        remembered.asMap().compute(fingerprint, (same, known) -> {
            Lookup<V> current = underWay.remove(fingerprint);
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

    /** How many keys are remembered, fresh or not. */
    long size() {
        remembered.cleanUp();
        return remembered.estimatedSize();
    }

    private V lookUp(K key, long fingerprint, long now, Interrupted<V> interrupted) throws InterruptedException {
        while (true) {
            Lookup<V> mine = new Lookup<>();
            Lookup<V> current = underWay.putIfAbsent(fingerprint, mine);
            if (current == null) {
                return resolve(key, fingerprint, now, mine, interrupted);
            }
            RememberedAnswer<V> before = remembered.getIfPresent(fingerprint);
            if (Lookup.isThisThreadInside()) {
                return reported(
                        before, new IllegalStateException("a resolver asked for a key that was being resolved"));
            }
            try {
                V answer = current.await();
                if (answer != null) {
                    return answer;
                }
                RememberedAnswer<V> known = remembered.getIfPresent(fingerprint);
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
            before = remembered.getIfPresent(fingerprint);
            if (before != null && before.isFresh(now)) {
                // Not for those who wait: an invalidation may have outdated the look-up before this one, and not yet
                // have
                // come to what is remembered.
                return before.value();
            }
            answer = Lookup.call(resolver, key);
            binding.bind(fingerprint, answer);
            remember(fingerprint, mine, new RememberedAnswer<>(answer, true, time.nanos() + maxAge));
            return answer;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            failure = e;
        } catch (Throwable e) {
            answer = standIn(before);
            remember(fingerprint, mine, new RememberedAnswer<>(answer, isNamed(before), time.nanos() + retryAfter));
            failure = e;
        } finally {
            underWay.remove(fingerprint, mine);
            mine.end(answer);
        }
        if (failure instanceof InterruptedException) {
            // Whom nothing stands in for is told so; and nobody else is.
            interrupted.instead(before);
        }
        // Not before the others have gone on: the listener may be slow.
        V standIn = reported(before, failure);
        if (failure instanceof Error error) {
            throw error;
        }
        return standIn;
    }

    private void remember(long fingerprint, Lookup<V> mine, RememberedAnswer<V> known) {
        remembered.asMap().compute(fingerprint, (same, before) -> mine.isOutdated() ? before : known);
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
