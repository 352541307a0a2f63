package dev.ratelimit.examples;

import dev.ratelimit.quota.CalendarWindow;
import dev.ratelimit.quota.Quota;
import dev.ratelimit.quota.QuotaDecision;
import dev.ratelimit.quota.QuotaPlan;
import dev.ratelimit.quota.QuotaPlans;
import dev.ratelimit.quota.QuotaService;
import dev.ratelimit.quota.service.Quotas;
import dev.ratelimit.quota.spi.QuotaStore;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;

/** Customers whose quotas are those of the plan that they have bought, from billing day to billing day. */
final class SubscriptionQuotas {

    /** What a customer has signed. */
    record Contract(String plan, int billingDay, ZoneId zone) {}

    private static final QuotaPlan FREE = QuotaPlan.of("free", Quota.of("calls", 1_000, CalendarWindow.monthly()));

    private final Map<String, Contract> contracts = new ConcurrentHashMap<>();
    private final QuotaService calls;
    private final QuotaService images;

    SubscriptionQuotas(QuotaStore store, InstantSource clock) {
        calls = Quotas.builder(store)
                .plans(QuotaPlans.of(this::planOf, FREE).maxAge(Duration.ofMinutes(5)))
                .clock(clock)
                .build();
        images = Quotas.builder(store)
                .quota(Quota.of("images", 20, CalendarWindow.lifetime()))
                .clock(clock)
                .build();
    }

    private QuotaPlan planOf(String customer) {
        Contract contract = contracts.get(customer);
        if (contract == null) {
            return FREE;
        }
        CalendarWindow month =
                CalendarWindow.monthly().startingOn(contract.billingDay()).in(contract.zone());
        return switch (contract.plan()) {
            case "gold" ->
                QuotaPlan.of(
                        "gold",
                        Quota.of("calls", 100_000, month),
                        Quota.of("calls-a-minute", 100, CalendarWindow.everyMinute()));
            case "platinum" -> QuotaPlan.of("platinum", Quota.of("calls", 1_000_000, month));
            default -> throw new IllegalStateException("unknown plan " + contract.plan());
        };
    }

    String call(String customer) {
        QuotaDecision decision = calls.consume(customer);
        return decision.allowed() ? "200, " + decision.remaining() + " left" : "429";
    }

    String export(String customer, BooleanSupplier work) {
        QuotaDecision decision = calls.consume(customer, 50);
        if (!decision.allowed()) {
            return "429";
        }
        if (!work.getAsBoolean()) {
            calls.decrement(customer, 50, decision);
            return "500, not charged";
        }
        return "200";
    }

    void importedOvernight(String customer, long rows) {
        calls.charge(customer, rows);
    }

    String image(String customer) {
        return images.consume(customer).allowed() ? "200" : "402, buy more";
    }

    void bought(String customer, long count) {
        images.topUp(customer, count);
    }

    void sign(String customer, Contract contract) {
        contracts.put(customer, contract);
        calls.planChanged(customer);
    }

    long used(String customer) {
        return calls.peek(customer).usages().get(0).used();
    }
}
