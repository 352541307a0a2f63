package dev.ratelimit.quota.service.internal;

import dev.ratelimit.Certainty;
import dev.ratelimit.quota.QuotaUnavailableException;
import dev.ratelimit.quota.spi.Operation;
import dev.ratelimit.quota.spi.Operation.Adjust;
import dev.ratelimit.quota.spi.OperationId;
import dev.ratelimit.quota.spi.Outcome;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A change of a reservation's counters. It may be sent several times and counts once.
 *
 * <p>A part that the store has answered is not sent again. An uncertain part is sent again under its id. If the store
 * remembers no operations, an uncertain charge is sent again, which may count twice, and an uncertain refund is given
 * up: both err towards strictness.
 *
 * <p>Not thread-safe: one thread sends it at a time.
 */
final class Correction {

    private record Part(Target target, Adjust adjust) {}

    private final StoreCalls calls;
    private final long delta;
    private List<Part> pending = new ArrayList<>();
    private boolean touched;

    /** Creates a change by an amount. A change by zero has nothing to send. */
    Correction(StoreCalls calls, List<Target> targets, long delta) {
        this.calls = calls;
        this.delta = delta;
        for (Target target : delta == 0 ? List.<Target>of() : targets) {
            pending.add(new Part(target, new Adjust(target.counter(), delta, id(calls))));
        }
    }

    /**
     * Returns an id for an operation; null for a store in memory, which loses no replies and need not remember
     * operations for that. A store that is not open yet gets ids, too, because it cannot say yet whether it remembers
     * operations.
     */
    private static @Nullable OperationId id(StoreCalls calls) {
        return calls.store().isLocal() ? null : calls.newId();
    }

    /** Returns whether certainly nothing was changed yet, so that another change may replace this one. */
    boolean isUntouched() {
        return !touched;
    }

    /** Returns whether parts are left to send. */
    boolean isPending() {
        return !pending.isEmpty();
    }

    /** Sends the parts that the store has not answered. Returns the failure, or null if there was none. */
    @Nullable
    QuotaUnavailableException send() {
        List<Operation> operations = new ArrayList<>();
        for (Part part : pending) {
            operations.add(part.adjust());
        }
        List<Part> sent = pending;
        boolean before = touched;
        // If the call ends in an Error, the outcome is lost: the store may have applied all of it.
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

    /** Returns whether a part that may have been applied is sent again. */
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

    /**
     * Hands the parts that are left to a service, which owes them to its store. Returns false if the service does not
     * take on all.
     */
    boolean isTakenOnBy(UnavailableAnswers absence, boolean ofAllowed, long nowMillis) {
        if (touched && delta < 0) {
            // The store may have given the units back already. A second refund would be too generous.
            return false;
        }
        List<Target> targets = pending.stream().map(Part::target).toList();
        // A part that may have been counted counts once only under the id that it was sent with.
        boolean taken = touched
                ? absence.takesOver(targets, pending.stream().map(Part::adjust).toList(), ofAllowed, nowMillis)
                : absence.takesOn(targets, delta, ofAllowed, nowMillis);
        if (taken) {
            pending = List.of();
        }
        return taken;
    }
}
