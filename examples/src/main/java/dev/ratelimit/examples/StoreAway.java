package dev.ratelimit.examples;

import dev.ratelimit.DecisionSource;
import dev.ratelimit.WhenUnavailable;
import dev.ratelimit.quota.CalendarWindow;
import dev.ratelimit.quota.Quota;
import dev.ratelimit.quota.QuotaDecision;
import dev.ratelimit.quota.QuotaService;
import dev.ratelimit.quota.service.Quotas;
import dev.ratelimit.quota.spi.QuotaStore;
import java.time.InstantSource;

/** An API that goes on while its quota store is away, for each customer up to a tenth of the limit. */
final class StoreAway implements AutoCloseable {

    private final QuotaService calls;

    StoreAway(QuotaStore store, InstantSource clock) {
        calls = Quotas.builder(store)
                .quota(Quota.of("calls-a-day", 1_000, CalendarWindow.daily()))
                .whenUnavailable(WhenUnavailable.local(0.1))
                .clock(clock)
                .build();
    }

    String call(String customer) {
        QuotaDecision decision = calls.consume(customer);
        if (decision.allowed()) {
            return "200";
        }
        if (decision.source() == DecisionSource.CLOSED) {
            return "503, Retry-After: " + decision.retryAfterSeconds().orElseThrow();
        }
        return "429, come back tomorrow";
    }

    @Override
    public void close() {
        calls.close();
    }
}
