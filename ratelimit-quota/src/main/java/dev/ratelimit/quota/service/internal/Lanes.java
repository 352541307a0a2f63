package dev.ratelimit.quota.service.internal;

import dev.ratelimit.Certainty;
import dev.ratelimit.quota.QuotaUnavailableException;
import dev.ratelimit.store.Deadline;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Combines concurrent requests for one key into one call of the store.
 *
 * <p>A store changes a counter for one request after the other in any case: behind a row's lock, or in a server's
 * single thread. So while one request for a key is in the store, other requests queue here. The first of them then
 * calls the store for all. A request that meets no other calls the store at once, and does not wait.
 *
 * <p><b>Combining.</b> Requests for the same counters are sent as one sum. If there is no room for the sum, each
 * request is sent by itself, in the order in which they came, in one batch. The grants are the same as if the requests
 * had come one after the other.
 *
 * <p><b>Waiting.</b> A request waits up to its own deadline. It then leaves the queue, and nothing is counted for it.
 * If it is already in a call of the store, it ends with an uncertain outcome.
 *
 * <p>Thread-safe. No thread takes a lock while others wait: a request queues by one atomic exchange ({@link Lane}).
 */
final class Lanes {

    private final ConcurrentHashMap<String, Lane> lanes = new ConcurrentHashMap<>();
    private final AllOrNothing store;
    private final @Nullable Prefetching prefetching;

    /** Creates lanes to a store, by way of prefetched units if {@code prefetching} is not null. */
    Lanes(AllOrNothing store, @Nullable Prefetching prefetching) {
        this.store = store;
        this.prefetching = prefetching;
    }

    /** Counts one request, alone or together with others. */
    Answer ask(String key, Request request, Deadline deadline) {
        Answer granted = prefetching == null ? null : prefetching.grant(key, request);
        if (granted != null) {
            return granted;
        }
        if (!store.permits()) {
            // The store is away: a request must not wait for others whose calls do not end.
            return store.ask(request, deadline);
        }
        LaneRequest passenger = new LaneRequest(request);
        while (true) {
            Lane lane = lanes.get(key);
            if (lane == null) {
                Lane mine = new Lane();
                lane = lanes.putIfAbsent(key, mine);
                if (lane == null) {
                    return lead(key, mine, List.of(passenger), deadline);
                }
            }
            if (lane.join(passenger)) {
                Answer answer = passenger.await(deadline);
                return answer != null ? answer : lead(key, lane, boarding(lane, passenger), deadline);
            }
            // The lane has ended, and the thread that ended it has not removed it yet.
            lanes.remove(key, lane);
        }
    }

    /** Returns the request that has the turn, and the requests that have queued behind it. */
    private List<LaneRequest> boarding(Lane lane, LaneRequest first) {
        List<LaneRequest> together = new ArrayList<>();
        together.add(first);
        int most = store.mostTogether();
        while (together.size() < most) {
            LaneRequest passenger = lane.poll();
            if (passenger == null) {
                break;
            }
            if (passenger.boards()) {
                together.add(passenger);
            }
        }
        return together;
    }

    private Answer lead(String key, Lane lane, List<LaneRequest> together, Deadline deadline) {
        List<Answer> answers = null;
        try {
            answers = answers(key, together, deadline);
        } finally {
            // Before the turn goes on: a caller that sends its next request at once then joins the next call.
            for (int i = 1; i < together.size(); i++) {
                together.get(i).arrives(answers == null ? lost() : answers.get(i));
            }
            handOver(key, lane);
        }
        return answers.get(0);
    }

    private static Answer lost() {
        return new Answer.Failed(new QuotaUnavailableException(
                Certainty.INDETERMINATE, "the thread that called the store for several requests has failed", null));
    }

    /** Gives the turn to the first request that still waits, or ends the lane. */
    private void handOver(String key, Lane lane) {
        do {
            for (LaneRequest next = lane.poll(); next != null; next = lane.poll()) {
                if (next.leads()) {
                    return;
                }
            }
        } while (!lane.end());
        lanes.remove(key, lane);
    }

    private List<Answer> answers(String key, List<LaneRequest> together, Deadline deadline) {
        if (together.size() == 1) {
            return List.of(answer(key, together.get(0).request(), deadline));
        }
        List<Request> requests = together.stream().map(LaneRequest::request).toList();
        Request sum = sum(requests);
        if (sum == null) {
            return inTurn(key, requests, deadline);
        }
        Answer answer = answer(key, sum, deadline);
        Answer.Counted counted = counted(answer);
        if (counted == null) {
            return requests.stream().map(request -> answer).toList();
        }
        if (counted.granted()) {
            return shared(requests, counted);
        }
        boolean none = requests.stream().allMatch(request -> counted.lacks(request.targets(), request.amount()));
        return none ? requests.stream().map(request -> answer).toList() : inTurn(key, requests, deadline);
    }

    /** Returns the usages of the counters; null if they are not known. */
    private static Answer.@Nullable Counted counted(Answer answer) {
        if (answer instanceof Answer.Refused refused) {
            return refused.counted();
        }
        return answer instanceof Answer.Counted counted ? counted : null;
    }

    private Answer answer(String key, Request request, Deadline deadline) {
        return prefetching == null ? store.ask(request, deadline) : prefetching.ask(key, request, deadline);
    }

    private List<Answer> inTurn(String key, List<Request> requests, Deadline deadline) {
        return prefetching == null ? store.ask(requests, deadline) : prefetching.ask(key, requests, deadline);
    }

    /**
     * Returns one request for the sum of all. Returns null if they are for different counters, or the sum is too large.
     */
    private static @Nullable Request sum(List<Request> requests) {
        Request first = requests.get(0);
        long amount = 0;
        for (Request request : requests) {
            if (!request.isLike(first) || amount > Long.MAX_VALUE - request.amount()) {
                return null;
            }
            amount += request.amount();
        }
        return new Request(first.targets(), amount);
    }

    /** Returns the answers that the requests would have got if they had been granted one after the other. */
    private static List<Answer> shared(List<Request> requests, Answer.Counted all) {
        List<Answer> answers = new ArrayList<>(requests.size());
        long later = requests.stream().mapToLong(Request::amount).sum();
        for (Request request : requests) {
            later -= request.amount();
            answers.add(all.before(later));
        }
        return answers;
    }
}
