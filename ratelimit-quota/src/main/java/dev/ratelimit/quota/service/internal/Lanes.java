package dev.ratelimit.quota.service.internal;

import dev.ratelimit.quota.Certainty;
import dev.ratelimit.quota.QuotaUnavailableException;
import dev.ratelimit.quota.spi.Deadline;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Puts requests for one key that meet into one call of the store.
 *
 * <p>A store's counter is taken from by one after the other in any case: behind a row's lock, or in a server's single thread.
 * So while one request for a key is under way, others queue here, and the first of them then asks for all. A request that
 * meets nobody goes at once, and waits for nothing.
 *
 * <p><b>Together.</b> Requests for the same counters are asked for as one sum. If there is no room for it, each is asked for by
 * itself, in the order in which they came, in one batch. What is granted is the same as if they had come one after the
 * other.
 *
 * <p><b>Waiting.</b> Up to the request's own deadline: it then leaves the queue, with nothing counted; or, if it is under way
 * already, it is given up as uncertain.
 *
 * <p>Thread-safe. Nobody takes a lock where others wait: to queue is one exchange ({@link Lane}).
 */
final class Lanes {

    private final ConcurrentHashMap<String, Lane> lanes = new ConcurrentHashMap<>();
    private final AllOrNothing store;
    private final @Nullable Prefetching prefetching;

    /** Lanes to a store, by way of what is prefetched from it, if anything is. */
    Lanes(AllOrNothing store, @Nullable Prefetching prefetching) {
        this.store = store;
        this.prefetching = prefetching;
    }

    /** Asks for one request, alone or together with others. */
    Answer ask(String key, Request request, Deadline deadline) {
        Answer granted = prefetching == null ? null : prefetching.grant(key, request);
        if (granted != null) {
            return granted;
        }
        if (!store.permits()) {
            // Nobody is to wait for others whose calls do not end.
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
            // It has ended, and who ended it has not come to removing it.
            lanes.remove(key, lane);
        }
    }

    /** The one whose turn it is, and those that have queued behind it. */
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
            // Before the turn goes on: who comes back at once then goes with the next.
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

    /** Gives the turn to the first who still waits, or ends the lane. */
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

    /** What the counters show; null if that is not known. */
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

    /** One request for all of them, if they are alike. */
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

    /** What each would have seen if they had been granted one after the other. */
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
