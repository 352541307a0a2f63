package dev.ratelimit.examples;

import dev.ratelimit.quota.CalendarWindow;
import dev.ratelimit.quota.Quota;
import dev.ratelimit.quota.QuotaService;
import dev.ratelimit.quota.service.Quotas;
import dev.ratelimit.quota.spi.QuotaStore;
import java.time.InstantSource;
import java.time.LocalTime;
import java.time.ZoneId;

/** Exports of which there are fifty again each morning at six. */
final class DailyExports implements AutoCloseable {

    private final QuotaService exports;

    DailyExports(QuotaStore store, InstantSource clock) {
        CalendarWindow fromSix =
                CalendarWindow.daily().startingAt(LocalTime.of(6, 0)).in(ZoneId.of("Europe/Berlin"));
        exports = Quotas.builder(store)
                .quota(Quota.of("exports", 50, fromSix))
                .clock(clock)
                .build();
    }

    boolean allows(String customer) {
        return exports.consume(customer).allowed();
    }

    @Override
    public void close() {
        exports.close();
    }
}
