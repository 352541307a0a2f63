package dev.ratelimit.quota.service.internal;

import dev.ratelimit.Certainty;
import dev.ratelimit.quota.spi.Capabilities;
import dev.ratelimit.quota.spi.Capabilities.AtomicGroups;
import dev.ratelimit.quota.spi.CounterQuery;
import dev.ratelimit.quota.spi.ListedCounter;
import dev.ratelimit.quota.spi.Operation;
import dev.ratelimit.quota.spi.Operation.Acquire;
import dev.ratelimit.quota.spi.Operation.Adjust;
import dev.ratelimit.quota.spi.Operation.Group;
import dev.ratelimit.quota.spi.Operation.Read;
import dev.ratelimit.quota.spi.Outcome;
import dev.ratelimit.quota.spi.Outcome.Counted;
import dev.ratelimit.quota.spi.Outcome.Failed;
import dev.ratelimit.quota.spi.Outcome.Grouped;
import dev.ratelimit.quota.spi.QuotaStore;
import dev.ratelimit.store.Deadline;
import dev.ratelimit.store.StoreException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A quota store in the memory of one process. It has all capabilities that the rules allow, and its counters end with
 * the process.
 *
 * <p>It applies an operation under the lock of its counter, and a group under the locks of its counters. A group takes
 * the locks in the order of the counters' names, so no two groups can wait for each other. Each call first removes a
 * bounded number of expired counters, more than it can add.
 */
public final class MemoryStore implements QuotaStore {

    private static final Capabilities CAPABILITIES = new Capabilities(true, AtomicGroups.ALL, 1000, true);

    /** The number of expired counters that a call removes for each counter that it may add. */
    private static final int DROPPED_FOR_EACH = 2;

    /** The number of expired counters that a call removes if there is no room for another counter. */
    private static final int DROPPED_FOR_ROOM = 1000;

    private final StoredCounters tallies;
    private final MemoryBounds bounds;
    private final InstantSource clock;
    private volatile boolean closed;

    /**
     * Creates an empty store.
     *
     * @param clock the clock by which counters expire
     * @param bounds the bounds, which no other store uses
     */
    public MemoryStore(InstantSource clock, MemoryBounds bounds) {
        this.clock = clock;
        this.bounds = bounds;
        this.tallies = new StoredCounters(bounds);
    }

    /**
     * Creates an empty store without bounds.
     *
     * @param clock the clock by which counters expire
     */
    public MemoryStore(InstantSource clock) {
        this(clock, new MemoryBounds(Integer.MAX_VALUE, Integer.MAX_VALUE));
    }

    @Override
    public Capabilities capabilities() {
        return CAPABILITIES;
    }

    /** Returns a long deadline: the store waits only for garbage collection, which is no reason to fail. */
    @Override
    public Duration defaultDeadline() {
        return Duration.ofMinutes(1);
    }

    @Override
    public boolean isLocal() {
        return true;
    }

    @Override
    public List<Outcome> apply(List<Operation> operations, Deadline deadline) {
        int count = operations.size();
        if (count < 1 || count > CAPABILITIES.maxBatch()) {
            throw new IllegalArgumentException("a call takes 1 to " + CAPABILITIES.maxBatch()
                    + " operations, but was given " + count + "; split them");
        }
        long now = clock.millis();
        if (count == 1) {
            return List.of(outcome(operations.get(0), deadline, now));
        }
        List<Outcome> outcomes = new ArrayList<>(count);
        for (Operation operation : operations) {
            outcomes.add(outcome(operation, deadline, now));
        }
        return outcomes;
    }

    @Override
    public List<ListedCounter> list(CounterQuery query, Deadline deadline) {
        if (closed) {
            throw new StoreException(Certainty.NOT_APPLIED, "the store is closed", null);
        }
        return tallies.list(query);
    }

    /** Returns whether a clock is the one by which counters expire. */
    boolean isBy(InstantSource other) {
        return clock.equals(other);
    }

    /**
     * Counts an amount, all or nothing, on an existing counter whose subject is the plain key. It counts like
     * {@link #apply}, but makes no name, operation or list, and the caller reads the time.
     *
     * @return the outcome; null, with nothing done, if there is no such counter
     */
    @Nullable
    Counted acquireIfThere(CurrentWindow.Bounds window, String key, long amount, long limit, long nowMillis) {
        if (closed) {
            return null;
        }
        tallies.forget(nowMillis, DROPPED_FOR_EACH);
        StoredCounter tally = tallies.lockedIfThere(window.name(), key);
        if (tally == null) {
            return null;
        }
        try {
            if (!tally.isPlain()) {
                return null;
            }
            tally.keepUntil(window.expires());
            return tally.acquire(amount, amount, limit);
        } finally {
            tally.unlock();
        }
    }

