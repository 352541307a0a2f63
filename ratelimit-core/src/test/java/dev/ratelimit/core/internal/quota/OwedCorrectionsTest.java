package dev.ratelimit.core.internal.quota;

import static dev.ratelimit.core.internal.quota.ServiceOnTrial.DAILY;
import static dev.ratelimit.core.internal.quota.ServiceOnTrial.MINUTELY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ratelimit.DecisionSource;
import dev.ratelimit.WhenUnavailable;
import dev.ratelimit.quota.Quota;
import dev.ratelimit.quota.QuotaDecision;
import dev.ratelimit.quota.QuotaService;
import dev.ratelimit.quota.QuotaUnavailableException;
import dev.ratelimit.quota.QuotaUsage;
import dev.ratelimit.testing.FaultyStore.Fault;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Amounts that are owed still, and are given back or reset before the store has counted them. */
class OwedCorrectionsTest {

    private static final Duration POSTED = Duration.ofSeconds(10);

    private final ServiceOnTrial trial = new ServiceOnTrial();

    private long counted() {
        trial.advance(POSTED);
        return trial.counted(DAILY);
    }

    @Test
    void aDecrementOfAnAdmissionTakesOffWhatIsOwed() {
        for (WhenUnavailable choice : List.of(WhenUnavailable.allow(), WhenUnavailable.local(1))) {
            ServiceOnTrial own = new ServiceOnTrial();
            QuotaService quotas = own.service(choice, DAILY);
            own.store.next(Fault.REFUSE);
            QuotaDecision allowed = quotas.consume("key", 50);
            assertThat(quotas.decrement("key", 30, allowed))
                    .extracting(QuotaUsage::used)
                    .containsExactly(0L);
            own.advance(POSTED);
            assertThat(own.counted(DAILY)).isEqualTo(20);
        }
    }

    @Test
    void aDecrementNeedsNoStoreForWhatIsOwed() {
        QuotaService quotas = trial.service(WhenUnavailable.local(0.5), DAILY);
        trial.store.beginOutage(Fault.REFUSE);
        QuotaDecision allowed = quotas.consume("key", 50);
        assertThat(quotas.consume("key", 1).source()).isEqualTo(DecisionSource.CLOSED);
        assertThat(quotas.decrement("key", 30, allowed))
                .extracting(QuotaUsage::used)
                .containsExactly(20L);
        // The share is as large again as what was given back.
        assertThat(quotas.consume("key", 30).source()).isEqualTo(DecisionSource.LOCAL);
        trial.store.endOutage();
        assertThat(counted()).isEqualTo(50);
    }

    @Test
    void whatIsNotOwedComesOffTheStoreOrNothingDoes() {
        QuotaService quotas = trial.service(WhenUnavailable.allow(), DAILY, MINUTELY);
        quotas.consume("key", 20);
        trial.store.beginOutage(Fault.REFUSE);
        quotas.consume("key", 10);
        assertThatThrownBy(() -> quotas.decrement("key", 25)).isInstanceOf(QuotaUnavailableException.class);
        trial.store.endOutage();
        // Nothing is owed less than before, and the next one is whole.
        assertThat(quotas.decrement("key", 25)).extracting(QuotaUsage::used).containsExactly(5L, 5L);
        assertThat(counted()).isEqualTo(5);
    }

    @Test
    void noMoreThanWasOwedComesOffLater() {
        QuotaService quotas = trial.service(WhenUnavailable.allow(), DAILY);
        trial.store.next(Fault.REFUSE);
        quotas.consume("key", 10);
        quotas.decrement("key", 100);
        quotas.consume("key", 40);
        assertThat(counted()).isEqualTo(40);
    }

    @Test
    void aDecrementWhileAPostingIsInDoubtComesAfterIt() {
        for (Fault fault : List.of(Fault.LOSE_CALL, Fault.LOSE_REPLY)) {
            ServiceOnTrial own = new ServiceOnTrial();
            QuotaService quotas = own.service(WhenUnavailable.allow(), DAILY);
            own.store.next(Fault.REFUSE, fault);
            QuotaDecision allowed = quotas.consume("key", 50);
            own.advance(Duration.ofMillis(150));
            quotas.decrement("key", 50, allowed);
            own.advance(POSTED);
            assertThat(own.counted(DAILY)).isZero();
        }
    }

    @Test
    void whatIsInDoubtDoesNotComeBackAfterAReset() {
        for (Fault fault : List.of(Fault.REFUSE, Fault.LOSE_CALL, Fault.LOSE_REPLY)) {
            ServiceOnTrial own = new ServiceOnTrial();
            QuotaService quotas = own.service(WhenUnavailable.allow(), DAILY);
            own.store.next(Fault.REFUSE, fault);
            quotas.consume("key", 50);
            own.advance(Duration.ofMillis(150));
            quotas.reset("key");
            own.advance(POSTED);
            assertThat(own.counted(DAILY)).isZero();
            assertThat(quotas.statistics().owedCounters()).isZero();
        }
    }

    @Test
    void aResetThatFailsForgivesNothing() {
        QuotaService quotas = trial.service(WhenUnavailable.allow(), DAILY);
        trial.store.next(Fault.REFUSE, Fault.LOSE_CALL, Fault.REFUSE);
        quotas.consume("key", 50);
        trial.advance(Duration.ofMillis(150));
        assertThatThrownBy(() -> quotas.reset("key")).isInstanceOf(QuotaUnavailableException.class);
        assertThat(counted()).isEqualTo(50);
    }

    @Test
    void aResetOfAllKeysForgivesWhatTheyOwe() {
        QuotaService quotas = trial.service(WhenUnavailable.allow(), DAILY);
        quotas.consume("key", 10);
        trial.store.next(Fault.REFUSE, Fault.REFUSE, Fault.LOSE_CALL);
        quotas.consume("key", 50);
        // The store does not list this one.
        quotas.consume("another", 50);
        trial.advance(Duration.ofMillis(150));
        Instant today = trial.clock.instant().truncatedTo(ChronoUnit.DAYS);
        assertThat(quotas.operations().resetAll("other", today, trial.clock.instant()))
                .isZero();
        assertThat(quotas.statistics().owedCounters()).isEqualTo(2);
        assertThat(quotas.operations().resetAll("calls", today, trial.clock.instant()))
                .isEqualTo(2);
        assertThat(counted()).isZero();
        assertThat(quotas.peek("another").used()).isZero();
        assertThat(quotas.statistics().owedCounters()).isZero();
    }

    @Test
    void whatIsPrefetchedHereDoesNotComeOffWhatIsUsedAfterAResetOfAllKeys() {
        trial.term = Duration.ofMinutes(1);
        QuotaService quotas = trial.service(WhenUnavailable.fail(), Quota.of("calls", 1_000_000, DAILY.window()));
        for (int i = 0; i < 20; i++) {
            quotas.consume("key", 10);
            trial.advance(Duration.ofMillis(1));
        }
        assertThat(quotas.statistics().prefetchedUnits()).isPositive();
        quotas.operations().resetAll("calls", Instant.EPOCH, Instant.MAX);
        quotas.consume("key", 10);
        trial.advance(Duration.ofMinutes(2));
        assertThat(trial.counted(DAILY)).isEqualTo(10);
    }
}
