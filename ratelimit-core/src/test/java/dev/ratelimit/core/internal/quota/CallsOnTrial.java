package dev.ratelimit.core.internal.quota;

import dev.ratelimit.quota.QuotaEvents;
import dev.ratelimit.quota.spi.QuotaStore;
import dev.ratelimit.testing.ManualTime;
import java.time.Duration;

/** Calls of a store by a test's time, on the test's own thread. */
final class CallsOnTrial {

    private CallsOnTrial() {}

    /** Surroundings in which a pause moves the time on, and each random number is 0.5. */
    static ServiceContext surroundings(ManualTime time) {
        return new ServiceContext(time, Runnable::run, Runnable::run, () -> 0.5, nanos -> {
            time.advanceNanos(nanos);
            return !Thread.currentThread().isInterrupted();
        });
    }

    static StoreCalls of(QuotaStore store, ManualTime time, int retries) {
        StoreDeadline deadline = new StoreDeadline.Own(Duration.ofMinutes(1));
        ServiceContext surroundings = surroundings(time);
        return of(store, deadline, surroundings, retries);
    }

    static StoreCalls of(QuotaStore store, StoreDeadline deadline, ServiceContext surroundings, int retries) {
        return new StoreCalls(
                store,
                deadline,
                StoreHealth.own(store, deadline, surroundings),
                new Retries(retries, surroundings),
                new Meter(new QuotaEvents() {}, Runnable::run));
    }
}
