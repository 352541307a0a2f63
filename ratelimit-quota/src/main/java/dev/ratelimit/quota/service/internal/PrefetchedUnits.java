package dev.ratelimit.quota.service.internal;

import dev.ratelimit.ScheduledTask;
import dev.ratelimit.quota.spi.Counter;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Units that the store has counted on a key's counters, and that this process has not granted yet.
 *
 * <p>A request that takes some of them is already counted. They are closed once. The thread that closes them owns the
 * units that are left: it gives them back, or goes on with them. Thread-safe.
 */
final class PrefetchedUnits {

    private static final long CLOSED = -1;

    private final List<Target> targets;
    private final Answer.Counted shown;
    private final long taken;
    private final long since;
    private final AtomicLong left;
    private volatile @Nullable ScheduledTask end;

    /**
     * Creates prefetched units.
     *
     * @param shown the usages at that time, including these units
     * @param since the reading of the time source at that time
     */
    PrefetchedUnits(List<Target> targets, Answer.Counted shown, long units, long since) {
        this.targets = targets;
        this.shown = shown.asPrefetched();
        this.taken = units;
        this.since = since;
        this.left = new AtomicLong(units);
    }

    List<Target> targets() {
        return targets;
    }

    long since() {
        return since;
    }

    /** Sets the task that ends these units, unless they are closed before. */
    void endsBy(ScheduledTask task) {
        end = task;
    }

    /** Returns whether the units are on the counters of a request. */
    boolean serves(Request request) {
        return targets.equals(request.targets());
    }

    /** Returns whether the units are on a counter of a request, even with another limit. */
    boolean sharesACounterWith(Request request) {
        return request.targets().stream().anyMatch(target -> isOn(target.counter()));
    }

    /** Returns whether the units are on a counter. */
    boolean isOn(Counter counter) {
        for (Target target : targets) {
            if (target.counter().equals(counter)) {
                return true;
            }
        }
        return false;
    }

    /** Returns whether the units are on a key's counters at an instant. */
    boolean serves(CurrentWindow[] windows, long nowMillis) {
        if (windows.length != targets.size()) {
            return false;
        }
        for (int i = 0; i < windows.length; i++) {
            Target target = targets.get(i);
            if (!target.quota().equals(windows[i].quota())
                    || !target.window().equals(windows[i].at(nowMillis).window())) {
                return false;
            }
        }
        return true;
    }

    /** Takes an amount. Returns how many units are left then, or less than zero if there are not enough. */
    long take(long amount) {
        while (true) {
            long before = left.get();
            if (before < amount) {
                return CLOSED;
            }
            if (left.compareAndSet(before, before - amount)) {
                return before - amount;
            }
        }
    }

    /** Returns the usages without a number of these units, for a request that gets other units of them. */
    Answer.Counted without(long units) {
        return shown.before(units);
    }

    /** Returns how many units are left; zero if they are closed. */
    long left() {
        return Math.max(0, left.get());
    }

    /** Closes the units, so that no request takes more. Returns how many were left; zero after the first call. */
    long close() {
        ScheduledTask task = end;
        if (task != null) {
            task.cancel();
        }
        return Math.max(0, left.getAndSet(CLOSED));
    }

    /** Returns how many units have been taken if {@code rest} units were left. */
    long spent(long rest) {
        return taken - rest;
    }

    /** Returns the room that the counters had when the units were prefetched. */
    long room() {
        long room = Long.MAX_VALUE;
        for (int i = 0; i < targets.size(); i++) {
            room = Math.min(room, targets.get(i).quota().limit() - shown.used(i));
        }
        return Math.max(0, room);
    }
}
