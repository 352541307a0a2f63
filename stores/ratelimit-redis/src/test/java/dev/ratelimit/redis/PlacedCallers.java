package dev.ratelimit.redis;

import dev.ratelimit.Certainty;
import dev.ratelimit.quota.spi.Counter;
import dev.ratelimit.quota.spi.Outcome;
import dev.ratelimit.quota.spi.Outcome.Counted;
import dev.ratelimit.quota.spi.QuotaStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Threads that ask for one unit each, again and again, and keep which place they were told: what the counter showed with their
 * unit. None retries.
 *
 * <p>A place that was told twice is a unit that was acknowledged, forgotten, and granted once more.
 */
final class PlacedCallers {

    private static final long PAUSE_NANOS = 1_000_000;

    /** What one thread was told. */
    private static final class Caller {
        private final BitSet places = new BitSet();
        private long granted;
    }

    private final List<Caller> callers = new ArrayList<>();
    private final Repeating threads = new Repeating();
    private final AtomicLong lastGrant = new AtomicLong();
    private final AtomicInteger highest = new AtomicInteger();
    private final AtomicLong indeterminate = new AtomicLong();

    PlacedCallers(QuotaStore store, Counter counter, int count, Duration within) {
        for (int i = 0; i < count; i++) {
            Caller caller = new Caller();
            callers.add(caller);
            threads.add(() -> enter(caller, Asking.attempt(store, Asking.acquire(counter, 1, Long.MAX_VALUE), within)));
        }
    }

    private void enter(Caller caller, Outcome outcome) {
        if (outcome instanceof Counted counted) {
            int place = Math.toIntExact(counted.used());
            caller.places.set(place);
            caller.granted++;
            lastGrant.accumulateAndGet(System.nanoTime(), (a, b) -> a == 0 || b - a > 0 ? b : a);
            highest.accumulateAndGet(place, Math::max);
            return;
        }
        if (Asking.failed(outcome, Certainty.INDETERMINATE)) {
            indeterminate.incrementAndGet();
        }
        LockSupport.parkNanos(PAUSE_NANOS);
    }

    void start() {
        threads.start();
    }

    void stop() throws InterruptedException {
        threads.stop();
    }

    /** When a unit was granted last, in nanoseconds of the system's time. */
    long lastGrant() {
        return lastGrant.get();
    }

    /** The highest place that anybody was told. */
    int highest() {
        return highest.get();
    }

    /** How many calls may have counted, for all that is known. */
    long indeterminate() {
        return indeterminate.get();
    }

    /** How many units were granted, once they have stopped. */
    long granted() {
        return callers.stream().mapToLong(caller -> caller.granted).sum();
    }

    /** How many different places were told, once they have stopped. */
    long places() {
        BitSet all = new BitSet();
        callers.forEach(caller -> all.or(caller.places));
        return all.cardinality();
    }
}
