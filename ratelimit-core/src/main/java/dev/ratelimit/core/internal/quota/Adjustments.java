package dev.ratelimit.core.internal.quota;

import dev.ratelimit.quota.Certainty;
import dev.ratelimit.quota.QuotaUnavailableException;
import dev.ratelimit.quota.QuotaUsage;
import dev.ratelimit.quota.spi.Operation;
import dev.ratelimit.quota.spi.Outcome;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Changes and looks that ask nobody's leave: what is read, given back, charged afterwards or reset. Thread-safe. */
final class Adjustments {

    private final StoreCalls calls;

    Adjustments(StoreCalls calls) {
        this.calls = calls;
    }

    /** What each counter shows. */
    List<QuotaUsage> read(List<Target> targets) {
        return usages(
                targets,
                targets.stream()
                        .map(target -> (Operation) new Operation.Read(target.counter()))
                        .toList());
    }

    /** Adds to each counter, be it less than nothing; says what each shows then. */
    List<QuotaUsage> apply(List<Target> targets, long delta) {
        if (delta == 0) {
            return List.of();
        }
        return usages(
                targets,
                targets.stream()
                        .map(target -> (Operation) new Operation.Adjust(target.counter(), delta, calls.nextId()))
                        .toList());
    }

    private List<QuotaUsage> usages(List<Target> targets, List<Operation> operations) {
        List<Outcome> outcomes = calls.apply(operations, calls.deadline());
        List<QuotaUsage> usages = new ArrayList<>(outcomes.size());
        QuotaUnavailableException trouble = null;
        for (int i = 0; i < outcomes.size(); i++) {
            if (outcomes.get(i) instanceof Outcome.Counted counted) {
                usages.add(targets.get(i).usage(counted.used()));
            } else {
                trouble = worse(trouble, StoreCalls.unavailable((Outcome.Failed) outcomes.get(i)));
            }
        }
        if (trouble == null) {
            return usages;
        }
        // What one has done and another has not, is not to be repeated for both.
        throw usages.isEmpty() || operations.get(0) instanceof Operation.Read
                ? trouble
                : new QuotaUnavailableException(
                        Certainty.INDETERMINATE, "not all quotas were changed: " + trouble.getMessage(), trouble);
    }

    private static QuotaUnavailableException worse(
            @Nullable QuotaUnavailableException first, QuotaUnavailableException next) {
        return first != null && first.certainty() == Certainty.INDETERMINATE ? first : next;
    }
}
