package dev.ratelimit.quota.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ratelimit.quota.CalendarWindow;
import dev.ratelimit.quota.Quota;
import dev.ratelimit.quota.QuotaDecision;
import dev.ratelimit.quota.QuotaReservation;
import dev.ratelimit.quota.QuotaService;
import dev.ratelimit.quota.QuotaUnavailableException;
import dev.ratelimit.quota.service.internal.MemoryStore;
import dev.ratelimit.quota.spi.QuotaStore;
import dev.ratelimit.testing.FaultyStore;
import dev.ratelimit.testing.FaultyStore.Fault;
import dev.ratelimit.testing.ManualClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Credit that is granted once, and topped up. */
@Timeout(60)
class LifetimeCreditTest {

    private static final Quota CREDIT = Quota.of("credit", 5, CalendarWindow.lifetime());

    private final ManualClock clock = new ManualClock(Instant.parse("2026-03-10T12:00:00Z"));
    private final MemoryStore memory = new MemoryStore(clock);
    private final FaultyStore store = new FaultyStore(memory);
    private final QuotaService quotas = service(store);

    private QuotaService service(QuotaStore store) {
        return Quotas.builder(store).quota(CREDIT).clock(clock).build();
    }

    @Test
    void aRequestWithAnIdempotencyKeyKnowsCreditGivenElsewhere() {
        QuotaService here = service(store);
        QuotaService elsewhere = service(store);
        assertThat(here.consume("ada", 7, "order-1").retryAfter()).isEqualTo(QuotaDecision.NEVER);
        elsewhere.topUp("ada", 3);
        assertThat(here.consume("ada", 7, "order-1").allowed()).isTrue();
        assertThat(here.consume("ada", 7, "order-1").used()).as("repeated").isEqualTo(7);
        elsewhere.topUp("ada", 10);
        QuotaReservation reserved = here.reserve("ada", 11, "order-2");
        assertThat(reserved.allowed()).isTrue();
        assertThat(reserved.decision().limit()).isEqualTo(18);
        assertThat(reserved.commit(10)).isTrue();
        assertThat(here.consume("ada", 2, "order-3").allowed()).isFalse();
        assertThat(elsewhere.peek("ada").remaining()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void creditIsUsedUpAndToppedUp(boolean shortWay) {
        QuotaService here = service(shortWay ? memory : store);
        QuotaService elsewhere = service(store);
        assertThat(here.consume("ada", 5).remaining()).isZero();
        clock.advance(Duration.ofDays(10_000));
        QuotaDecision refused = here.consume("ada");
        assertThat(refused.allowed()).isFalse();
        assertThat(refused.retryAfter()).isEqualTo(QuotaDecision.NEVER);
        elsewhere.topUp("ada", 3);
        assertThat(here.peek("ada").remaining()).isEqualTo(3);
        elsewhere.topUp("ada", 2);
        QuotaDecision allowed = here.consume("ada", 5);
        assertThat(allowed.allowed()).isTrue();
        assertThat(allowed.limit()).isEqualTo(10);
        assertThat(here.consume("ada").allowed()).isFalse();
        assertThat(here.consume("bob", 5).allowed()).isTrue();
        here.reset("ada");
        assertThat(here.peek("ada").remaining()).as("credit stays").isEqualTo(10);
    }

    @Test
    void reservationsAndLeasesGoByItToo() {
        QuotaService prefetching = Quotas.builder(store)
                .quota(CREDIT)
                .quota(Quota.of("a-day", 100, CalendarWindow.daily()))
                .prefetch(Duration.ofHours(1))
                .clock(clock)
                .build();
        prefetching.topUp("ada", 15);
        assertThat(prefetching.reserve("ada", 12).allowed()).isTrue();
        int more = 0;
        while (prefetching.consume("ada").allowed()) {
            more++;
        }
        assertThat(more).isEqualTo(8);
    }

    @Test
    void topUpsOfAllProcessesAddUp() throws Exception {
        List<FutureTask<Void>> tasks = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            QuotaService each = service(store);
            tasks.add(new FutureTask<>(() -> {
                for (int n = 0; n < 100; n++) {
                    each.topUp("ada", 1);
                    each.consume("ada");
                }
                return null;
            }));
        }
        tasks.forEach(task -> new Thread(task).start());
        for (FutureTask<Void> task : tasks) {
            task.get();
        }
        assertThat(quotas.peek("ada").used()).isEqualTo(400);
        assertThat(quotas.peek("ada").limit()).isEqualTo(405);
        quotas.topUp("ada", Long.MAX_VALUE);
        assertThat(quotas.peek("ada").limit()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void troubleWhileCreditIsReadIsNoRefusal() {
        quotas.consume("ada", 5);
        store.next(Fault.NONE, Fault.REFUSE);
        assertThatThrownBy(() -> quotas.consume("ada")).isInstanceOf(QuotaUnavailableException.class);
    }

    @Test
    void onlyALifetimeQuotaCanBeToppedUp() {
        QuotaService daily = Quotas.of(store, Quota.of("calls", 5, CalendarWindow.daily()));
        assertThatThrownBy(() -> daily.topUp("ada", 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("CalendarWindow.lifetime()")
                .hasMessageContaining("has 0");
        assertThatThrownBy(() -> quotas.topUp("ada", 0)).hasMessageContaining("amount must be at least 1");
    }
}
