package dev.ratelimit.redis;

import dev.ratelimit.Certainty;
import dev.ratelimit.quota.spi.Counter;
import dev.ratelimit.quota.spi.Outcome;
import dev.ratelimit.quota.spi.Outcome.Counted;
import dev.ratelimit.quota.spi.QuotaStore;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** Threads that ask for one unit again and again, and add up what they are told. None retries. */
final class CountingCallers {

    private final AtomicLong granted = new AtomicLong();
    private final AtomicLong indeterminate = new AtomicLong();
    private final Repeating threads = new Repeating();

    CountingCallers(QuotaStore store, Counter counter, int count, Duration within) {
        for (int i = 0; i < count; i++) {
            threads.add(() -> enter(Asking.attempt(store, Asking.acquire(counter, 1, Long.MAX_VALUE), within)));
        }
    }

    private void enter(Outcome outcome) {
        if (outcome instanceof Counted) {
            granted.incrementAndGet();
        } else if (Asking.failed(outcome, Certainty.INDETERMINATE)) {
            indeterminate.incrementAndGet();
        }
    }

    void start() {
        threads.start();
    }

    void stop() throws InterruptedException {
        threads.stop();
    }

    long granted() {
        return granted.get();
    }

    long indeterminate() {
        return indeterminate.get();
    }
}
