package dev.ratelimit.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import com.github.benmanes.caffeine.cache.Policy;
import com.github.benmanes.caffeine.cache.RemovalCause;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The slots by their keys, in Caffeine. Caffeine enforces the bounds, removes expired slots, and makes each change of a
 * slot one atomic step.
 *
 * <p><b>Two bounds.</b> Caffeine has one, on the sum of weights. With a bound on bytes B and one on entries N, each
 * entry weighs its bytes, but at least B/N: then the bytes are within B, and there are no more than N.
 *
 * <p><b>Order of use.</b> Caffeine decides which slots to evict by how often and how recently they were read. Recording
 * a read costs Caffeine more than the lookup itself, and makes threads wait for each other. So a read is recorded at
 * most once a millisecond for each key. A slot that is read more often than that is in frequent use, whatever its exact
 * count. Keys whose hashes end alike share a millisecond.
 *
 * <p><b>Under a flood</b> Caffeine lets one thread at a time make room, while the other threads go on and may add some
 * hundred entries. So a thread that finds the cache above its bound on bytes waits until there is room.
 */
final class Store<V> {

    private static final int READS = 1024;
    private static final long TOLD_FOR_NANOS = 1_000_000;

    private static final int MAX_WAITS = 200;
    private static final long WAIT_NANOS = 50_000;

    private final Cache<CacheKey, Slot<V>> slots;
    private final Policy<CacheKey, Slot<V>> quietly;
    private final LatestReading time;
    private final long[] toldAt = new long[READS];
    private final AtomicLong bytes = new AtomicLong();
    private final long maxBytes;

    /** The variants whose names were evicted. */
    private final Queue<CacheKey> orphans = new ConcurrentLinkedQueue<>();

    private final SafeCacheListener reports;

    Store(CacheSettings<V> settings, LatestReading time, SafeCacheListener reports) {
        this.maxBytes = settings.maxBytes();
        this.reports = reports;
        this.time = time;
        Caffeine<CacheKey, Slot<V>> caffeine = Caffeine.newBuilder()
                .ticker(time)
                .executor(Runnable::run)
                .expireAfter(new UntilOfNoUse<V>())
                .removalListener((key, slot, cause) -> {
                    if (slot != null) {
                        bytes.addAndGet(-slot.weight());
                        removed(slot, cause);
                    }
                });
        if (settings.weigher() == null) {
            caffeine.maximumSize(settings.maxEntries());
        } else {
            long least = ceiling(settings.maxBytes(), settings.maxEntries());
            caffeine.maximumWeight(settings.maxBytes()).weigher((key, slot) ->
                    (int) Math.min(Integer.MAX_VALUE, Math.max(least, slot.weight())));
        }
        slots = caffeine.build();
        quietly = slots.policy();
        Arrays.fill(toldAt, time.read() - TOLD_FOR_NANOS);
    }

    /**
     * Counts an eviction. Removals by a change of a slot are counted by the change itself, because the same value may
     * stay.
     */
    private void removed(Slot<V> slot, RemovalCause cause) {
        switch (cause) {
            case SIZE -> {
                if (slot instanceof Slot.Entry) {
                    reports.removed(Removal.SIZE);
                } else if (slot instanceof Slot.Varying<V> names) {
                    // Not here, because Caffeine is making room at this moment.
                    orphans.addAll(names.variants().keys());
                }
            }
            case EXPIRED -> {
                if (slot instanceof Slot.Entry) {
                    reports.removed(Removal.EXPIRED);
                }
            }
            case EXPLICIT, REPLACED, COLLECTED -> {}
        }
    }

    private static long ceiling(long dividend, long divisor) {
        return 1 + (dividend - 1) / divisor;
    }

    @Nullable
    Slot<V> look(CacheKey key) {
        return slots.getIfPresent(key);
    }

    /** Looks a slot up without any side effect, so that it may be called within a change of another key. */
    @Nullable
    Slot<V> lookQuietly(CacheKey key) {
        return quietly.getIfPresentQuietly(key);
    }

