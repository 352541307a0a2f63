package dev.ratelimit.quota.service.internal;

import dev.ratelimit.WhenUnavailable;
import dev.ratelimit.quota.CalendarWindow;
import dev.ratelimit.quota.CloseCharges;
import dev.ratelimit.quota.Quota;
import dev.ratelimit.quota.QuotaEvents;
import dev.ratelimit.quota.service.QuotaStores;
import dev.ratelimit.quota.spi.QuotaStore;
import dev.ratelimit.testing.FaultyStore;
import dev.ratelimit.testing.ManualClock;
import dev.ratelimit.testing.ManualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** A quota service on a store that fails when told, by a test's time and on the test's thread. */
final class ServiceOnTrial {

    static final Duration DEADLINE = Duration.ofMillis(250);
    static final Quota DAILY = Quota.of("calls", 100, CalendarWindow.daily());
    static final Quota MINUTELY = Quota.of("calls-a-minute", 30, CalendarWindow.everyMinute());

    final ManualTime time = new ManualTime();
    final ManualClock clock = new ManualClock(Instant.parse("2026-06-01T12:00:00Z"));
    final QuotaStore counters = QuotaStores.inMemory(clock);
    final FaultyStore store = new FaultyStore(counters, time::advance);

    QuotaEvents events = new QuotaEvents() {};

    /** For how long units are prefetched; null for no leases. */
    @Nullable
    Duration term;

    /** Where what no caller waits for is done. */
    Executor executor = Runnable::run;

    /** Where listeners are called whom no caller waits for. */
    Executor listeners = Runnable::run;

    StoreQuotas service(WhenUnavailable choice, Quota... quotas) {
        return service(store, choice, 0, quotas);
    }

    StoreQuotas service(QuotaStore store, WhenUnavailable choice, int retries, Quota... quotas) {
        StoreDeadline deadline = new StoreDeadline.Own(DEADLINE);
        ServiceContext direct = CallsOnTrial.surroundings(time);
        ServiceContext surroundings = new ServiceContext(time, executor, listeners, direct.random(), direct.pause());
        return new StoreQuotas(
                new QuotaSettings(
                        store,
                        QuotaSource.same(List.of(quotas), Grace.PROPORTIONAL, clock),
                        clock,
                        deadline,
                        retries,
                        choice,
                        CloseCharges.NOTHING,
                        term,
                        null,
                        events),
                surroundings,
                StoreHealth.own(store, deadline, direct));
    }

    /** Moves time and clock on. */
    void advance(Duration duration) {
        clock.advance(duration);
        time.advance(duration);
    }

    /** What the store shows of a quota in the window of now. */
    long counted(Quota quota) {
        StoreCalls calls = CallsOnTrial.of(counters, time, 0);
        return new Adjustments(calls)
                .read(List.of(
                        new CurrentWindow(quota, Grace.PROPORTIONAL, clock.millis()).target("key", clock.millis())))
                .get(0)
                .used();
    }
}
