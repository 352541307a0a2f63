package dev.ratelimit.quota.service.internal;

import dev.ratelimit.Certainty;
import dev.ratelimit.quota.QuotaUnavailableException;
import dev.ratelimit.quota.spi.Capabilities.AtomicGroups;
import dev.ratelimit.quota.spi.Operation;
import dev.ratelimit.quota.spi.Outcome;
import dev.ratelimit.store.Deadline;
import java.util.ArrayList;
import java.util.List;

/**
 * Sends requests to the store as operations. Each request counts on all of its quotas or on none.
 *
 * <p>A request for one quota is one acquire. A request for several quotas is a group. If the store cannot decide a
 * group atomically, such a request is a sequence of acquires. Once a counter denies, this class gives back the amounts
 * that the counters before it granted.
 *
 * <p><b>If the store fails</b> during such a sequence, this class also gives back the amounts granted before, and the
 * request fails. An amount that it cannot give back stays counted: that is too strict, never too generous. The
 * exception then tells the caller that the request may have been counted. A request that a counter has denied stays
 * refused, even if the store fails after that.
 *
 * <p>Thread-safe.
 */
final class AllOrNothing {

    private final StoreCalls calls;

    AllOrNothing(StoreCalls calls) {
        this.calls = calls;
    }

    /** Returns whether the store decides all counters of a request atomically. All of them are of one key. */
    private boolean groups() {
        return calls.store().capabilities().atomicGroups() != AtomicGroups.NONE;
    }

    /** Returns the maximum number of requests in one call. */
    int mostTogether() {
        return calls.maxBatch();
    }

    /** Returns the deadline of a request that begins now. */
    Deadline deadline() {
        return calls.deadline();
    }

    /** Returns whether the breaker permits calls of the store. */
    boolean permits() {
        return calls.permits();
    }

    /** Sends one request, and returns the answer. */
    Answer ask(Request request, Deadline deadline) {
        return request.targets().size() > 1 && !groups()
                ? oneByOne(request, deadline)
                : answer(calls.apply(operation(request), deadline));
    }

    /** Sends requests, and returns an answer for each, in their order. */
    List<Answer> ask(List<Request> requests, Deadline deadline) {
        if (requests.get(0).targets().size() > 1 && !groups()) {
            List<Answer> answers = new ArrayList<>(requests.size());
            for (Request request : requests) {
                answers.add(oneByOne(request, deadline));
            }
            return answers;
        }
        List<Operation> operations = new ArrayList<>(requests.size());
        for (Request request : requests) {
            operations.add(operation(request));
        }
        List<Outcome> outcomes = calls.apply(operations, deadline);
        List<Answer> answers = new ArrayList<>(outcomes.size());
        for (Outcome outcome : outcomes) {
            answers.add(answer(outcome));
        }
        return answers;
    }

    private Operation operation(Request request) {
        if (request.targets().size() == 1) {
            return request.acquire(0, calls.nextId());
        }
        List<Operation.Acquire> acquires = new ArrayList<>(request.targets().size());
        for (int i = 0; i < request.targets().size(); i++) {
            acquires.add(request.acquire(i, calls.nextId()));
        }
        return new Operation.Group(acquires);
    }

    /** Converts an outcome to an answer. */
    static Answer answer(Outcome outcome) {
        if (outcome instanceof Outcome.Counted counted) {
            return new Answer.Counted(counted.granted() > 0, counted.used());
        }
        if (outcome instanceof Outcome.Grouped grouped) {
            return new Answer.Counted(
                    grouped.allowed(),
                    grouped.parts().stream().mapToLong(Outcome.Counted::used).toArray());
        }
        return new Answer.Failed(StoreCalls.unavailable((Outcome.Failed) outcome));
    }

    /**
     * Gives units back, those of many keys in one call. Each call has its own deadline. Stops when the store does not
     * answer.
     */
    void giveBack(List<UnitsToReturn> returned) {
        List<Operation> batch = new ArrayList<>();
        boolean sound = true;
        for (UnitsToReturn units : returned) {
            for (Target target : units.targets()) {
                batch.add(new Operation.Adjust(target.counter(), -units.amount(), calls.nextId()));
                if (batch.size() == calls.maxBatch()) {
                    sound = sound && isAnswered(batch);
                    batch.clear();
                }
            }
        }
        if (sound && !batch.isEmpty()) {
            isAnswered(batch);
        }
    }

    private boolean isAnswered(List<Operation> batch) {
        return calls.apply(batch, calls.deadline()).stream().noneMatch(Outcome.Failed.class::isInstance);
    }

    private Answer oneByOne(Request request, Deadline deadline) {
        int count = request.targets().size();
        long[] used = new long[count];
        for (int i = 0; i < count; i++) {
            Answer answer = answer(calls.apply(List.of(request.acquire(i, calls.nextId())), deadline)
                    .get(0));
            if (answer instanceof Answer.Counted counted && counted.granted()) {
                used[i] = counted.used(0);
                continue;
            }
            Answer undone = undo(request, i, used, deadline);
            if (answer instanceof Answer.Counted counted) {
                used[i] = counted.used(0);
                Answer.Counted refused = new Answer.Counted(false, used);
                return undone instanceof Answer.Failed trouble ? new Answer.Refused(refused, trouble) : refused;
            }
            return undone instanceof Answer.Failed ? undone : answer;
        }
        return new Answer.Counted(true, used);
    }

    /**
     * Gives back what the counters before an index granted, and reads those after it. The counter at the index denied
     * or failed.
     */
    private Answer undo(Request request, int granted, long[] used, Deadline deadline) {
        List<Operation> operations = new ArrayList<>();
        for (int i = 0; i < used.length; i++) {
            if (i < granted) {
                operations.add(
                        new Operation.Adjust(request.targets().get(i).counter(), -request.amount(), calls.nextId()));
            } else if (i > granted) {
                operations.add(new Operation.Read(request.targets().get(i).counter()));
            }
        }
        if (operations.isEmpty()) {
            return new Answer.Counted(false, used);
        }
        List<Outcome> outcomes = calls.apply(operations, deadline);
        for (int i = 0; i < outcomes.size(); i++) {
            if (outcomes.get(i) instanceof Outcome.Counted counted) {
                used[i < granted ? i : i + 1] = counted.used();
            } else if (outcomes.get(i) instanceof Outcome.Failed failed) {
                Certainty certainty = i < granted ? Certainty.INDETERMINATE : failed.certainty();
                return new Answer.Failed(new QuotaUnavailableException(
                        certainty,
                        "the request was not granted, and units counted on other quotas could not be given back: "
                                + failed.cause().getMessage(),
                        failed.cause()));
            }
        }
        return new Answer.Counted(false, used);
    }
}
