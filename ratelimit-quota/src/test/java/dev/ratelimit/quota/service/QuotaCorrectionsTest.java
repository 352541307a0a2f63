package dev.ratelimit.quota.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ratelimit.quota.AsyncQuotaReservation;
import dev.ratelimit.quota.AsyncQuotaService;
import dev.ratelimit.quota.CalendarWindow;
import dev.ratelimit.quota.Quota;
import dev.ratelimit.quota.QuotaDecision;
import dev.ratelimit.quota.QuotaService;
import dev.ratelimit.quota.QuotaUsage;
import dev.ratelimit.quota.spi.QuotaStore;
import dev.ratelimit.testing.ManualClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Amounts that are charged or given back afterwards, and what a listener is told then. */
class QuotaCorrectionsTest {

    private static final Quota DAILY = Quota.of("calls", 10, CalendarWindow.daily());

    private final ManualClock clock = new ManualClock(Instant.parse("2026-03-10T23:59:59Z"));
    private final QuotaStore store = QuotaStores.inMemory(clock);
    private final List<String> told = new ArrayList<>();
    private final QuotaService quotas = service();

    private QuotaService service() {
        return Quotas.builder(store)
                .quota(DAILY)
                .clock(clock)
                .listener((key, percent, usage) -> told.add(percent + " at " + usage.used()), 50, 80, 100)
                .build();
    }

    @Test
    void aChargeCountsBeyondTheLimitAlsoWhereNothingIsLeft() {
        quotas.consume("ada", 9);
        assertThat(quotas.charge("ada", 5)).extracting(QuotaUsage::used).containsExactly(14L);
        assertThat(quotas.charge("ada", 1)).extracting(QuotaUsage::used).containsExactly(15L);
        assertThat(quotas.consume("ada").allowed()).isFalse();
        assertThat(told).containsExactly("50 at 9", "80 at 9", "100 at 14");
        assertThat(quotas.charge("bob", Long.MAX_VALUE).get(0).used()).isEqualTo(Long.MAX_VALUE);
        assertThat(quotas.charge("bob", 1).get(0).used()).isEqualTo(Long.MAX_VALUE);
        assertThatThrownBy(() -> quotas.charge("ada", 0)).hasMessageContaining("amount must be at least 1");
    }

    @Test
    void aChargeOfSeveralQuotasIsOnEach() {
        QuotaService two = Quotas.builder(store)
                .quota(DAILY)
                .quota(Quota.of("calls-a-minute", 3, CalendarWindow.everyMinute()))
                .prefetch(Duration.ofHours(1))
                .clock(clock)
                .build();
        two.consume("ada");
        assertThat(two.charge("ada", 5)).extracting(QuotaUsage::used).containsExactly(6L, 6L);
        assertThat(two.peek("ada").usages()).extracting(QuotaUsage::used).containsExactly(6L, 6L);
    }

    @Test
    void whatWasConsumedBeforeMidnightDoesNotComeOffTheNewDay() {
        QuotaDecision consumed = quotas.consume("ada", 8);
        clock.advance(Duration.ofSeconds(2));
        quotas.consume("ada", 3);
        assertThat(quotas.decrement("ada", 5, consumed))
                .extracting(QuotaUsage::used)
                .containsExactly(3L);
        assertThat(quotas.peek("ada").used()).isEqualTo(3);
        assertThat(quotas.decrement("ada", 1)).extracting(QuotaUsage::used).containsExactly(2L);
        clock.advance(Duration.ofHours(3));
        assertThat(quotas.decrement("ada", 5, consumed).get(0).used())
                .as("forgotten")
                .isZero();
        QuotaDecision refused = quotas.consume("ada", 11);
        assertThatThrownBy(() -> quotas.decrement("ada", 5, refused))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("counted nothing");
    }

