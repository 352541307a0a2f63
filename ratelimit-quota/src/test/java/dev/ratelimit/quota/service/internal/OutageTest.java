package dev.ratelimit.quota.service.internal;

import static dev.ratelimit.quota.service.internal.ServiceOnTrial.DAILY;
import static dev.ratelimit.quota.service.internal.ServiceOnTrial.MINUTELY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ratelimit.Certainty;
import dev.ratelimit.DecisionSource;
import dev.ratelimit.WhenUnavailable;
import dev.ratelimit.quota.CalendarWindow;
import dev.ratelimit.quota.Quota;
import dev.ratelimit.quota.QuotaDecision;
import dev.ratelimit.quota.QuotaService;
import dev.ratelimit.quota.QuotaUnavailableException;
import dev.ratelimit.testing.FaultyStore.Fault;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What each choice allows while the store is away, and what is counted when it is back. */
class OutageTest {

    private static final Duration PROBED = Duration.ofSeconds(4);

    private final ServiceOnTrial trial = new ServiceOnTrial();

    /** Has the store fail until its breaker has opened; says how many calls of the store that took. */
    private int untilOpen(QuotaService quotas) {
        int before = trial.store.calls();
        for (int i = 0; i < 20; i++) {
            try {
                quotas.peek("another");
            } catch (QuotaUnavailableException e) {
                assertThat(e.getMessage()).contains("store");
            }
            trial.advance(Duration.ofMillis(50));
        }
        return trial.store.calls() - before;
    }

    @Test
    void failingIsTheDefaultAndSaysWhatIsKnown() {
        QuotaService quotas = trial.service(WhenUnavailable.fail(), DAILY);
        trial.store.next(Fault.LOSE_REPLY);
        assertThatThrownBy(() -> quotas.consume("key"))
                .isInstanceOfSatisfying(
                        QuotaUnavailableException.class,
                        e -> assertThat(e.certainty()).isEqualTo(Certainty.INDETERMINATE));
        trial.store.beginOutage(Fault.LOSE_CALL);
        untilOpen(quotas);
        int calls = trial.store.calls();
        // Not called, so certainly not counted.
        assertThatThrownBy(() -> quotas.consume("key"))
                .isInstanceOfSatisfying(
                        QuotaUnavailableException.class,
                        e -> assertThat(e.certainty()).isEqualTo(Certainty.NOT_APPLIED))
                .hasMessageContaining("has not answered for some time: the call was lost");
        assertThat(trial.store.calls()).isEqualTo(calls);
        trial.store.endOutage();
        trial.advance(PROBED);
        assertThat(quotas.consume("key").used()).isEqualTo(2);
    }

    @Test
    void denyingIsNoRefusalByAQuota() {
        QuotaService quotas = trial.service(WhenUnavailable.deny(), DAILY, MINUTELY);
        trial.store.beginOutage(Fault.REFUSE);
        QuotaDecision closed = quotas.consume("key", 1);
        assertThat(closed.allowed()).isFalse();
        assertThat(closed.source()).isEqualTo(DecisionSource.CLOSED);
        assertThat(closed.refusedBy()).isEmpty();
        assertThat(closed.retryAfter()).isEqualTo(Duration.ofSeconds(2));
        assertThat(quotas.peek("key").source()).isEqualTo(DecisionSource.CLOSED);
        assertThat(quotas.reserve("key", 1).allowed()).isFalse();
        trial.store.endOutage();
        assertThat(quotas.consume("key").source()).isEqualTo(DecisionSource.STORE);
        assertThat(trial.counted(DAILY)).isEqualTo(1);
    }

    @Test
    void whatIsAllowedIsCountedWhenTheStoreIsBack() {
        QuotaService quotas = trial.service(WhenUnavailable.allow(), DAILY, MINUTELY);
        quotas.consume("key", 20);
        trial.store.beginOutage(Fault.REFUSE);
        for (int i = 1; i <= 20; i++) {
            QuotaDecision open = quotas.consume("key", 10);
            assertThat(open.allowed()).isTrue();
            assertThat(open.source()).isEqualTo(DecisionSource.OPEN);
            assertThat(open.usages().get(0).used()).isEqualTo(10L * i);
        }
        untilOpen(quotas);
        quotas.consume("key", 5);
        assertThat(trial.counted(DAILY)).isEqualTo(20);
        // No store is needed to refuse what no window ever has.
        assertThat(quotas.consume("key", 31).retryAfter()).isEqualTo(QuotaDecision.NEVER);
        trial.store.endOutage();
        trial.advance(PROBED);
        assertThat(trial.counted(DAILY)).isEqualTo(225);
        assertThat(trial.counted(MINUTELY)).isEqualTo(225);
        assertThat(quotas.consume("key").source()).isEqualTo(DecisionSource.STORE);
        assertThat(quotas.consume("key").allowed()).isFalse();
        trial.advance(Duration.ofMinutes(1));
        assertThat(trial.counted(DAILY)).isEqualTo(225);
    }

