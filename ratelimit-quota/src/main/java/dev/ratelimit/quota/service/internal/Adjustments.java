package dev.ratelimit.quota.service.internal;

import dev.ratelimit.Certainty;
import dev.ratelimit.quota.QuotaUnavailableException;
import dev.ratelimit.quota.QuotaUsage;
import dev.ratelimit.quota.spi.Counter;
import dev.ratelimit.quota.spi.Operation;
import dev.ratelimit.quota.spi.Outcome;
import dev.ratelimit.store.Deadline;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads, adjusts and resets counters without checking a limit. Thread-safe. */
final class Adjustments {

    private final StoreCalls calls;

    Adjustments(StoreCalls calls) {
        this.calls = calls;
    }

    /** Reads each counter and returns its usage. */
    List<QuotaUsage> read(List<Target> targets) {
        return usages(
                targets,
                targets.stream()
                        .map(target -> (Operation) new Operation.Read(target.counter()))
                        .toList(),
                deadline());
    }

    /** Adds a positive or negative amount to each counter, and returns the usages after it; an empty list for zero. */
    List<QuotaUsage> apply(List<Target> targets, long delta) {
        return apply(targets, delta, deadline());
    }

    /** Does the same as {@link #apply(List, long)}, within a deadline. */
    List<QuotaUsage> apply(List<Target> targets, long delta, Deadline deadline) {
        if (delta == 0) {
            return List.of();
        }
        return usages(
                targets,
                targets.stream()
                        .map(target -> (Operation) new Operation.Adjust(target.counter(), delta, calls.nextId()))
                        .toList(),
                deadline);
    }

    /** Subtracts from each counter its own amount, which may be zero, and returns the usages after it. */
    List<QuotaUsage> takeOff(List<Target> targets, long[] amounts) {
        List<Operation> operations = new ArrayList<>(amounts.length);
        for (int i = 0; i < amounts.length; i++) {
            Counter counter = targets.get(i).counter();
            operations.add(
                    amounts[i] == 0
                            ? new Operation.Read(counter)
                            : new Operation.Adjust(counter, -amounts[i], calls.nextId()));
        }
        return usages(targets, operations, deadline());
    }

    /** Returns the deadline of a change that begins now. */
    Deadline deadline() {
        return calls.deadline();
    }

    private List<QuotaUsage> usages(List<Target> targets, List<Operation> operations, Deadline deadline) {
        List<Outcome> outcomes = calls.apply(operations, deadline);
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
        // Some counters have changed and others have not: the caller must not repeat the change for all of them.
        throw usages.isEmpty() || operations.stream().allMatch(Operation.Read.class::isInstance)
                ? trouble
                : new QuotaUnavailableException(
                        Certainty.INDETERMINATE, "not all quotas were changed: " + trouble.getMessage(), trouble);
    }

    private static QuotaUnavailableException worse(
            @Nullable QuotaUnavailableException first, QuotaUnavailableException next) {
        return first != null && first.certainty() == Certainty.INDETERMINATE ? first : next;
    }
}
