package dev.ratelimit.quota.service.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ratelimit.WhenUnavailable;
import dev.ratelimit.quota.CloseCharges;
import dev.ratelimit.quota.QuotaReservation;
import dev.ratelimit.quota.QuotaUnavailableException;
import dev.ratelimit.quota.spi.Capabilities;
import dev.ratelimit.quota.spi.Operation;
import dev.ratelimit.quota.spi.Outcome;
import dev.ratelimit.quota.spi.QuotaStore;
import dev.ratelimit.store.Deadline;
import dev.ratelimit.testing.FaultyStore.Fault;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Reservations that nobody ends are closed when their time is over. */
class TimeToLiveTest {

    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final ServiceOnTrial trial = new ServiceOnTrial();
    private final StoreQuotas quotas = trial.service(WhenUnavailable.fail(), ServiceOnTrial.DAILY);

    private long counted() {
        return trial.counted(ServiceOnTrial.DAILY);
    }

    @Test
    void aReservationIsClosedAfterItsTime() {
        quotas.reserve("key", 5).timeToLive(MINUTE);
        quotas.reserve("key", 3).closeCharges(CloseCharges.RESERVED).timeToLive(MINUTE);
        trial.advance(Duration.ofSeconds(59));
        assertThat(counted()).isEqualTo(8);
        trial.advance(Duration.ofSeconds(1));
        assertThat(counted()).isEqualTo(3);
    }

    @Test
    void oneThatHasEndedIsNot() {
        QuotaReservation ended = quotas.reserve("key", 5).timeToLive(MINUTE);
        ended.commit();
        QuotaReservation handed = quotas.reserve("key", 2).timeToLive(MINUTE);
        String handle = handed.handle();
        trial.advance(MINUTE);
        assertThat(counted()).isEqualTo(7);
        quotas.resume(handle).timeToLive(MINUTE);
        trial.advance(MINUTE);
        assertThat(counted()).as("the resumed one").isEqualTo(5);
        ended.timeToLive(MINUTE);
        trial.advance(MINUTE);
        assertThat(counted()).isEqualTo(5);
    }

    @Test
    void workThatComesBackAfterTheTimeIsCharged() {
        QuotaReservation slow = quotas.reserve("key", 5).timeToLive(MINUTE);
        QuotaReservation resumed =
                quotas.resume(quotas.reserve("key", 6).handle()).timeToLive(MINUTE);
        QuotaReservation repeated = quotas.reserve("key", 7, "job").timeToLive(MINUTE);
        trial.advance(MINUTE);
        assertThat(counted()).isZero();
        long expected = 0;
        for (QuotaReservation each : List.of(slow, resumed, repeated)) {
            each.close();
            assertThat(each.cancel()).as("given back already").isFalse();
            assertThatThrownBy(each::handle).isInstanceOf(IllegalStateException.class);
            trial.store.next(Fault.REFUSE);
            assertThatThrownBy(() -> each.commit(20)).isInstanceOf(QuotaUnavailableException.class);
            assertThat(each.commit(20)).as("used after all").isTrue();
            expected += 20;
            assertThat(each.commit(20)).isFalse();
            each.close();
            assertThat(counted()).isEqualTo(expected);
        }
    }

    @Test
    void whatWasChargedByTheTimeIsNotChargedAgain() {
        QuotaReservation slow =
                quotas.reserve("key", 5).closeCharges(CloseCharges.RESERVED).timeToLive(MINUTE);
        trial.advance(MINUTE);
        assertThat(slow.commit(20)).isFalse();
        assertThat(counted()).isEqualTo(5);
    }

