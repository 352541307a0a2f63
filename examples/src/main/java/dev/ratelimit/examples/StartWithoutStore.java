package dev.ratelimit.examples;

import dev.ratelimit.WhenUnavailable;
import dev.ratelimit.quota.CalendarWindow;
import dev.ratelimit.quota.Quota;
import dev.ratelimit.quota.QuotaService;
import dev.ratelimit.quota.service.QuotaStores;
import dev.ratelimit.quota.service.Quotas;
import dev.ratelimit.quota.spi.QuotaStore;
import java.util.function.Supplier;

/** An API that starts although its quota store is down, and says how it stands with it. */
final class StartWithoutStore implements AutoCloseable {

    private final QuotaStore store;
    private final QuotaService calls;

    StartWithoutStore(Supplier<QuotaStore> connect) {
        store = QuotaStores.startWithout(connect);
        calls = Quotas.builder(store)
                .quota(Quota.of("calls-a-day", 1_000, CalendarWindow.daily()))
                .whenUnavailable(WhenUnavailable.allow())
                .build();
    }

    boolean allows(String customer) {
        return calls.consume(customer).allowed();
    }

    String health() {
        return calls.statistics().storeAvailable()
                ? "ok"
                : "store away, " + calls.statistics().owedCounters() + " counters are owed";
    }

    @Override
    public void close() {
        calls.close();
        store.close();
    }
}
