package dev.ratelimit.quota.service.internal;

import dev.ratelimit.quota.spi.Counter;
import dev.ratelimit.quota.spi.Operation;
import dev.ratelimit.quota.spi.Operation.Acquire;
import dev.ratelimit.quota.spi.OperationId;
import dev.ratelimit.quota.spi.Outcome.Counted;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Keeps in the store how a shared reservation ended: one that several objects may end. The record is on side counters,
 * which do not count usage.
 *
 * <p>One counter has the committed amount, and grants once: so all objects read the first commit. Other counters have
 * the time, in epoch seconds, of the first try to commit, and of the first try to give back from each counter.
 * Corrections have ids, and are sent after that time has been written. For up to a day the store remembers them, so any
 * object may send them again. After that, only the object whose commit was the first sends its charge, and no object
 * gives back.
 *
 * <p>Thread-safe.
 */
final class Ending {

    /**
     * The time for which a store certainly remembers operations: a day, less an hour for clocks that differ and for
     * running calls.
     */
    private static final Duration REMEMBERED = Duration.ofHours(23);

    /** The time by which the record of the end outlives the handle, also by a clock that is behind. */
    private static final Duration LONGER = Duration.ofHours(1);

    /**
     * The end so far.
     *
     * @param committed the amount of the first commit; null if there was none
     * @param mayCharge whether a charge cannot count twice
     * @param mayGiveBack for each counter, whether giving back the reserved amount cannot count twice
     */
    record Known(@Nullable Long committed, boolean mayCharge, List<Boolean> mayGiveBack) {

        boolean mayGiveAllBack() {
            return !mayGiveBack.contains(false);
        }
    }

    private final StoreCalls calls;
    private final InstantSource clock;
    private final Handle handle;

    /** The id by which the store distinguishes the commits of this object from those of others. */
    private final OperationId mine = new OperationId(UUID.randomUUID(), 1);

    Ending(StoreCalls calls, InstantSource clock, Handle handle) {
        this.calls = calls;
        this.clock = clock;
        this.handle = handle;
    }

    /** Commits an amount, unless another amount was committed before. */
    Known commit(long actual) {
        long now = second();
        long number = number(actual);
        List<Operation> operations = new ArrayList<>();
        operations.add(new Acquire(committed(handle), number, number, number, mine));
        boolean apart = !sharesFirst();
        if (apart) {
            operations.add(once(since(handle), now));
        }
        operations.addAll(sinceReturned(now));
        List<Counted> counted = calls.counted(operations);
        boolean isFirst = counted.get(0).granted() > 0;
        return new Known(
                amount(counted.get(0).used()),
                isFirst || isRemembered(counted.get(1), now),
                mayGiveBack(counted.subList(apart ? 2 : 1, counted.size()), now));
    }

    /** Records that the amount is given back, so that a request with the same idempotency key reserves it anew. */
    Known giveBack() {
        long now = second();
        List<Operation> operations = new ArrayList<>();
        operations.add(new Operation.Read(committed(handle)));
        operations.addAll(sinceReturned(now));
        int last = operations.size();
        if (handle.round() > 0) {
            operations.add(closed(handle));
        }
        List<Counted> counted = calls.counted(operations);
        return new Known(amount(counted.get(0).used()), false, mayGiveBack(counted.subList(1, last), now));
    }

    /**
     * Returns whether the first try to give back also stands for the first try to commit. This holds if there is one
     * round in one set of windows.
     */
    private boolean sharesFirst() {
        return handle.round() == 0 && handle.isHeld();
    }

    private List<Operation> sinceReturned(long now) {
        return !handle.isHeld()
                ? List.of()
                : handle.targets().stream()
                        .map(target -> (Operation) once(since(handle, target), now))
                        .toList();
    }

