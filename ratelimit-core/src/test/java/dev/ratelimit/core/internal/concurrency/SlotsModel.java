package dev.ratelimit.core.internal.concurrency;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Slots as plain lists, one step at a time, in which whatever is overdue goes at its very instant. */
final class SlotsModel {

    private static final long NEVER = -1;

    /** A slot, open as long as it is in its key's list. */
    static final class Place {
        private final long key;
        private final long hold;
        private long deadline = NEVER;

        Place(long key, long hold) {
            this.key = key;
            this.hold = hold;
        }
    }

    /** Who waits, or has waited, or was answered at once. */
    static final class Queued {
        private final long key;
        private final ConcurrencyBounds bounds;
        private final long since;
        private final long deadline;
        boolean decided;

        /** Why it has none, if it was refused. */
        Admission.@Nullable Refusal refused;

        @Nullable
        Place handed;

        Queued(long key, ConcurrencyBounds bounds, long since, long deadline) {
            this.key = key;
            this.bounds = bounds;
            this.since = since;
            this.deadline = deadline;
        }

        long key() {
            return key;
        }
    }

    /** What is wrong with it, if anything. */
    enum Flaw {
        NONE,
        SERVES_THE_LAST_FIRST,
        BEGINS_HOLDS_EARLY
    }

    private static final class Key {
        private final List<Place> open = new ArrayList<>();
        private final List<Queued> queue = new ArrayList<>();
        private int limit;
    }

    private final Map<Long, Key> keys = new TreeMap<>();
    private final Flaw flaw;
    private long now;
    private int reclaimed;

    SlotsModel(Flaw flaw) {
        this.flaw = flaw;
    }

    @Nullable
    Place tryEnter(long key, ConcurrencyBounds bounds) {
        Place place = reserve(key, bounds);
        if (place != null) {
            begin(place);
        }
        return place;
    }

    @Nullable
    Place reserve(long key, ConcurrencyBounds bounds) {
        limit(key, bounds.maxConcurrent());
        Key state = key(key);
        return state.open.size() < state.limit ? open(state, key, bounds) : null;
    }

    void begin(Place place) {
        if (key(place.key).open.contains(place) && place.deadline == NEVER && place.hold != ConcurrencyBounds.FOREVER) {
            place.deadline = now + place.hold;
        }
    }

    /** Puts somebody into the queue, for ever; null if it is full. */
    @Nullable
    Queued queue(long key, ConcurrencyBounds bounds) {
        limit(key, bounds.maxConcurrent());
        Key state = key(key);
        boolean isFull = state.open.size() >= state.limit && state.queue.size() >= bounds.mostWaiting();
        return isFull ? null : joined(key, bounds, NEVER);
    }

    /** Enters later. */
    Queued enterLater(long key, ConcurrencyBounds bounds, long wait) {
        limit(key, bounds.maxConcurrent());
        Key state = key(key);
        boolean hasRoom = state.open.size() < state.limit;
        if (hasRoom || (wait > 0 && state.queue.size() < bounds.mostWaiting())) {
            return joined(key, bounds, now + wait);
        }
        Queued refused = new Queued(key, bounds, now, NEVER);
        refuse(refused, wait > 0 ? Admission.Refusal.TOO_MANY_WAITING : Admission.Refusal.TOO_MANY_CONCURRENT);
        return refused;
    }

    private Queued joined(long key, ConcurrencyBounds bounds, long deadline) {
        Queued queued = new Queued(key, bounds, now, deadline);
        key(key).queue.add(queued);
        serve(key(key));
        return queued;
    }

    private static void refuse(Queued queued, Admission.Refusal reason) {
        queued.decided = true;
        queued.refused = reason;
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
                for (Queued queued : List.copyOf(key.queue)) {
                    if (queued.deadline == now) {
                        key.queue.remove(queued);
                        refuse(queued, Admission.Refusal.TOO_MANY_CONCURRENT);
                    }
                }
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

    long maxWaiting() {
        return keys.values().stream()
                .flatMap(key -> key.queue.stream())
                .mapToLong(queued -> now - queued.since)
                .max()
                .orElse(0);
    }

    int reclaimed() {
        return reclaimed;
    }

    private Key key(long key) {
        return keys.computeIfAbsent(key, unused -> new Key());
    }

    private void serve(Key key) {
        while (!key.queue.isEmpty() && key.open.size() < key.limit) {
            boolean isLast = flaw == Flaw.SERVES_THE_LAST_FIRST;
            Queued next = key.queue.remove(isLast ? key.queue.size() - 1 : 0);
            next.decided = true;
            next.handed = open(key, next.key, next.bounds);
        }
    }

    private Place open(Key state, long key, ConcurrencyBounds bounds) {
        Place place = new Place(key, bounds.leaseTimeoutNanos());
        state.open.add(place);
        if (flaw == Flaw.BEGINS_HOLDS_EARLY) {
            begin(place);
        }
        return place;
    }
}
