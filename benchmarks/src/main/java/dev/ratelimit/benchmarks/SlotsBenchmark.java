package dev.ratelimit.benchmarks;

import dev.ratelimit.TimeSource;
import dev.ratelimit.core.internal.concurrency.ConcurrencyBounds;
import dev.ratelimit.core.internal.concurrency.Slot;
import dev.ratelimit.core.internal.concurrency.Slots;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;

/**
 * The cost of taking one of a key's slots and giving it back, without the key's hashing and without a decision.
 *
 * <p>It changes a count twice, each time under a lock; the floors are a lock that is taken twice, and the same
 * counting in a map.
 */
@State(Scope.Benchmark)
@SuppressWarnings("NullAway.Init") // setUp() is the constructor that JMH knows
public class SlotsBenchmark extends BenchmarkDefaults {

    private static final ConcurrencyBounds FOREVER = new ConcurrencyBounds(4, ConcurrencyBounds.FOREVER);
    private static final ConcurrencyBounds HELD = new ConcurrencyBounds(4, 1_000_000_000_000L);
    private static final long FULL = 0;

    /** How many keys are gone through in turn, so that no look-up is of the key before. */
    private static final int KEYS = 1 << 10;

    /** The keys of one thread. */
    @State(Scope.Thread)
    public static class Keys {
        private final long first = Thread.currentThread().getId() << 32;
        private int count;

        /** The constructor that JMH needs. */
        public Keys() {}

        private long next() {
            return first + 1 + (++count & (KEYS - 1));
        }
    }

    private Slots slots;
    private ReentrantLock lock;
    private ConcurrentHashMap<Long, Integer> map;

    /** Makes slots, of which one key has as many in use as it may. */
    @Setup
    public void setUp() {
        slots = new Slots(TimeSource.system(), (instant, task) -> () -> {}, (key, heldNanos) -> {});
        while (slots.tryEnter(FULL, FOREVER) != null) {
            check(slots.inUse(FULL) <= FOREVER.maxConcurrent(), "more slots are in use than may be");
        }
        lock = new ReentrantLock();
        map = new ConcurrentHashMap<>();
    }

    /**
     * What taking and giving back under a lock cannot go below.
     *
     * @return whether the lock was held: always
     */
    @Benchmark
    @SuppressWarnings("LockNotBeforeTry") // nothing in between can fail
    public boolean floorLockTwice() {
        lock.lock();
        lock.unlock();
        lock.lock();
        boolean held = lock.isHeldByCurrentThread();
        lock.unlock();
        return held;
    }

    /**
     * The same counting in a map, which neither ignores a second close nor lets a caller wait.
     *
     * @param keys the keys
     * @return how many were in use
     */
    @Benchmark
    public int floorMap(Keys keys) {
        return countInMap(keys.next());
    }

    /**
     * The same counting in a map by two threads, each with its own keys.
     *
     * @param keys the keys
     * @return how many were in use
     */
    @Benchmark
    @Threads(2)
    public int floorMapTwoThreads(Keys keys) {
        return countInMap(keys.next());
    }

    /**
     * A slot that is taken and given back.
     *
     * @param keys the keys
     * @return the slot
     */
    @Benchmark
    public Slot enterAndClose(Keys keys) {
        return enterAndClose(keys.next(), FOREVER);
    }

    /**
     * A slot with a lease timeout that is taken and given back.
     *
     * @param keys the keys
     * @return the slot
     */
    @Benchmark
    public Slot enterAndCloseHeld(Keys keys) {
        return enterAndClose(keys.next(), HELD);
    }

    /**
     * Two threads, each with its own keys.
     *
     * @param keys the keys
     * @return the slot
     */
    @Benchmark
    @Threads(2)
    public Slot twoThreads(Keys keys) {
        return enterAndClose(keys.next(), FOREVER);
    }

    /**
     * Two threads with one key.
     *
     * @return the slot
     */
    @Benchmark
    @Threads(2)
    public Slot twoThreadsOneKey() {
        return enterAndClose(1, FOREVER);
    }

    /**
     * A key that has as many in use as it may.
     *
     * @return whether it was refused: always
     */
    @Benchmark
    public boolean refused() {
        @Nullable Slot slot = slots.tryEnter(FULL, FOREVER);
        check(slot == null, "a full key got a slot");
        return slot == null;
    }

    private int countInMap(long number) {
        Long key = number;
        Integer inUse = map.compute(key, (unused, count) -> count == null ? 1 : count + 1);
        map.compute(key, (unused, count) -> count == null || count == 1 ? null : count - 1);
        return inUse == null ? 0 : inUse;
    }

    private Slot enterAndClose(long key, ConcurrencyBounds bounds) {
        @Nullable Slot slot = slots.tryEnter(key, bounds);
        if (slot == null) {
            throw new IllegalStateException("not a valid measurement: a slot was refused");
        }
        slot.close();
        return slot;
    }

    /** Fails if a slot was not given back. */
    @TearDown
    public void checkAllReturned() {
        check(slots.keys() == 1, slots.keys() + " keys have slots in use, only the full one should");
        check(map.isEmpty(), "the map is not empty");
    }
}
