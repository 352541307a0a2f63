package dev.ratelimit.quota.service.internal;

import dev.ratelimit.quota.spi.Operation.Acquire;
import dev.ratelimit.quota.spi.OperationId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An amount that all targets of a key are to count, or none. */
record Request(List<Target> targets, long amount) {

    Acquire acquire(int index, @Nullable OperationId id) {
        Target target = targets.get(index);
        return new Acquire(target.counter(), amount, amount, target.quota().limit(), id);
    }

    /** Whether both ask the same of the same counters, but for the amount, so that one can ask for both. */
    boolean isLike(Request other) {
        return targets.equals(other.targets);
    }
}
