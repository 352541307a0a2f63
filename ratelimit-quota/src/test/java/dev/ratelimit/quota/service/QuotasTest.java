package dev.ratelimit.quota.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ratelimit.Certainty;
import dev.ratelimit.quota.AsyncQuotaReservation;
import dev.ratelimit.quota.CalendarWindow;
import dev.ratelimit.quota.Quota;
import dev.ratelimit.quota.QuotaDecision;
import dev.ratelimit.quota.QuotaReservation;
import dev.ratelimit.quota.QuotaService;
import dev.ratelimit.quota.QuotaUnavailableException;
import dev.ratelimit.quota.QuotaUsage;
import dev.ratelimit.quota.spi.QuotaStore;
import dev.ratelimit.testing.FaultyStore;
import dev.ratelimit.testing.FaultyStore.Fault;
import dev.ratelimit.testing.ManualClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class QuotasTest {

    private static final String KEY = "customer";
    private static final Quota MONTHLY = Quota.of("calls-a-month", 10, CalendarWindow.monthly());
    private static final Quota MINUTELY = Quota.of("calls-a-minute", 4, CalendarWindow.everyMinute());

    private final ManualClock clock = new ManualClock(Instant.parse("2026-01-31T23:58:30Z"));
    private final FaultyStore store = new FaultyStore(QuotaStores.inMemory(clock));

    private QuotaService quotas(Quota... quotas) {
        QuotasBuilder builder = Quotas.builder(store).clock(clock);
        for (Quota quota : quotas) {
            builder.quota(quota);
        }
        return builder.build();
    }

    private static List<Long> used(QuotaService quotas) {
        return quotas.peek(KEY).usages().stream().map(QuotaUsage::used).toList();
    }

    @Test
    void anAmountIsCountedUntilTheLimitAndAgainInTheNextWindow() {
        QuotaService quotas = quotas(MONTHLY);
        QuotaDecision first = quotas.consume(KEY, 9);
        assertThat(first.allowed()).isTrue();
        assertThat(first.used()).isEqualTo(9);
        assertThat(first.limit()).isEqualTo(10);
        assertThat(first.remaining()).isEqualTo(1);
        assertThat(first.window().start()).isEqualTo(Instant.parse("2026-01-01T00:00:00Z"));
        assertThat(first.window().end()).isEqualTo(Instant.parse("2026-02-01T00:00:00Z"));
        assertThat(first.retryAfter()).isZero();
        assertThat(first.refusedBy()).isEmpty();

        QuotaDecision refused = quotas.consume(KEY, 2);
        assertThat(refused.allowed()).isFalse();
        assertThat(refused.used()).isEqualTo(9);
        assertThat(refused.retryAfter()).isEqualTo(Duration.ofSeconds(90));
        assertThat(refused.refusedBy()).map(QuotaUsage::quota).contains(MONTHLY);

        clock.advance(Duration.ofSeconds(90));
        assertThat(quotas.consume(KEY, 2).used()).isEqualTo(2);
        assertThat(quotas.consume("another").used()).isEqualTo(1);
    }

    @Test
    void severalQuotasCountAllOrNothing() {
        QuotaService quotas = quotas(MONTHLY, MINUTELY);
        assertThat(quotas.consume(KEY, 4).binding().quota()).isEqualTo(MINUTELY);
        QuotaDecision refused = quotas.consume(KEY);
        assertThat(refused.allowed()).isFalse();
        assertThat(refused.refusedBy()).map(QuotaUsage::quota).contains(MINUTELY);
        assertThat(refused.retryAfter()).isEqualTo(Duration.ofSeconds(30));
        assertThat(used(quotas)).containsExactly(4L, 4L);
        clock.advance(Duration.ofSeconds(30));
        assertThat(quotas.consume(KEY, 4).allowed()).isTrue();
        assertThat(used(quotas)).containsExactly(8L, 4L);
        // Both refuse: to come again helps when the later window ends.
        QuotaDecision both = quotas.consume(KEY, 3);
        assertThat(both.refusedBy()).map(QuotaUsage::quota).contains(MONTHLY);
        assertThat(both.retryAfter()).isEqualTo(Duration.ofSeconds(60));
    }

    @Test
    void moreThanTheLimitIsRefusedForEver() {
        QuotaDecision refused = quotas(MONTHLY, MINUTELY).consume(KEY, 5);
        assertThat(refused.retryAfter()).isEqualTo(QuotaDecision.NEVER);
        assertThat(refused.refusedBy()).map(QuotaUsage::quota).contains(MINUTELY);
        assertThat(quotas(Quota.of("none", 0, CalendarWindow.daily()))
                        .consume(KEY)
                        .retryAfter())
                .isEqualTo(QuotaDecision.NEVER);
    }

    @Test
    void whatIsReservedCanBeCorrectedOnceInItsOwnWindow() {
        QuotaService quotas = quotas(MONTHLY);
        QuotaReservation reserved = quotas.reserve(KEY, 8);
        assertThat(reserved.allowed()).isTrue();
        assertThat(quotas.reserve(KEY, 8).allowed()).isFalse();
        assertThat(reserved.commit(5)).isTrue();
        assertThat(reserved.commit(1)).isFalse();
        assertThat(reserved.cancel()).isFalse();
        assertThat(used(quotas)).containsExactly(5L);

        // More than was reserved has been used, and is charged beyond the limit.
        assertThat(quotas.reserve(KEY, 5).commit(7)).isTrue();
        assertThat(used(quotas)).containsExactly(12L);
        assertThat(quotas.peek(KEY).remaining()).isZero();
        assertThat(quotas.consume(KEY).allowed()).isFalse();

        quotas.reset(KEY);
        QuotaReservation late = quotas.reserve(KEY, 3);
        Instant january = clock.instant();
        clock.advance(Duration.ofMinutes(5));
        quotas.consume(KEY, 2);
        assertThat(late.cancel()).isTrue();
        assertThat(used(quotas)).containsExactly(2L);
        clock.set(january);
        assertThat(used(quotas)).containsExactly(0L);
    }

    @Test
    void aReservationThatIsClosedWithoutACommitIsCancelled() {
        QuotaService quotas = quotas(MONTHLY);
        try (QuotaReservation reserved = quotas.reserve(KEY, 4)) {
            assertThat(reserved.allowed()).isTrue();
        }
        try (QuotaReservation reserved = quotas.reserve(KEY, 4)) {
            assertThat(reserved.commit()).isTrue();
        }
        try (QuotaReservation reserved = quotas.reserve(KEY, 7)) {
            assertThat(reserved.allowed()).isFalse();
            assertThat(reserved.commit(3)).isFalse();
        }
        assertThat(used(quotas)).containsExactly(4L);
    }

    @Test
    void whatIsGivenBackGoesDownToZero() {
        QuotaService quotas = quotas(MONTHLY, MINUTELY);
        quotas.consume(KEY, 3);
        assertThat(quotas.decrement(KEY, 2)).extracting(QuotaUsage::used).containsExactly(1L, 1L);
        assertThat(quotas.decrement(KEY, 2)).extracting(QuotaUsage::used).containsExactly(0L, 0L);
        quotas.consume(KEY, 3);
        quotas.reset(KEY);
        assertThat(used(quotas)).containsExactly(0L, 0L);
    }

    @Test
    void lookingCountsNothing() {
        QuotaService quotas = quotas(MONTHLY);
        assertThat(quotas.peek(KEY, 10).allowed()).isTrue();
        assertThat(quotas.peek(KEY, 11).retryAfter()).isEqualTo(QuotaDecision.NEVER);
        quotas.consume(KEY, 10);
        assertThat(quotas.peek(KEY).retryAfter()).isEqualTo(Duration.ofSeconds(90));
        assertThat(used(quotas)).containsExactly(10L);
    }

    @Test
    void quotasChangeOnTheNextCall() {
        QuotaService quotas = quotas(MONTHLY);
        quotas.consume(KEY, 10);
        quotas.update(Quota.of("calls-a-month", 12, CalendarWindow.monthly()));
        assertThat(quotas.consume(KEY, 2).used()).isEqualTo(12);
        quotas.update(Quota.of("calls-a-month", 5, CalendarWindow.monthly()), MINUTELY);
        assertThat(quotas.consume(KEY).allowed()).isFalse();
        assertThat(used(quotas)).containsExactly(12L, 0L);
        assertThat(quotas.quotas()).hasSize(2);
    }

    @Test
    void sharesAreToldOnceAKeyAndWindow() {
        List<String> told = new ArrayList<>();
        QuotaService quotas = Quotas.builder(store)
                .clock(clock)
                .quota(MONTHLY)
                .listener((key, percent, usage) -> told.add(key + " " + percent + " " + usage.used()), 100, 80, 50)
                .build();
        for (int i = 0; i < 12; i++) {
            quotas.consume(KEY);
        }
        assertThat(told).containsExactly("customer 50 5", "customer 80 8", "customer 100 10");
        told.clear();
        quotas.consume("another", 9);
        assertThat(told).containsExactly("another 50 9", "another 80 9");
        told.clear();
        clock.advance(Duration.ofMinutes(2));
        quotas.consume(KEY, 5);
        quotas.decrement(KEY, 5);
        quotas.consume(KEY, 5);
        assertThat(told).as("once more after it was given back").containsExactly("customer 50 5", "customer 50 5");
    }

    @Test
    void aListenerThatThrowsChangesNothing() {
        QuotaService quotas = Quotas.builder(store)
                .quota(MONTHLY)
                .listener(
                        (key, percent, usage) -> {
                            throw new IllegalStateException("out of order");
                        },
                        10)
                .build();
        assertThat(quotas.consume(KEY).allowed()).isTrue();
    }

    @Test
    void troubleIsNoRefusal() {
        QuotaService quotas = quotas(MONTHLY);
        store.next(Fault.REFUSE, Fault.LOSE_REPLY, Fault.LOSE_OUTCOMES, Fault.LOSE_CALL, Fault.BREAK);
        assertThatThrownBy(() -> quotas.consume(KEY))
                .isInstanceOfSatisfying(
                        QuotaUnavailableException.class,
                        e -> assertThat(e.certainty()).isEqualTo(Certainty.NOT_APPLIED));
        for (int i = 0; i < 4; i++) {
            assertThatThrownBy(() -> quotas.consume(KEY))
                    .isInstanceOfSatisfying(
                            QuotaUnavailableException.class,
                            e -> assertThat(e.certainty()).isEqualTo(Certainty.INDETERMINATE));
        }
        assertThat(used(quotas)).containsExactly(2L);
    }

    @Test
    void whatCannotCountTwiceIsTriedAgain() {
        QuotaService quotas = Quotas.builder(store)
                .clock(clock)
                .quota(MONTHLY)
                .quota(MINUTELY)
                .retries(2)
                .deadline(Duration.ofSeconds(10))
                .build();
        store.next(Fault.LOSE_REPLY, Fault.LOSE_OUTCOMES);
        assertThat(quotas.consume(KEY, 2).allowed()).isTrue();
        assertThat(used(quotas)).containsExactly(2L, 2L);
        store.next(Fault.LOSE_REPLY, Fault.REFUSE, Fault.REFUSE);
        assertThatThrownBy(() -> quotas.consume(KEY))
                .isInstanceOfSatisfying(
                        QuotaUnavailableException.class,
                        e -> assertThat(e.certainty()).isEqualTo(Certainty.INDETERMINATE));
        assertThat(used(quotas)).containsExactly(3L, 3L);
        store.next(Fault.LOSE_REPLY);
        quotas.decrement(KEY, 1);
        assertThat(used(quotas)).containsExactly(2L, 2L);
    }

    @Test
    void withoutRetriesNothingIsTriedAgain() {
        QuotaService quotas = quotas(MONTHLY);
        store.next(Fault.REFUSE);
        assertThatThrownBy(() -> quotas.consume(KEY)).isInstanceOf(QuotaUnavailableException.class);
        assertThat(store.calls()).isEqualTo(1);
    }

    @Test
    void aReservationThatCouldNotBeGivenBackMayBeTriedAgain() {
        QuotaService quotas = quotas(MONTHLY);
        QuotaReservation reserved = quotas.reserve(KEY, 5);
        store.next(Fault.REFUSE);
        assertThatThrownBy(reserved::cancel).isInstanceOf(QuotaUnavailableException.class);
        assertThat(reserved.cancel()).isTrue();
        assertThat(used(quotas)).containsExactly(0L);

        // The store knows the operation again, so it counts once.
        QuotaReservation doubtful = quotas.reserve(KEY, 5);
        store.next(Fault.LOSE_REPLY);
        assertThatThrownBy(doubtful::cancel).isInstanceOf(QuotaUnavailableException.class);
        assertThat(doubtful.cancel()).isTrue();
        assertThat(doubtful.cancel()).isFalse();
        assertThat(used(quotas)).containsExactly(0L);

        QuotaReservation closed = quotas.reserve(KEY, 5);
        store.next(Fault.REFUSE);
        closed.close();
        assertThat(closed.cancel()).isFalse();
        assertThat(used(quotas)).containsExactly(5L);
    }

    @Test
    void theAsynchronousTwinAnswersTheSame() {
        QuotaService quotas = quotas(MONTHLY);
        var later = quotas.async(Runnable::run);
        assertThat(later.consume(KEY, 4).toCompletableFuture().join().used()).isEqualTo(4);
        AsyncQuotaReservation reserved =
                later.reserve(KEY, 3).toCompletableFuture().join();
        assertThat(reserved.cancel().toCompletableFuture().join()).isTrue();
        assertThat(later.peek(KEY, 7).toCompletableFuture().join().allowed()).isFalse();
        assertThat(later.decrement(KEY, 1).toCompletableFuture().join())
                .extracting(QuotaUsage::used)
                .containsExactly(3L);
        later.reset(KEY).toCompletableFuture().join();
        assertThat(later.consume(KEY).toCompletableFuture().join().used()).isEqualTo(1);

        store.next(Fault.LOSE_CALL);
        var failed = later.consume(KEY).toCompletableFuture();
        assertThatThrownBy(failed::join)
                .isInstanceOf(CompletionException.class)
                .hasCauseInstanceOf(QuotaUnavailableException.class);
        var full = quotas.async(call -> {
            throw new RejectedExecutionException("full");
        });
        assertThatThrownBy(() -> full.consume(KEY).toCompletableFuture().join())
                .hasCauseInstanceOf(QuotaUnavailableException.class);
        assertThatThrownBy(() -> later.consume(KEY, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> later.consume("")).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1, Long.MIN_VALUE})
    void anAmountIsAtLeastOne(long amount) {
        QuotaService quotas = quotas(MONTHLY);
        assertThatThrownBy(() -> quotas.consume(KEY, amount)).hasMessageContaining("amount must be at least 1");
        assertThatThrownBy(() -> quotas.reserve(KEY, amount)).hasMessageContaining("amount must be at least 1");
        assertThatThrownBy(() -> quotas.peek(KEY, amount)).hasMessageContaining("amount must be at least 1");
        assertThatThrownBy(() -> quotas.decrement(KEY, amount)).hasMessageContaining("amount must be at least 1");
        assertThatThrownBy(() -> quotas.reserve(KEY, 1).commit(-1)).hasMessageContaining("at least 0");
        assertThat(used(quotas)).containsExactly(1L);
    }

    @Test
    void theLargestAmountsDoNotOverflow() {
        QuotaService quotas = quotas(Quota.of("bytes", Long.MAX_VALUE, CalendarWindow.yearly()));
        assertThat(quotas.consume(KEY, Long.MAX_VALUE - 1).allowed()).isTrue();
        assertThat(quotas.consume(KEY, Long.MAX_VALUE).allowed()).isFalse();
        assertThat(quotas.consume(KEY).allowed()).isTrue();
        assertThat(quotas.consume(KEY).allowed()).isFalse();
        assertThat(quotas.peek(KEY).binding().percent()).isEqualTo(100);
        quotas.reset(KEY);
        assertThat(used(quotas)).containsExactly(0L);
        quotas.reserve(KEY, 1).commit(Long.MAX_VALUE);
        assertThat(used(quotas)).containsExactly(Long.MAX_VALUE);
    }

    @Test
    void keysAreAnyCharactersOfAnyLengthAndCountedApart() {
        QuotaService quotas = quotas(MONTHLY);
        assertThatThrownBy(() -> quotas.consume(""))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("the key of a quota is empty");
        String longest = "k".repeat(255);
        List<String> keys = List.of(
                longest,
                longest + "k",
                longest + "kk",
                "ü".repeat(128),
                "a/b",
                "a%2Fb",
                "a b",
                "a\u0000",
                "a'; DROP TABLE x",
                "\uD800",
                "\uDC00",
                "{a}",
                "ä",
                "a\u0308");
        for (String key : keys) {
            assertThat(quotas.consume(key).used()).as(key).isEqualTo(1);
        }
    }

    @Test
    void wrongSettingsAreSaid() {
        QuotasBuilder builder = Quotas.builder(store);
        assertThatThrownBy(builder::build).hasMessageContaining("call quota(...) or plans(...) before build()");
        assertThatThrownBy(() -> builder.deadline(Duration.ZERO)).hasMessageContaining("more than zero");
        assertThatThrownBy(() -> builder.retries(-1)).hasMessageContaining("0 to 10");
        assertThatThrownBy(() -> builder.listener((k, p, u) -> {})).hasMessageContaining("such as 80, 100");
        assertThatThrownBy(() -> builder.listener((k, p, u) -> {}, 101)).hasMessageContaining("1 to 100");
        assertThatThrownBy(() -> builder.quota(MONTHLY).quota(MONTHLY).build())
                .hasMessageContaining("two named calls-a-month");
    }

    @Test
    void aStoreIsNotClosedByItsService() {
        QuotaStore own = QuotaStores.inMemory();
        Quotas.of(own, MONTHLY).consume(KEY);
        assertThat(Quotas.of(own, MONTHLY).consume(KEY).used()).isEqualTo(2);
    }
}