    @Override
    public void close() {
        closed = true;
        tallies.clear();
    }

    /**
     * Returns the number of counters.
     *
     * @return the number, which may be out of date at once
     */
    public int size() {
        return tallies.size();
    }

    private Outcome outcome(Operation operation, Deadline deadline, long now) {
        if (closed) {
            return notApplied("the store is closed", null);
        }
        if (deadline.hasPassed()) {
            return notApplied("the deadline had passed before the operation began", null);
        }
        tallies.forget(
                now,
                DROPPED_FOR_EACH
                        * (operation instanceof Group group ? group.acquires().size() : 1));
        try {
            return counted(operation, now);
        } catch (MemoryBounds.NoRoom e) {
            return again(operation, now);
        }
    }

    /** Tries again after removing more expired counters than usual. Counters in use stay. */
    private Outcome again(Operation operation, long now) {
        tallies.forget(now, DROPPED_FOR_ROOM);
        try {
            return counted(operation, now);
        } catch (MemoryBounds.NoRoom e) {
            return notApplied(Objects.requireNonNull(e.getMessage()), e);
        }
    }

    private Outcome counted(Operation operation, long now) {
        if (operation instanceof Acquire acquire) {
            return acquired(acquire, now);
        }
        if (operation instanceof Adjust adjust) {
            return adjusted(adjust, now);
        }
        if (operation instanceof Group group) {
            return grouped(group, now);
        }
        return read((Read) operation);
    }

    private Counted acquired(Acquire acquire, long now) {
        // An acquire that is denied at any usage makes no counter.
        StoredCounter tally = acquire.limit() < acquire.min()
                ? tallies.lockedIfThere(acquire.counter())
                : tallies.locked(acquire.counter());
        if (tally == null) {
            return new Counted(0, 0);
        }
        try {
            return tally.acquire(acquire, now);
        } finally {
            tallies.release(tally);
        }
    }

    private Counted adjusted(Adjust adjust, long now) {
        // A refund on a counter that does not exist makes none, unless the store must remember the operation.
        StoredCounter tally = adjust.delta() < 0 && adjust.id() == null
                ? tallies.lockedIfThere(adjust.counter())
                : tallies.locked(adjust.counter());
        if (tally == null) {
            return new Counted(0, 0);
        }
        try {
            return tally.adjust(adjust, now);
        } finally {
            tallies.release(tally);
        }
    }

    private Counted read(Read read) {
        @Nullable StoredCounter tally = tallies.lockedIfThere(read.counter());
        if (tally == null) {
            return new Counted(0, 0);
        }
        try {
            return new Counted(0, tally.used());
        } finally {
            tallies.release(tally);
        }
    }

    private Grouped grouped(Group group, long now) {
        List<Acquire> acquires = group.acquires();
        StoredCounter[] locked = new StoredCounter[acquires.size()];
        try {
            for (int place : placesByName(acquires)) {
                locked[place] = tallies.locked(acquires.get(place).counter());
            }
            return decided(acquires, locked, now);
        } finally {
            releaseAll(locked);
        }
    }

    private static List<Integer> placesByName(List<Acquire> acquires) {
        return IntStream.range(0, acquires.size())
                .boxed()
                .sorted(Comparator.comparing(
                        place -> acquires.get(place).counter().name()))
                .toList();
    }

    private Grouped decided(List<Acquire> acquires, StoredCounter[] locked, long now) {
        boolean granted = true;
        int places = 0;
        for (int i = 0; i < locked.length; i++) {
            granted &= locked[i].grants(acquires.get(i));
            places += locked[i].needsPlace(acquires.get(i)) ? 1 : 0;
        }
        if (granted) {
            // All at once: a group is not left half counted.
            bounds.takeOperations(places);
        }
        List<Counted> parts = new ArrayList<>(locked.length);
        for (int i = 0; i < locked.length; i++) {
            parts.add(granted ? locked[i].count(acquires.get(i), now) : new Counted(0, locked[i].used()));
        }
        return new Grouped(parts);
    }

    private void releaseAll(@Nullable StoredCounter[] locked) {
        for (StoredCounter tally : locked) {
            if (tally != null) {
                tallies.release(tally);
            }
        }
    }

    private static Failed notApplied(String why, MemoryBounds.@Nullable NoRoom cause) {
        return new Failed(Certainty.NOT_APPLIED, new StoreException(Certainty.NOT_APPLIED, why, cause));
    }
}
