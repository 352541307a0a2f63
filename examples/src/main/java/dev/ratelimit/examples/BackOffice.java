package dev.ratelimit.examples;

import dev.ratelimit.quota.CalendarWindow;
import dev.ratelimit.quota.KeyUsage;
import dev.ratelimit.quota.Quota;
import dev.ratelimit.quota.QuotaOperations;
import dev.ratelimit.quota.QuotaService;
import dev.ratelimit.quota.QuotaUsage;
import dev.ratelimit.quota.service.QuotaStores;
import dev.ratelimit.quota.service.Quotas;
import dev.ratelimit.quota.spi.QuotaStore;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;

/** What is asked of quotas by those who run them: who uses most, what to invoice, and a reset after an incident. */
final class BackOffice {

    private final QuotaService calls;
    private final QuotaOperations operations;

    BackOffice(InstantSource clock) {
        QuotaStore store =
                QuotaStores.inMemoryBuilder().maxCounters(200_000).clock(clock).build();
        calls = Quotas.builder(store)
                .quota(Quota.of("calls", 20_000, CalendarWindow.monthly()))
                .history(Duration.ofDays(40))
                .clock(clock)
                .build();
        operations = calls.operations();
    }

    QuotaService calls() {
        return calls;
    }

    List<String> busiest() {
        List<KeyUsage> busiest = operations.mostUsed("calls", 10);
        return busiest.stream().map(usage -> usage.key() + " " + usage.used()).toList();
    }

    String invoice(String customer) {
        QuotaUsage lastMonth = operations.usageBefore(customer).get(0);
        return lastMonth.used() + " calls since " + lastMonth.window().start();
    }

    long forgive(Instant month) {
        return operations.resetAll("calls", month, month.plusSeconds(1));
    }
}