    /**
     * Records that a caller has {@linkplain #lookQuietly looked a slot up}. It notes the time as often as it records a
     * read with Caffeine, so the caller need not note it. A race between threads only records a read too many or too
     * few.
     */
    void wasRead(CacheKey key, long now) {
        int i = key.hashCode() & (READS - 1);
        if (now - toldAt[i] >= TOLD_FOR_NANOS) {
            toldAt[i] = now;
            time.note(now);
            var unused = slots.getIfPresent(key);
        }
    }

    /** The slot before and after a change. */
    private record Change<V>(
            @Nullable Slot<V> before, @Nullable Slot<V> after) {

        boolean hasRemovedValue() {
            return before instanceof Slot.Entry<V> old && !(after instanceof Slot.Entry<V> now && old.isSame(now));
        }

        /** The keys of variants that no request can find any more. */
        Collection<CacheKey> orphans() {
            return before instanceof Slot.Varying<V> old
                            && !(after instanceof Slot.Varying<V> now && old.variants() == now.variants())
                    ? old.variants().keys()
                    : List.of();
        }
    }

    /**
     * Replaces a key's slot in one atomic step. The change may return null for none, or the same slot. If it removes
     * the names of variants, the variants are removed, too.
     */
    void change(CacheKey key, Function<@Nullable Slot<V>, @Nullable Slot<V>> change) {
        Change<V> done = changed(key, change);
        makeRoom();
        if (done.hasRemovedValue()) {
            reports.removed(done.after() == null ? Removal.INVALIDATED : Removal.REPLACED);
        }
        done.orphans().forEach(orphan -> remove(orphan, Removal.INVALIDATED));
        removeOrphans();
    }

    private void removeOrphans() {
        for (CacheKey orphan = orphans.poll(); orphan != null; orphan = orphans.poll()) {
            remove(orphan, Removal.SIZE);
        }
    }

    private Change<V> changed(CacheKey key, Function<@Nullable Slot<V>, @Nullable Slot<V>> change) {
        AtomicReference<Change<V>> done = new AtomicReference<>(new Change<>(null, null));
        slots.asMap().compute(key, (same, before) -> {
            Slot<V> after = change.apply(before);
            if (after != null && after != before) {
                bytes.addAndGet(after.weight());
            }
            done.set(new Change<>(before, after));
            return after;
        });
        return Objects.requireNonNull(done.get());
    }

    /** Removes a key's slot, for a cause. */
    void remove(CacheKey key, Removal cause) {
        removeIf(key, slot -> true, cause);
    }

    /** Removes a key's slot if it matches. */
    void removeIf(CacheKey key, Predicate<Slot<V>> which, Removal cause) {
        if (changed(key, before -> before == null || which.test(before) ? null : before)
                .hasRemovedValue()) {
            reports.removed(cause);
        }
    }

    /**
     * Makes room. A thread that was suspended while it added an entry hides later entries from Caffeine, so this waits
     * for it briefly.
     */
    private void makeRoom() {
        for (int i = 0; i < MAX_WAITS && bytes.get() > maxBytes; i++) {
            if (i > 0) {
                LockSupport.parkNanos(WAIT_NANOS);
            }
            slots.cleanUp();
        }
    }

    /** Applies an action to the keys of all slots that match. Slots that are added at the same time may be left out. */
    void forEach(Predicate<CacheKey> keys, Predicate<Slot<V>> which, Consumer<CacheKey> action) {
        slots.asMap().forEach((key, slot) -> {
            if (keys.test(key) && which.test(slot)) {
                action.accept(key);
            }
        });
    }

    long entries() {
        slots.cleanUp();
        removeOrphans();
        return slots.estimatedSize();
    }

    long bytes() {
        return bytes.get();
    }

    /** The expiry for Caffeine's housekeeping. The slot itself decides whether it may be used. */
    private static final class UntilOfNoUse<V> implements Expiry<CacheKey, Slot<V>> {

        @Override
        public long expireAfterCreate(CacheKey key, Slot<V> slot, long now) {
            return Math.max(1, slot.keptUntil() - now);
        }

        @Override
        public long expireAfterUpdate(CacheKey key, Slot<V> slot, long now, long left) {
            return Math.max(1, slot.keptUntil() - now);
        }

        @Override
        public long expireAfterRead(CacheKey key, Slot<V> slot, long now, long left) {
            return left;
        }
    }
}
