package dev.ratelimit.quota.service.internal;

import dev.ratelimit.quota.spi.Operation;
import dev.ratelimit.quota.spi.Outcome;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Checks the answers of a store. */
final class StoreAnswers {

    private StoreAnswers() {}

    /** Returns a description of the fault in a store's answer; null if there is none. */
    static @Nullable String wrong(List<Operation> operations, @Nullable List<? extends @Nullable Outcome> outcomes) {
        if (outcomes == null) {
            return "the store answered null";
        }
        if (outcomes.size() != operations.size()) {
            return "the store answered " + operations.size() + " operations with " + outcomes.size() + " outcomes";
        }
        for (int i = 0; i < operations.size(); i++) {
            if (!fits(operations.get(i), outcomes.get(i))) {
                // Not the operation itself, because it has the key of a customer.
                return "the store answered operation " + i + ", which is of the type "
                        + operations.get(i).getClass().getSimpleName() + ", with " + outcomes.get(i);
            }
        }
        return null;
    }

    private static boolean fits(Operation operation, @Nullable Outcome outcome) {
        if (outcome instanceof Outcome.Grouped grouped) {
            return operation instanceof Operation.Group group
                    && grouped.parts().size() == group.acquires().size();
        }
        return outcome instanceof Outcome.Failed
                || (outcome instanceof Outcome.Counted && !(operation instanceof Operation.Group));
    }
}
