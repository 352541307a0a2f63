package dev.ratelimit.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.examples.SubscriptionQuotas.Contract;
import dev.ratelimit.quota.service.QuotaStores;
import dev.ratelimit.testing.ManualClock;
import java.time.Instant;
import java.time.ZoneId;
import org.junit.jupiter.api.Test;

/** The example of plans does what the guide says. */
class SubscriptionQuotasTest {

    private static final ZoneId VIENNA = ZoneId.of("Europe/Vienna");

    private final ManualClock clock = new ManualClock(Instant.parse("2026-03-16T12:00:00Z"));
    private final SubscriptionQuotas customers = new SubscriptionQuotas(QuotaStores.inMemory(clock), clock);

    @Test
    void customersHaveTheQuotasOfTheirPlan() {
        customers.sign("ada", new Contract("gold", 17, VIENNA));
        assertThat(customers.call("ada")).isEqualTo("200, 99 left");
        assertThat(customers.call("bob")).isEqualTo("200, 999 left");
    }

    @Test
    void aChangeOfPlanKeepsWhatWasUsedInTheSameMonth() {
        customers.sign("ada", new Contract("gold", 17, VIENNA));
        customers.call("ada");
        customers.sign("ada", new Contract("platinum", 17, VIENNA));
        assertThat(customers.call("ada")).isEqualTo("200, 999998 left");
        customers.sign("ada", new Contract("platinum", 20, VIENNA));
        assertThat(customers.used("ada"))
                .as("another billing day, another window")
                .isZero();
        clock.set(Instant.parse("2026-03-16T23:30:00Z"));
        customers.sign("ada", new Contract("platinum", 17, VIENNA));
        assertThat(customers.used("ada")).as("in Vienna it is the 17th").isZero();
    }

    @Test
    void amountsAreCorrectedWhereTheyWereCounted() {
        customers.sign("ada", new Contract("gold", 17, VIENNA));
        clock.set(Instant.parse("2026-03-16T22:59:59Z"));
        assertThat(customers.export("ada", () -> {
                    // In Vienna the 17th begins.
                    clock.set(Instant.parse("2026-03-16T23:00:01Z"));
                    return false;
                }))
                .isEqualTo("500, not charged");
        customers.importedOvernight("ada", 100_001);
        assertThat(customers.used("ada")).isEqualTo(100_001);
        assertThat(customers.call("ada")).isEqualTo("429");
    }

    @Test
    void creditIsToppedUp() {
        for (int i = 0; i < 20; i++) {
            assertThat(customers.image("ada")).isEqualTo("200");
        }
        assertThat(customers.image("ada")).isEqualTo("402, buy more");
        customers.bought("ada", 1);
        assertThat(customers.image("ada")).isEqualTo("200");
        assertThat(customers.image("ada")).isEqualTo("402, buy more");
    }
}
