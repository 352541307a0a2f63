package dev.ratelimit.quota.service.internal;

import dev.ratelimit.quota.spi.Operation.Adjust;
import dev.ratelimit.quota.spi.OperationId;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The owed units of one counter. Not thread-safe: the lock of {@link OwedUnits} guards it. */
final class OwedCounter {

    /**
     * The maximum number of adjustments without an answer for one counter. Each beyond the first comes from a commit.
     */
    private static final int MAX_SENT = 8;

    final Target target;
    long allowed;
    long owed;

    /**
     * The adjustments that were sent and not answered yet. Each is sent again unchanged, the oldest first. The list is
     * immutable and mostly empty.
     */
    private List<Adjust> sent = List.of();

    OwedCounter(Target target) {
        this.target = target;
    }

    boolean isSettled() {
        return owed == 0 && sent.isEmpty();
    }

    boolean isExpired(long nowMillis) {
        return target.counter().expires().toEpochMilli() <= nowMillis;
    }

    /** Changes the owed units, and also the allowed units if the change corrects them. */
    void add(long delta, boolean ofAllowed) {
        change(delta, ofAllowed);
        owed = sum(owed, delta);
    }

    /** Returns all owed units, including those that were sent without an answer. */
    long total() {
        long total = owed;
        for (Adjust adjust : sent) {
            total = sum(total, adjust.delta());
        }
        return total;
    }

    boolean hasRoomToTakeOver() {
        return sent.size() < MAX_SENT;
    }

    /** Takes over an adjustment that a reservation sent without an answer. It is sent again unchanged. */
    void takeOver(Adjust adjust, boolean ofAllowed) {
        change(adjust.delta(), ofAllowed);
        List<Adjust> more = new ArrayList<>(sent);
        more.add(adjust);
        sent = List.copyOf(more);
    }

    private void change(long delta, boolean ofAllowed) {
        allowed = ofAllowed ? Math.max(0, sum(allowed, delta)) : allowed;
    }

    /** Returns the adjustment to send next. The counter must not be settled. */
    Adjust next(Supplier<@Nullable OperationId> ids) {
        if (sent.isEmpty()) {
            sent = List.of(new Adjust(target.counter(), owed, ids.get()));
            owed = 0;
        }
        return sent.get(0);
    }

    /** Removes an adjustment, which is never sent again. */
    void done(Adjust adjust) {
        List<Adjust> left = new ArrayList<>(sent);
        left.remove(adjust);
        sent = List.copyOf(left);
    }

    /** Adds without overflow: owed units stop at the largest amount that a counter can show. */
    static long sum(long one, long other) {
        long sum = one + other;
        return ((one ^ sum) & (other ^ sum)) >= 0 ? sum : one < 0 ? Long.MIN_VALUE + 1 : Long.MAX_VALUE;
    }
}