    @Test
    void aTimeThatEndsInTroubleLeavesTheReservationAsItIs() {
        for (Fault fault : List.of(Fault.REFUSE, Fault.LOSE_REPLY, Fault.LOSE_CALL, Fault.BREAK)) {
            quotas.reset("key");
            QuotaReservation slow = quotas.reserve("key", 30).timeToLive(MINUTE);
            QuotaReservation resumed =
                    quotas.resume(quotas.reserve("key", 30).handle()).timeToLive(MINUTE);
            trial.store.next(fault, fault);
            trial.advance(MINUTE);
            assertThat(slow.commit(10)).isTrue();
            assertThat(resumed.commit(10)).isTrue();
            // What was lost on its way back may stay charged.
            assertThat(counted()).as("after %s", fault).isBetween(20L, fault == Fault.REFUSE ? 20L : 50L);
        }
    }

    /** A store that does something first, at the next call. */
    private static final class Meanwhile implements QuotaStore {
        private final QuotaStore store;
        private Runnable next = () -> {};

        Meanwhile(QuotaStore store) {
            this.store = store;
        }

        @Override
        public Capabilities capabilities() {
            return store.capabilities();
        }

        @Override
        public List<Outcome> apply(List<Operation> operations, Deadline deadline) {
            Runnable now = next;
            next = () -> {};
            now.run();
            return store.apply(operations, deadline);
        }

        @Override
        public void close() {
            store.close();
        }
    }

    @Test
    void aCommitThatMeetsTheEndOfTheTimeIsCharged() {
        Meanwhile meanwhile = new Meanwhile(trial.store);
        StoreQuotas service = trial.service(meanwhile, WhenUnavailable.fail(), 0, ServiceOnTrial.DAILY);
        QuotaReservation slow = service.reserve("key", 5);
        QuotaReservation resumed = service.resume(service.reserve("key", 6).handle());
        long expected = 11;
        for (QuotaReservation each : List.of(slow, resumed)) {
            each.timeToLive(MINUTE);
            meanwhile.next = () -> assertThat(each.commit(20)).isTrue();
            trial.advance(MINUTE);
            expected += 20 - (each == slow ? 5 : 6);
            assertThat(counted()).isEqualTo(expected);
            assertThat(each.commit(20)).isFalse();
        }
    }

    @Test
    void theLastTimeThatWasSetHolds() {
        QuotaReservation reserved = quotas.reserve("key", 5).timeToLive(MINUTE);
        trial.advance(Duration.ofSeconds(59));
        reserved.timeToLive(MINUTE);
        trial.advance(Duration.ofSeconds(59));
        assertThat(counted()).isEqualTo(5);
        trial.advance(Duration.ofSeconds(1));
        assertThat(counted()).isZero();
        assertThatThrownBy(() -> reserved.timeToLive(Duration.ZERO)).hasMessageContaining("timeToLive");
    }

    @Test
    void noTaskIsLeftOfOneThatHasEnded() {
        quotas.reserve("key", 5).timeToLive(MINUTE).commit();
        quotas.reserve("key", 5).timeToLive(MINUTE).cancel();
        quotas.reserve("key", 5).timeToLive(MINUTE).close();
        QuotaReservation failing = quotas.reserve("key", 5).timeToLive(MINUTE);
        trial.store.next(Fault.LOSE_CALL, Fault.LOSE_CALL);
        assertThatThrownBy(() -> failing.commit(3)).isInstanceOf(QuotaUnavailableException.class);
        failing.close();
        assertThat(trial.time.pending()).isZero();
    }

    @Test
    void aClosedServiceKeepsNoTask() {
        QuotaReservation reserved = quotas.reserve("key", 5).timeToLive(Duration.ofDays(300));
        quotas.resume(quotas.reserve("key", 2).handle()).timeToLive(Duration.ofDays(300));
        assertThat(trial.time.pending()).isEqualTo(2);
        quotas.close();
        assertThat(trial.time.pending()).isZero();
        // Who has the reservation can end it still.
        reserved.timeToLive(MINUTE);
        assertThat(trial.time.pending()).isZero();
        assertThat(reserved.commit(3)).isTrue();
        assertThat(counted()).isEqualTo(5);
    }
}
