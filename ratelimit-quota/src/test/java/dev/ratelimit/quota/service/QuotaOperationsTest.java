package dev.ratelimit.quota.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ratelimit.Certainty;
import dev.ratelimit.quota.CalendarWindow;
import dev.ratelimit.quota.KeyUsage;
import dev.ratelimit.quota.Quota;
import dev.ratelimit.quota.QuotaOperations;
import dev.ratelimit.quota.QuotaPlan;
import dev.ratelimit.quota.QuotaPlans;
import dev.ratelimit.quota.QuotaService;
import dev.ratelimit.quota.QuotaUnavailableException;
import dev.ratelimit.quota.QuotaUsage;
import dev.ratelimit.quota.spi.Capabilities;
import dev.ratelimit.quota.spi.CounterQuery;
import dev.ratelimit.quota.spi.ListedCounter;
import dev.ratelimit.quota.spi.Operation;
import dev.ratelimit.quota.spi.Outcome;
import dev.ratelimit.quota.spi.QuotaStore;
import dev.ratelimit.store.Deadline;
import dev.ratelimit.testing.ManualClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What operators ask of a service. */
class QuotaOperationsTest {

    private static final Quota MONTHLY = Quota.of("calls", 100_000, CalendarWindow.monthly());
    private static final Instant MARCH = Instant.parse("2026-03-01T00:00:00Z");

    private final ManualClock clock = new ManualClock(Instant.parse("2026-03-31T23:00:00Z"));
    private final QuotaStore store = QuotaStores.inMemory(clock);
    private final QuotaService quotas = Quotas.builder(store)
            .quota(MONTHLY)
            .quota(Quota.of("calls-a-day", 100_000, CalendarWindow.daily()))
            .history(Duration.ofDays(40))
            .clock(clock)
            .build();
    private final QuotaOperations operations = quotas.operations();

    @Test
    void keysAreListedByUse() {
        quotas.consume("ada", 3);
        quotas.consume("m\u00fcller & co", 7);
        quotas.consume("x".repeat(300), 5);
        assertThat(operations.mostUsed("calls", 2))
                .containsExactly(
                        new KeyUsage("m\u00fcller & co", false, "1mo", MARCH, 7),
                        new KeyUsage("x".repeat(128), true, "1mo", MARCH, 5));
        assertThat(operations.mostUsed("calls-a-day", 10))
                .extracting(KeyUsage::used)
                .containsExactly(7L, 5L, 3L);
        assertThatThrownBy(() -> operations.mostUsed("call", 1)).hasMessageContaining("calls-a-day");
        assertThatThrownBy(() -> operations.mostUsed("calls", 0)).hasMessageContaining("1 to 10000");
    }

    @Test
    void theWindowBeforeIsReadAsLongAsTheHistoryIsKept() {
        quotas.consume("ada", 3);
        clock.advance(Duration.ofHours(2));
        quotas.consume("ada", 1);
        assertThat(operations.usageBefore("ada")).extracting(QuotaUsage::used).containsExactly(3L, 3L);
        assertThat(operations.usageBefore("ada").get(0).window().start()).isEqualTo(MARCH);
        clock.set(Instant.parse("2026-04-30T00:00:00Z"));
        assertThat(operations.usageBefore("ada")).extracting(QuotaUsage::used).containsExactly(3L, 0L);
        clock.set(Instant.parse("2026-05-12T00:00:00Z"));
        quotas.consume("bob");
        assertThat(operations.mostUsed("calls", MARCH, MARCH.plusSeconds(1), 10))
                .isEmpty();
    }

    @Test
    void allKeysAreResetInASpan() {
        for (int i = 0; i < 2_500; i++) {
            quotas.consume("key-" + i);
        }
        clock.advance(Duration.ofHours(2));
        quotas.consume("ada", 5);
        assertThat(operations.resetAll("calls", MARCH, MARCH.plusSeconds(1))).isEqualTo(2_500);
        assertThat(operations.mostUsed("calls", MARCH, MARCH.plusSeconds(1), 10))
                .isEmpty();
        assertThat(operations.mostUsed("calls", 10)).extracting(KeyUsage::key).containsExactly("ada");
        assertThat(operations.usageBefore("key-7")).extracting(QuotaUsage::used).containsExactly(0L, 1L);
    }

