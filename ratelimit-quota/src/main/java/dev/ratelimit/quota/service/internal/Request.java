package dev.ratelimit.quota.service.internal;

import dev.ratelimit.quota.spi.Operation.Acquire;
import dev.ratelimit.quota.spi.OperationId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A request to count an amount on all targets of a key, or on none. */
record Request(List<Target> targets, long amount) {

    Acquire acquire(int index, @Nullable OperationId id) {
        Target target = targets.get(index);
        return new Acquire(target.counter(), amount, amount, target.quota().limit(), id);
    }

    /** Returns whether both requests differ only in their amount, so that one request can stand for both. */
    boolean isLike(Request other) {
        return targets.equals(other.targets);
    }
}