    @Test
    void aShareIsGrantedOnceAKeyAndWindowHoweverManyOutagesThereAre() {
        QuotaService quotas = trial.service(WhenUnavailable.local(0.29), DAILY);
        for (int outage = 0; outage < 3; outage++) {
            trial.store.beginOutage(Fault.REFUSE);
            int granted = 0;
            for (int i = 0; i < 50; i++) {
                QuotaDecision decision = quotas.consume("key");
                assertThat(decision.source())
                        .isEqualTo(decision.allowed() ? DecisionSource.LOCAL : DecisionSource.CLOSED);
                granted += decision.allowed() ? 1 : 0;
            }
            assertThat(granted).isEqualTo(outage == 0 ? 29 : 0);
            assertThat(quotas.peek("key").source()).isEqualTo(DecisionSource.CLOSED);
            assertThat(quotas.consume("another" + outage, 29).source()).isEqualTo(DecisionSource.LOCAL);
            trial.store.endOutage();
            trial.advance(PROBED);
            assertThat(trial.counted(DAILY)).isEqualTo(29);
        }
        trial.advance(Duration.ofDays(1));
        trial.store.beginOutage(Fault.REFUSE);
        assertThat(quotas.consume("key", 29).source()).isEqualTo(DecisionSource.LOCAL);
    }

    @Test
    void whatWasAllowedInAWindowIsCountedInThatWindow() {
        QuotaService quotas = trial.service(WhenUnavailable.allow(), DAILY);
        trial.store.beginOutage(Fault.REFUSE);
        quotas.consume("key", 7);
        trial.advance(Duration.ofHours(12));
        quotas.consume("key", 4);
        trial.store.endOutage();
        trial.advance(PROBED);
        assertThat(trial.counted(DAILY)).isEqualTo(4);
        trial.clock.advance(Duration.ofDays(-1));
        assertThat(trial.counted(DAILY)).isEqualTo(7);
    }

    @Test
    void whatIsPostedWithoutAnAnswerCountsOnce() {
        QuotaService quotas = trial.service(WhenUnavailable.allow(), DAILY);
        trial.store.next(Fault.REFUSE, Fault.LOSE_REPLY, Fault.LOSE_OUTCOMES, Fault.LOSE_CALL);
        quotas.consume("key", 5);
        trial.advance(Duration.ofSeconds(10));
        assertThat(trial.counted(DAILY)).isEqualTo(5);
    }

    @Test
    void anUncertainRequestCountsRatherTwiceThanNever() {
        QuotaService quotas = trial.service(WhenUnavailable.allow(), DAILY);
        trial.store.next(Fault.LOSE_CALL);
        quotas.consume("key", 5);
        trial.store.next(Fault.LOSE_REPLY);
        quotas.consume("key", 3);
        trial.advance(Duration.ofSeconds(10));
        assertThat(trial.counted(DAILY)).isEqualTo(5 + 2 * 3);
    }

    @Test
    void aResetForgivesWhatIsOwed() {
        QuotaService quotas = trial.service(WhenUnavailable.allow(), DAILY);
        trial.store.next(Fault.REFUSE);
        quotas.consume("key", 5);
        quotas.reset("key");
        trial.advance(Duration.ofSeconds(10));
        assertThat(trial.counted(DAILY)).isZero();
        trial.store.beginOutage(Fault.REFUSE);
        assertThatThrownBy(() -> quotas.reset("key")).isInstanceOf(QuotaUnavailableException.class);
        assertThatThrownBy(() -> quotas.decrement("key", 1)).isInstanceOf(QuotaUnavailableException.class);
    }

    @Test
    void aBrownOutDoesNotBurnQuotaCallAfterCall() {
        QuotaService quotas = trial.service(WhenUnavailable.deny(), DAILY);
        // Each call is counted, and answered too late.
        trial.store.latency(Duration.ofMillis(300));
        for (int i = 0; i < 50; i++) {
            assertThat(quotas.consume("key").source()).isEqualTo(DecisionSource.CLOSED);
        }
        // Five failures in a row that last half a second.
        assertThat(trial.counted(DAILY)).isEqualTo(5);
        trial.store.latency(Duration.ofMillis(100));
        trial.advance(PROBED);
        assertThat(quotas.consume("key").used()).isEqualTo(6);
    }

