package dev.ratelimit.core.internal.concurrency;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Slots as plain lists, one step at a time, in which whatever is overdue goes at its very instant. */
final class SlotsModel {

    /** A slot, open as long as it is in its key's list. */
    static final class Place {
        private final long key;
        private final long deadline;

        Place(long key, long deadline) {
            this.key = key;
            this.deadline = deadline;
        }
    }

    /** Who waits, or has waited. */
    static final class Queued {
        private final long key;
        private final Bounds bounds;
        boolean decided;

        @Nullable
        Place handed;

        Queued(long key, Bounds bounds) {
            this.key = key;
            this.bounds = bounds;
        }

        long key() {
            return key;
        }
    }

    private static final class Key {
        private final List<Place> open = new ArrayList<>();
        private final List<Queued> queue = new ArrayList<>();
        private int limit;
    }

    private final Map<Long, Key> keys = new TreeMap<>();
    private final boolean servesTheLastFirst;
    private long now;
    private int reclaimed;

    SlotsModel(boolean servesTheLastFirst) {
        this.servesTheLastFirst = servesTheLastFirst;
    }

    @Nullable
    Place tryEnter(long key, Bounds bounds) {
        Key state = key(key);
        state.limit = bounds.atOnce();
        serve(state);
        return state.open.size() < state.limit ? open(state, key, bounds) : null;
    }

    Queued queue(long key, Bounds bounds) {
        Key state = key(key);
        state.limit = bounds.atOnce();
        Queued queued = new Queued(key, bounds);
        state.queue.add(queued);
        serve(state);
        return queued;
    }

    boolean withdraw(Queued queued) {
        boolean withdrawn = key(queued.key).queue.remove(queued);
        queued.decided = true;
        return withdrawn;
    }

    void close(Place place) {
        key(place.key).open.remove(place);
        serve(key(place.key));
    }

    void limit(long key, int limit) {
        Key state = key(key);
        state.limit = limit;
        serve(state);
    }

    void advance(long nanos) {
        for (long i = 0; i < nanos; i++) {
            now++;
            for (Key key : keys.values()) {
                long before = key.open.size();
                key.open.removeIf(place -> place.deadline == now);
                reclaimed += (int) (before - key.open.size());
                serve(key);
            }
        }
    }

    int inUse(long key) {
        return key(key).open.size();
    }

    int waiting(long key) {
        return key(key).queue.size();
    }

    long keysInUse() {
        return keys.values().stream().filter(key -> !key.open.isEmpty()).count();
    }

    int reclaimed() {
        return reclaimed;
    }

    private Key key(long key) {
        return keys.computeIfAbsent(key, unused -> new Key());
    }

    private void serve(Key key) {
        while (!key.queue.isEmpty() && key.open.size() < key.limit) {
            Queued next = key.queue.remove(servesTheLastFirst ? key.queue.size() - 1 : 0);
            next.decided = true;
            next.handed = open(key, next.key, next.bounds);
        }
    }

    private Place open(Key state, long key, Bounds bounds) {
        boolean isForever = bounds.longestHoldNanos() == Bounds.FOREVER;
        Place place = new Place(key, isForever ? -1 : now + bounds.longestHoldNanos());
        state.open.add(place);
        return place;
    }
}
