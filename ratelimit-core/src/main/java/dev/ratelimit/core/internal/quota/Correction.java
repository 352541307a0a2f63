package dev.ratelimit.core.internal.quota;

import dev.ratelimit.quota.Certainty;
import dev.ratelimit.quota.QuotaUnavailableException;
import dev.ratelimit.quota.spi.Operation;
import dev.ratelimit.quota.spi.Operation.Adjust;
import dev.ratelimit.quota.spi.OperationId;
import dev.ratelimit.quota.spi.Outcome;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One change of a reservation's counters, which may be sent several times and counts once.
 *
 * <p>What has been answered is not sent again. What is uncertain is, under its id; where the store remembers none, a charge is sent
 * again, which may count twice, and a refund is given up: strict in both cases.
 *
 * <p>Not thread-safe: one thread sends it at a time.
 */
final class Correction {

    private record Part(Target target, Adjust adjust) {}

    private final StoreCalls calls;
    private final long delta;
    private List<Part> pending = new ArrayList<>();
    private boolean touched;

    /** Makes a change by an amount; by zero there is nothing to send. */
    Correction(StoreCalls calls, List<Target> targets, long delta) {
        this.calls = calls;
        this.delta = delta;
        for (Target target : delta == 0 ? List.<Target>of() : targets) {
            pending.add(new Part(target, new Adjust(target.counter(), delta, id(calls))));
        }
    }

    /**
     * A store in memory loses no replies, and need not remember for that; one that is not open yet cannot say that it
     * remembers.
     */
    private static @Nullable OperationId id(StoreCalls calls) {
        return calls.store().isLocal() ? null : calls.newId();
    }

    /** Whether certainly nothing was changed yet, so that another change may take its place. */
    boolean isUntouched() {
        return !touched;
    }

    /** Whether there is something left to send. */
    boolean isPending() {
        return !pending.isEmpty();
    }

    /** Sends what has not been answered; returns what went wrong, or null if all is done. */
    @Nullable
    QuotaUnavailableException send() {
        List<Operation> operations = new ArrayList<>();
        for (Part part : pending) {
            operations.add(part.adjust());
        }
        List<Part> sent = pending;
        boolean before = touched;
        // If the call ends in an Error, nobody learns what was applied: then all of it may have been.
        touched = true;
        pending = sent.stream().filter(this::isRepeatable).toList();
        List<Outcome> outcomes = calls.apply(operations, calls.deadline());
        touched = before;
        List<Part> left = new ArrayList<>();
        Outcome.Failed failure = null;
        for (int i = 0; i < outcomes.size(); i++) {
            if (!(outcomes.get(i) instanceof Outcome.Failed failed)) {
                touched = true;
                continue;
            }
            failure = failed;
            boolean certain = failed.certainty() == Certainty.NOT_APPLIED;
            touched |= !certain;
            if (certain || isRepeatable(sent.get(i))) {
                left.add(sent.get(i));
            }
        }
        pending = left;
        return failure == null ? null : thrown(failure);
    }

    /** Whether a part that may have been applied is sent again. */
    private boolean isRepeatable(Part part) {
        return delta > 0 || (part.adjust().id() != null && calls.remembers());
    }

    private QuotaUnavailableException thrown(Outcome.Failed failure) {
        String known = touched ? "part of the change or all of it may have been counted" : "nothing was changed";
        String next = pending.isEmpty() ? "the refund is given up" : "the same call may be repeated";
        return new QuotaUnavailableException(
                touched ? Certainty.INDETERMINATE : Certainty.NOT_APPLIED,
                "the reservation stays charged, because the quota store did not answer (" + known + "; " + next + "): "
                        + failure.cause().getMessage(),
                failure.cause());
    }

    /** Hands what is left to a service that owes it to its store; false if it takes on less than all. */
    boolean isTakenOnBy(UnavailableAnswers absence, boolean ofAllowed, long nowMillis) {
        if (touched && delta < 0) {
            // Perhaps given back already: to give it back again would be generous.
            return false;
        }
        List<Target> targets = pending.stream().map(Part::target).toList();
        // What may have been counted counts once only under the id that it was sent with.
        boolean taken = touched
                ? absence.takesOver(targets, pending.stream().map(Part::adjust).toList(), ofAllowed, nowMillis)
                : absence.takesOn(targets, delta, ofAllowed, nowMillis);
        if (taken) {
            pending = List.of();
        }
        return taken;
    }
}