    @Test
    void sharesAreToldAgainAfterARaiseOfTheLimit() {
        quotas.consume("ada", 10);
        told.clear();
        quotas.update(Quota.of("calls", 20, CalendarWindow.daily()));
        quotas.consume("ada", 5);
        assertThat(told).as("50 % was reached before, and 80 % not yet again").isEmpty();
        quotas.consume("ada", 1);
        quotas.consume("ada", 4);
        assertThat(told).containsExactly("80 at 16", "100 at 20");
        told.clear();
        quotas.update(Quota.of("calls", 15, CalendarWindow.daily()));
        quotas.consume("ada", 1);
        assertThat(told).as("all were told").isEmpty();
    }

    @Test
    void sharesAreToldAtOnceWhereALowerLimitMakesThemReached() {
        quotas.consume("ada", 4);
        quotas.update(Quota.of("calls", 5, CalendarWindow.daily()));
        quotas.consume("ada", 3);
        assertThat(told).containsExactly("50 at 4", "80 at 4");
    }

    @Test
    void sharesAreToldAgainAfterAResetOrARefundHere() {
        quotas.consume("ada", 8);
        quotas.reset("ada");
        quotas.consume("ada", 8);
        quotas.decrement("ada", 1);
        quotas.consume("ada");
        assertThat(told).containsExactly("50 at 8", "80 at 8", "50 at 8", "80 at 8", "80 at 8");
    }

    @Test
    void sharesAreToldAgainAfterAResetByAnotherProcess() {
        quotas.consume("ada", 8);
        QuotaService another = service();
        another.reset("ada");
        clock.advance(Duration.ofMillis(1));
        told.clear();
        quotas.consume("ada", 4);
        quotas.consume("ada", 2);
        assertThat(told).containsExactly("50 at 6");
    }

    @Test
    void reservationsThatComeAndGoTellOnce() {
        for (int i = 0; i < 5; i++) {
            quotas.reserve("ada", 6).cancel();
            clock.advance(Duration.ofMillis(1));
        }
        assertThat(told).containsExactly("50 at 6");
    }

    @Test
    void theAsynchronousTwinHasAllOfIt() throws Exception {
        List<Runnable> tasks = new ArrayList<>();
        AsyncQuotaService async = quotas.async(tasks::add);
        assertThat(async.quotas()).isEqualTo(quotas.quotas());
        var reserved = async.reserve("ada", 4).toCompletableFuture();
        run(tasks);
        AsyncQuotaReservation reservation = reserved.get();
        assertThat(reservation.allowed()).isTrue();
        assertThatThrownBy(() -> reservation.commit(-1)).hasMessageContaining("at least 0");
        var committed = reservation.commit(3).toCompletableFuture();
        assertThat(committed).as("nobody has waited for the store").isNotDone();
        assertThat(quotas.peek("ada").used()).isEqualTo(4);
        run(tasks);
        assertThat(committed.get()).isTrue();
        var ended = reservation.cancel().toCompletableFuture();
        var charged = async.charge("ada", 9).toCompletableFuture();
        var seen = async.peek("ada").toCompletableFuture();
        run(tasks);
        assertThat(ended.get()).isFalse();
        assertThat(charged.get().get(0).used()).isEqualTo(12);
        assertThat(seen.get().allowed()).isFalse();
        assertThatThrownBy(() -> async.decrement("ada", 1, seen.get())).hasMessageContaining("counted nothing");
        var givenBack = async.decrement("ada", 2, reservation.decision()).toCompletableFuture();
        async.update(Quota.of("calls", 50, CalendarWindow.daily()));
        var now = async.quotas("ada").toCompletableFuture();
        run(tasks);
        assertThat(givenBack.get().get(0).used()).isEqualTo(10);
        assertThat(now.get().get(0).limit()).isEqualTo(50);
        assertThat(quotas.quotas().get(0).limit()).isEqualTo(50);
        async.planChanged("ada");
        var refused = quotas.async(task -> {
                    throw new java.util.concurrent.RejectedExecutionException("full");
                })
                .charge("ada", 1)
                .toCompletableFuture();
        assertThatThrownBy(refused::join).hasRootCauseMessage("full");
    }

    private static void run(List<Runnable> tasks) {
        List<Runnable> all = List.copyOf(tasks);
        tasks.clear();
        all.forEach(Runnable::run);
    }
}
