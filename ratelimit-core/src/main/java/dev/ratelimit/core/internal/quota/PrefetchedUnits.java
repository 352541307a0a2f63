package dev.ratelimit.core.internal.quota;

import dev.ratelimit.ScheduledTask;
import dev.ratelimit.quota.spi.Counter;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Units that a store has counted on a key's counters, and that nobody here has asked for yet.
 *
 * <p>Whoever takes some of them has been counted already. They are closed once, by one who then owns what is left of them: to
 * give it back, or to go on with it. Thread-safe.
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
     * Prefetches units.
     *
     * @param shown what the counters showed then, these units among it
     * @param since the reading of the time
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

    /** Names what ends the lease unless it is closed before. */
    void endsBy(ScheduledTask task) {
        end = task;
    }

    /** Whether they are of the counters that a request is for. */
    boolean serves(Request request) {
        return targets.equals(request.targets());
    }

    /** Whether they are on a counter that a request is for, be it below another limit. */
    boolean sharesACounterWith(Request request) {
        return request.targets().stream().anyMatch(target -> isOn(target.counter()));
    }

    /** Whether they are on a counter. */
    boolean isOn(Counter counter) {
        for (Target target : targets) {
            if (target.counter().equals(counter)) {
                return true;
            }
        }
        return false;
    }

    /** Whether they are of a key's counters at an instant. */
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

    /** Takes an amount; returns how many are left then, or less than zero if there are not so many. */
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

    /** What the counters would show without so many of them, to somebody who is granted others. */
    Answer.Counted without(long units) {
        return shown.before(units);
    }

    /** How many are left; none if they are closed. */
    long left() {
        return Math.max(0, left.get());
    }

    /** Lets nobody take any more; returns how many were left, the first time. */
    long close() {
        ScheduledTask task = end;
        if (task != null) {
            task.cancel();
        }
        return Math.max(0, left.getAndSet(CLOSED));
    }

    /** How many have been taken, if so many were left. */
    long spent(long rest) {
        return taken - rest;
    }

    /** What the counters had room for when the units were prefetched. */
    long room() {
        long room = Long.MAX_VALUE;
        for (int i = 0; i < targets.size(); i++) {
            room = Math.min(room, targets.get(i).quota().limit() - shown.used(i));
        }
        return Math.max(0, room);
    }
}
