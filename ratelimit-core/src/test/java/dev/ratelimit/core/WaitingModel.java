package dev.ratelimit.core;

import dev.ratelimit.Policy;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A queue in front of exact buckets, written from its definition: the first goes as soon as every bucket has its permits, and
 * nobody goes before it. In a blackout nobody goes.
 */
final class WaitingModel {

    /** A call that waits, or has departed. */
    static final class Call {

        final long permits;
        private final long came;
        private @Nullable Long departed;

        Call(long permits, long came) {
            this.permits = permits;
            this.came = came;
        }

        long came() {
            return came;
        }

        @Nullable
        Long departed() {
            return departed;
        }
    }

    private final List<ExactBucket> buckets;
    private final Deque<Call> queue = new ArrayDeque<>();
    private long now;
    private long darkUntil = Long.MIN_VALUE;

    WaitingModel(Policy policy, long now) {
        this.buckets = policy.rates().stream().map(ExactBucket::new).toList();
        this.now = now;
    }

    int waiting() {
        return queue.size();
    }

    void moveTo(long instant) {
        while (!queue.isEmpty() && now + wait(buckets, now, queue.getFirst().permits) <= instant) {
            now += wait(buckets, now, queue.getFirst().permits);
            depart(queue.removeFirst());
        }
        now = instant;
    }

    private void depart(Call call) {
        buckets.forEach(bucket -> bucket.charge(now, call.permits));
        call.departed = now;
    }

    boolean take(long permits) {
        if (!queue.isEmpty() || wait(buckets, now, permits) > 0) {
            return false;
        }
        buckets.forEach(bucket -> bucket.charge(now, permits));
        return true;
    }

    /** How long a newcomer would wait behind all others. */
    long waitOf(long permits) {
        List<ExactBucket> future = buckets.stream().map(ExactBucket::copy).toList();
        long instant = now;
        List<Call> calls = new ArrayList<>(queue);
        calls.add(new Call(permits, now));
        for (Call call : calls) {
            instant += wait(future, instant, call.permits);
            for (ExactBucket bucket : future) {
                bucket.charge(instant, call.permits);
            }
        }
        return instant - now;
    }

    /** Has a call wait. */
    Call join(long permits) {
        Call call = new Call(permits, now);
        queue.addLast(call);
        moveTo(now);
        return call;
    }

    boolean leave(Call call) {
        boolean hasLeft = queue.remove(call);
        moveTo(now);
        return hasLeft;
    }

    /** Charges what was used already, whether it is there or not. */
    void charge(long permits) {
        buckets.forEach(bucket -> bucket.charge(now, permits));
        moveTo(now);
    }

    void refund(long permits) {
        buckets.forEach(bucket -> bucket.refund(now, permits));
        moveTo(now);
    }

    /** The nanoseconds of blackout that are left. */
    long dark() {
        return darkUntil == Long.MIN_VALUE ? 0 : Math.max(0, darkUntil - now);
    }

    void blackout(long nanos) {
        darkUntil = nanos == 0 ? Long.MIN_VALUE : Math.max(darkUntil, now + nanos);
        moveTo(now);
    }

    /** When each call that waits would depart if those went before it that may, in their order. */
    Map<Call, Long> departures(Predicate<Call> goes) {
        List<ExactBucket> future = buckets.stream().map(ExactBucket::copy).toList();
        Map<Call, Long> instants = new LinkedHashMap<>();
        long instant = now;
        for (Call call : queue) {
            long next = instant + wait(future, instant, call.permits);
            instants.put(call, next);
            if (goes.test(call)) {
                instant = next;
                future.forEach(bucket -> bucket.charge(next, call.permits));
            }
        }
        return instants;
    }

    void reset() {
        darkUntil = Long.MIN_VALUE;
        buckets.forEach(ExactBucket::reset);
        moveTo(now);
    }

    private long wait(List<ExactBucket> buckets, long now, long permits) {
        long byRates = buckets.stream()
                .mapToLong(bucket -> bucket.wait(now, permits))
                .max()
                .orElse(0);
        return Math.max(byRates, darkUntil == Long.MIN_VALUE ? 0 : darkUntil - now);
    }
}
