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
 * The slots by their keys, in Caffeine: it bounds, clears away what has expired, and makes a change of a slot one atomic step.
 *
 * <p><b>Two bounds.</b> Caffeine has one, on the sum of weights. With a bound on bytes B and one on entries N, each entry weighs
 * its bytes, but at least B/N: then the bytes are within B, and there are no more than N.
 *
 * <p><b>Order of use.</b> What goes first, Caffeine decides by how often and how lately slots were read. To be told of a read
 * costs it more than the look itself, and threads wait for each other. So it is told once a millisecond and key: what is read
 * more often than that is used a lot, whatever the count. Keys whose hashes end alike share a millisecond.
 *
 * <p><b>Under a flood</b> Caffeine lets one thread at a time make room, and the others go on: what they add meanwhile may come
 * to some hundred entries. So a thread that leaves the cache with more bytes than are allowed waits until there is room.
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

    /** The variants whose names had to go for others. */
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

    /** What a change of a slot removes is seen where that is done: it may be the same value that stays. */
    private void removed(Slot<V> slot, RemovalCause cause) {
        switch (cause) {
            case SIZE -> {
                if (slot instanceof Slot.Entry) {
                    reports.removed(Removal.SIZE);
                } else if (slot instanceof Slot.Varying<V> names) {
                    // Not here, in the midst of making room.
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

    /** A look that does nothing else, so that it may be taken within a change of another key. */
    @Nullable
    Slot<V> lookQuietly(CacheKey key) {
        return quietly.getIfPresentQuietly(key);
    }

    /**
     * The look of a caller at a time, which need not be noted: it is noted here as often as Caffeine is told of a read. A race between
     * threads only tells Caffeine of a read too many or too few.
     */
    @Nullable
    Slot<V> look(CacheKey key, long now) {
        int i = key.hashCode() & (READS - 1);
        if (now - toldAt[i] < TOLD_FOR_NANOS) {
            return quietly.getIfPresentQuietly(key);
        }
        toldAt[i] = now;
        time.note(now);
        return slots.getIfPresent(key);
    }

    /** What a change of a slot has found, and left. */
    private record Change<V>(
            @Nullable Slot<V> before, @Nullable Slot<V> after) {

        boolean hasRemovedValue() {
            return before instanceof Slot.Entry<V> old && !(after instanceof Slot.Entry<V> now && old.isSame(now));
        }

        /** The keys of variants that nobody finds any more. */
        Collection<CacheKey> orphans() {
            return before instanceof Slot.Varying<V> old
                            && !(after instanceof Slot.Varying<V> now && old.variants() == now.variants())
                    ? old.variants().keys()
                    : List.of();
        }
    }

    /**
     * Replaces a key's slot in one step; the change may return null for none, or the same. With the names of variants the variants go,
     * too.
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

    /** Removes what is kept by a key, for this cause. */
    void remove(CacheKey key, Removal cause) {
        removeIf(key, slot -> true, cause);
    }

    /** Removes what is kept by a key if it is what is to go. */
    void removeIf(CacheKey key, Predicate<Slot<V>> which, Removal cause) {
        if (changed(key, before -> before == null || which.test(before) ? null : before)
                .hasRemovedValue()) {
            reports.removed(cause);
        }
    }

    /** A thread that was stopped in the midst of adding something hides what was added after it: for that, it is waited a little. */
    private void makeRoom() {
        for (int i = 0; i < MAX_WAITS && bytes.get() > maxBytes; i++) {
            if (i > 0) {
                LockSupport.parkNanos(WAIT_NANOS);
            }
            slots.cleanUp();
        }
    }

    /** Does something with the keys of all slots that match. Slots that come meanwhile may be left out. */
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

    /** Time for Caffeine's housekeeping; whether a slot may be used, is asked of the slot itself. */
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