    @Test
    void creditIsNoUse() {
        QuotaService credit = Quotas.builder(store)
                .quota(Quota.of("credit", 5, CalendarWindow.lifetime()))
                .clock(clock)
                .build();
        credit.topUp("ada", 100);
        credit.consume("ada", 7);
        QuotaOperations here = credit.operations();
        assertThat(here.mostUsed("credit", Instant.MIN, Instant.MAX, 10))
                .extracting(KeyUsage::used)
                .containsExactly(7L);
        assertThat(here.mostUsed("credit", 10)).extracting(KeyUsage::used).containsExactly(7L);
        assertThat(here.usageBefore("ada")).extracting(QuotaUsage::used).containsExactly(7L);
        assertThat(here.resetAll("credit", Instant.MIN, Instant.MAX)).isEqualTo(1);
        assertThat(credit.peek("ada").remaining()).isEqualTo(105);
    }

    @Test
    void windowsOfPlansAreListedByASpan() {
        QuotaPlan plan = QuotaPlan.of("p", MONTHLY);
        QuotaService planned = Quotas.builder(store)
                .plans(QuotaPlans.of(key -> plan, plan))
                .clock(clock)
                .build();
        planned.consume("ada", 4);
        assertThatThrownBy(() -> planned.operations().mostUsed("calls", 1))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("span");
        assertThat(planned.operations().mostUsed("calls", MARCH.minusSeconds(1), MARCH.plusSeconds(1), 1))
                .containsExactly(new KeyUsage("ada", false, "1mo", MARCH, 4));
    }

    @Test
    void aStoreThatDoesNotListSaysSo() {
        QuotaService elsewhere = Quotas.of(new DistantStore(store), MONTHLY);
        assertThatThrownBy(() -> elsewhere.operations().mostUsed("calls", 1))
                .isInstanceOfSatisfying(
                        QuotaUnavailableException.class,
                        e -> assertThat(e.certainty()).isEqualTo(Certainty.NOT_APPLIED))
                .hasMessageContaining("does not list counters");
        assertThat(elsewhere.operations().usageBefore("ada").get(0).used()).isZero();
    }

    /** Once had the 50 ms of a request in Redis, in which no store lists ten thousand counters. */
    @Test
    void aListHasADeadlineOfItsOwn() {
        List<Deadline> deadlines = new ArrayList<>();
        QuotaStore listing = new QuotaStore() {
            @Override
            public Capabilities capabilities() {
                return store.capabilities();
            }

            @Override
            public List<Outcome> apply(List<Operation> operations, Deadline deadline) {
                return store.apply(operations, deadline);
            }

            @Override
            public List<ListedCounter> list(CounterQuery query, Deadline deadline) {
                deadlines.add(deadline);
                return store.list(query, deadline);
            }

            @Override
            public void close() {}
        };
        for (Duration deadline : List.of(Duration.ofMillis(50), Duration.ofHours(1))) {
            Quotas.builder(listing)
                    .quota(MONTHLY)
                    .deadline(deadline)
                    .clock(clock)
                    .build()
                    .operations()
                    .mostUsed("calls", 1);
        }
        assertThat(deadlines.get(0).remainingMillis()).isBetween(1_000L, 30_000L);
        assertThat(deadlines.get(1).remainingMillis()).isGreaterThan(60_000);
    }

    @Test
    void aHistoryIsLongEnoughAndNotForEver() {
        QuotasBuilder builder = Quotas.builder(store);
        assertThatThrownBy(() -> builder.history(Duration.ZERO)).hasMessageContaining("history must be more than zero");
        assertThatThrownBy(() -> builder.history(Duration.ofDays(4_000))).hasMessageContaining("3660 days");
    }
}
