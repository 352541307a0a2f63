package dev.ratelimit.quota.tck;

import dev.ratelimit.quota.spi.Counter;
import dev.ratelimit.quota.spi.Outcome.Counted;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;

/**
 * A history of acquires of one permit each, from many threads, and whether it is linearizable.
 *
 * <p>The outcome of a granted acquire has its place in the order: {@code used} is 1, 2, 3 and so on, each once, up to
 * the limit. All denied acquires come after them. It remains to check that no acquire comes before another one that had
 * ended when the first began.
 */
final class UnitHistory {

    /** One call, which took effect between these instants. */
    record Call(long began, long ended, Counted outcome) {

        /** Its place in the order. */
        long place() {
            return outcome.granted() > 0 ? outcome.used() : Long.MAX_VALUE;
        }
    }

    private UnitHistory() {}

    /** A task that acquires one permit, again and again. */
    static Callable<List<Call>> task(Caller store, Counter counter, int times, long limit) {
        return () -> {
            List<Call> calls = new ArrayList<>();
            for (int i = 0; i < times; i++) {
                long began = System.nanoTime();
                Counted outcome = store.acquire(counter, 1, limit);
                calls.add(new Call(began, System.nanoTime(), outcome));
            }
            return calls;
        };
    }

    /** Fails unless some order explains all calls on a counter with the given value before them. */
    static void check(String rule, List<List<Call>> threads, long before, long limit) {
        List<Call> calls = new ArrayList<>();
        threads.forEach(calls::addAll);
        calls.sort(Comparator.comparingLong(Call::place));
        long expected = Math.min(limit - before, calls.size());
        long granted =
                calls.stream().mapToLong(call -> call.outcome().granted()).sum();
        if (granted != expected) {
            throw new AssertionError(rule + ": of " + calls.size() + " acquires of one, " + expected
                    + " are to be granted, but " + granted + " were");
        }
        for (int i = 0; i < calls.size(); i++) {
            long used = i < expected ? before + i + 1 : limit;
            if (calls.get(i).outcome().used() != used) {
                throw new AssertionError(rule + ": each acquire sees those before it, so that one must show " + used
                        + ", but there is " + calls.get(i).outcome());
            }
        }
        checkTime(rule, calls);
    }

    private static void checkTime(String rule, List<Call> calls) {
        long begunLast = Long.MIN_VALUE;
        for (Call call : calls) {
            if (call.place() < Long.MAX_VALUE) {
                begunLast = Math.max(begunLast, call.began());
            }
            if (call.ended() < begunLast) {
                throw new AssertionError(rule + ": an acquire sees all that were granted before it began, but "
                        + call.outcome() + " had ended before one began that stands before it");
            }
        }
    }
}