    /**
     * Finds the round of a request with an idempotency key: the first round of which nothing was given back. Returns
     * null if the request was committed. Throws if the store does not answer.
     *
     * <p>A counter of a longer window may have the return of a round that a shorter window's counter does not have. The
     * store may have forgotten that return. Then the round is closed, too.
     */
    static @Nullable Handle open(StoreCalls calls, Handle first, Instant instant) {
        long now = Math.max(1, instant.getEpochSecond());
        List<Operation> operations = new ArrayList<>();
        operations.add(new Operation.Read(rounds(first)));
        operations.add(new Operation.Read(committed(first)));
        operations.addAll(looks(first));
        List<Counted> counted = calls.counted(operations);
        if (counted.get(1).used() > 0) {
            return null;
        }
        Handle handle = first.in(1 + counted.get(0).used());
        List<Counted> since = handle.round() == 1 ? counted.subList(2, counted.size()) : calls.counted(looks(handle));
        while (since.stream().anyMatch(each -> each.used() > 0 && !isRemembered(each, now))) {
            List<Operation> next = new ArrayList<>();
            next.add(closed(handle));
            handle = handle.in(handle.round() + 1);
            next.addAll(looks(handle));
            since = calls.counted(next).subList(1, next.size());
        }
        return handle;
    }

    private static List<Operation> looks(Handle handle) {
        return handle.targets().stream()
                .map(target -> (Operation) new Operation.Read(since(handle, target)))
                .toList();
    }

    private static Acquire closed(Handle handle) {
        return Acquire.allOrNothing(rounds(handle), 1, handle.round());
    }

    private long second() {
        return Math.max(1, clock.instant().getEpochSecond());
    }

    private List<Boolean> mayGiveBack(List<Counted> since, long now) {
        return handle.isHeld()
                ? since.stream().map(each -> isRemembered(each, now)).toList()
                : Collections.nCopies(handle.targets().size(), false);
    }

    private static boolean isRemembered(Counted since, long now) {
        // A time in the future comes from a wrong clock.
        return Math.abs(now - since.used()) < REMEMBERED.toSeconds();
    }

    /** Returns an operation that writes a number on a counter that shows zero. */
    private static Acquire once(Counter counter, long number) {
        return Acquire.allOrNothing(counter, number, number);
    }

    /**
     * Returns the number to write for an amount. It is one more, because a counter that was never written shows zero.
     * The two largest amounts have the same number.
     */
    private static long number(long actual) {
        return actual == Long.MAX_VALUE ? actual : actual + 1;
    }

    /**
     * Returns the amount for a number that {@link #number} made, or null for zero. Of the two largest amounts it
     * returns the larger one, which is strict.
     */
    private static @Nullable Long amount(long used) {
        return used == 0 ? null : Long.valueOf(used == Long.MAX_VALUE ? used : used - 1);
    }

    /** Returns the counter for how often a reservation with an idempotency key was given back, in all windows. */
    private static Counter rounds(Handle handle) {
        return SideCounters.ROUND.counter(quota(handle), handle.id().toString(), expires(handle));
    }

    /** Returns the counter for the committed amount of a reservation. */
    private static Counter committed(Handle handle) {
        return SideCounters.HANDLE.counter(quota(handle), handle.id() + "@" + lastStart(handle), expires(handle));
    }

    /** Returns the counter for the time, in epoch seconds, of the first try to commit. */
    private static Counter since(Handle handle) {
        return SideCounters.SINCE.counter(
                quota(handle), handle.id() + "@" + lastStart(handle) + "@commit", expires(handle));
    }

    /**
     * Returns the counter for the time, in epoch seconds, of the first try to give back a counter's amount of the
     * round, or to commit.
     */
    private static Counter since(Handle handle, Target target) {
        String subject = handle.id() + "@" + target.window().start().getEpochSecond() + "@" + handle.round();
        return SideCounters.SINCE.counter(target.counter().quota(), subject, expires(handle));
    }

    /**
     * Returns the latest start of the handle's windows. It identifies this set of windows, because each window that
     * begins does so after all windows that began before it. An idempotency key counts anew in a new window, and ends
     * anew there.
     */
    private static long lastStart(Handle handle) {
        return handle.targets().stream()
                .mapToLong(target -> target.window().start().getEpochSecond())
                .max()
                .orElseThrow();
    }

    /** Returns the first quota by name, because another process may have the same quotas in another order. */
    private static String quota(Handle handle) {
        return handle.targets().stream()
                .map(target -> target.counter().quota())
                .min(Comparator.naturalOrder())
                .orElseThrow();
    }

    /**
     * Returns the expiry of the record: as long as there is something to correct, and no longer than the handle lives,
     * plus {@link #LONGER}.
     */
    private static Instant expires(Handle handle) {
        Instant last = handle.targets().stream()
                .map(target -> target.counter().expires())
                .max(Comparator.naturalOrder())
                .orElseThrow();
        return (last.isAfter(handle.until()) ? handle.until() : last).plus(LONGER);
    }
}
