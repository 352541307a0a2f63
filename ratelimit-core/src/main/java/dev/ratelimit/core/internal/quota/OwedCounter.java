package dev.ratelimit.core.internal.quota;

import dev.ratelimit.quota.spi.Operation.Adjust;
import dev.ratelimit.quota.spi.OperationId;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What a service owes to one counter. Not thread-safe: its ledger has a lock. */
final class OwedCounter {

    /** The most adjustments without an answer that are kept of a counter; each beyond the first is a commit's. */
    private static final int MAX_SENT = 8;

    final Target target;
    long allowed;
    long owed;

    /** Sent, and not answered yet: each comes again unchanged, the oldest first. Never changed, mostly empty. */
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

    /** Changes what is owed, and what was allowed if the change corrects that. */
    void add(long delta, boolean ofAllowed) {
        change(delta, ofAllowed);
        owed = sum(owed, delta);
    }

    /** What is owed altogether, what has been sent without an answer among it. */
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

    /** Takes over an adjustment that somebody has sent without an answer, and that comes again as it is. */
    void takeOver(Adjust adjust, boolean ofAllowed) {
        change(adjust.delta(), ofAllowed);
        List<Adjust> more = new ArrayList<>(sent);
        more.add(adjust);
        sent = List.copyOf(more);
    }

    private void change(long delta, boolean ofAllowed) {
        allowed = ofAllowed ? Math.max(0, sum(allowed, delta)) : allowed;
    }

    /** The adjustment to send next, of a counter that is not settled. */
    Adjust next(Supplier<@Nullable OperationId> ids) {
        if (sent.isEmpty()) {
            sent = List.of(new Adjust(target.counter(), owed, ids.get()));
            owed = 0;
        }
        return sent.get(0);
    }

    /** Never sends an adjustment again. */
    void done(Adjust adjust) {
        List<Adjust> left = new ArrayList<>(sent);
        left.remove(adjust);
        sent = List.copyOf(left);
    }

    /** Never wraps: what is owed stops at the largest amount that a counter can show. */
    static long sum(long one, long other) {
        long sum = one + other;
        return ((one ^ sum) & (other ^ sum)) >= 0 ? sum : one < 0 ? Long.MIN_VALUE + 1 : Long.MAX_VALUE;
    }
}
