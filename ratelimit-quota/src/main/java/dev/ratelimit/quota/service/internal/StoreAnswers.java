package dev.ratelimit.quota.service.internal;

import dev.ratelimit.quota.spi.Operation;
import dev.ratelimit.quota.spi.Outcome;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a store must not answer. */
final class StoreAnswers {

    private StoreAnswers() {}

    /** Says what is wrong with an answer of a store; null if nothing is. */
    static @Nullable String wrong(List<Operation> operations, @Nullable List<? extends @Nullable Outcome> outcomes) {
        if (outcomes == null) {
            return "the store answered null";
        }
        if (outcomes.size() != operations.size()) {
            return "the store answered " + operations.size() + " operations with " + outcomes.size() + " outcomes";
        }
        for (int i = 0; i < operations.size(); i++) {
            if (!fits(operations.get(i), outcomes.get(i))) {
                // Not the operation itself: it has the key of a customer.
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