    @Test
    void noCallerProbesAndAnOutageCostsFewCallsOfTheStore() {
        QuotaService quotas = trial.service(WhenUnavailable.fail(), DAILY);
        trial.store.beginOutage(Fault.REFUSE);
        assertThat(untilOpen(quotas)).isBetween(5, 20);
        int before = trial.store.calls();
        for (int i = 0; i < 1_000; i++) {
            assertThatThrownBy(() -> quotas.consume("key")).isInstanceOf(QuotaUnavailableException.class);
        }
        assertThat(trial.store.calls()).isEqualTo(before);
        trial.advance(Duration.ofMinutes(1));
        // One probe each 0.1 to 2 s.
        assertThat(trial.store.calls() - before).isBetween(30, 100);
    }

    @Test
    void wrongArgumentsAreNoFailureOfTheStore() {
        QuotaService quotas = trial.service(WhenUnavailable.deny(), Quota.of("calls", 5, DAILY.window()));
        for (int i = 0; i < 20; i++) {
            assertThatThrownBy(() -> quotas.consume("")).isInstanceOf(IllegalArgumentException.class);
            quotas.consume("key", 6);
            trial.advance(Duration.ofSeconds(1));
        }
        assertThat(quotas.consume("key").source()).isEqualTo(DecisionSource.STORE);
        assertThatThrownBy(() -> WhenUnavailable.local(0)).hasMessageContaining("share must be above 0");
        assertThatThrownBy(() -> WhenUnavailable.local(1.01)).hasMessageContaining("share must be above 0");
        assertThatThrownBy(() -> WhenUnavailable.local(Double.NaN)).hasMessageContaining("share must be above 0");
    }

    @Test
    void aClosedServiceAdmitsNothingWithoutTheStoreAndLeavesNoTask() {
        StoreQuotas quotas = trial.service(WhenUnavailable.allow(), DAILY);
        trial.store.next(Fault.REFUSE, Fault.REFUSE);
        quotas.consume("key", 5);
        quotas.close();
        assertThat(trial.counted(DAILY)).isZero();
        trial.store.next(Fault.REFUSE, Fault.REFUSE);
        assertThat(quotas.consume("key").source()).isEqualTo(DecisionSource.CLOSED);
        assertThat(quotas.peek("key").source()).isEqualTo(DecisionSource.CLOSED);
        trial.advance(Duration.ofMillis(100));
        assertThat(trial.time.pending()).isZero();
        quotas.close();
        assertThat(quotas.statistics().owedCounters()).isZero();
        assertThat(trial.counted(DAILY)).isEqualTo(5);
        assertThat(quotas.consume("key").source()).isEqualTo(DecisionSource.STORE);
    }

    @Test
    void nobodySaysNeverWhereTheCreditIsNotKnown() {
        Quota lifetime = Quota.of("images", 20, CalendarWindow.lifetime());
        trial.service(WhenUnavailable.fail(), lifetime).topUp("key", 1_000);
        for (WhenUnavailable choice : List.of(WhenUnavailable.allow(), WhenUnavailable.local(1))) {
            QuotaService quotas = trial.service(choice, lifetime, DAILY);
            trial.store.beginOutage(Fault.REFUSE);
            for (QuotaDecision decision : List.of(quotas.peek("key", 30), quotas.consume("key", 30))) {
                assertThat(decision.source()).isEqualTo(DecisionSource.CLOSED);
                assertThat(decision.retryAfter()).isEqualTo(Duration.ofSeconds(2));
            }
            assertThat(quotas.consume("key", 5).allowed()).isTrue();
            // Of a window with an end, everybody knows all.
            assertThat(quotas.consume("key", 101).retryAfter()).isEqualTo(QuotaDecision.NEVER);
            trial.store.endOutage();
            assertThat(quotas.consume("key", 30).allowed()).isTrue();
        }
    }

    @Test
    void nobodySaysNeverWhereTheStoreRefusesAndThenDoesNotSayTheCredit() {
        Quota lifetime = Quota.of("images", 20, CalendarWindow.lifetime());
        trial.service(WhenUnavailable.fail(), lifetime).topUp("key", 1_000);
        QuotaService quotas = trial.service(WhenUnavailable.deny(), lifetime, DAILY);
        trial.store.next(Fault.NONE, Fault.REFUSE);
        assertThat(quotas.consume("key", 30).source()).isEqualTo(DecisionSource.CLOSED);
        trial.store.next(Fault.NONE, Fault.REFUSE);
        assertThatThrownBy(() -> quotas.consume("key", 30, "one")).isInstanceOf(QuotaUnavailableException.class);
        assertThat(quotas.consume("key", 30, "one").allowed()).isTrue();
        // The day's refusal is certain, whatever the credit.
        trial.store.next(Fault.NONE, Fault.REFUSE);
        assertThat(quotas.consume("key", 71).refusedBy()).isPresent();
    }
}
