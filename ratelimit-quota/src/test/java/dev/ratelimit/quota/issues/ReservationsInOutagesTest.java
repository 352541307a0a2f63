package dev.ratelimit.quota.issues;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ratelimit.Certainty;
import dev.ratelimit.DecisionSource;
import dev.ratelimit.WhenUnavailable;
import dev.ratelimit.quota.CalendarWindow;
import dev.ratelimit.quota.CloseCharges;
import dev.ratelimit.quota.Quota;
import dev.ratelimit.quota.QuotaReservation;
import dev.ratelimit.quota.QuotaService;
import dev.ratelimit.quota.QuotaUnavailableException;
import dev.ratelimit.quota.service.ForgetfulStore;
import dev.ratelimit.quota.service.QuotaStores;
import dev.ratelimit.quota.service.Quotas;
import dev.ratelimit.quota.service.QuotasBuilder;
import dev.ratelimit.quota.spi.Capabilities;
import dev.ratelimit.quota.spi.Operation;
import dev.ratelimit.quota.spi.Outcome;
import dev.ratelimit.quota.spi.QuotaStore;
import dev.ratelimit.store.Deadline;
import dev.ratelimit.testing.FaultyStore;
import dev.ratelimit.testing.FaultyStore.Fault;
import dev.ratelimit.testing.ManualClock;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What reservations charge when the store does not answer, or the work breaks off. */
class ReservationsInOutagesTest {

    private static final String KEY = "customer";
    private static final Quota TOKENS = Quota.of("tokens", 1_000_000, CalendarWindow.daily());
    private static final Quota MONTHLY = Quota.of("tokens-a-month", 9_000_000, CalendarWindow.monthly());

    private final ManualClock clock = new ManualClock(Instant.parse("2026-06-01T12:00:00Z"));
    private final QuotaStore counters = QuotaStores.inMemory(clock);
    private final FaultyStore store = new FaultyStore(counters);
    private final QuotaService quotas = quotas(store);

    /** Says that it remembers no operations. */
    private record WithoutMemory(QuotaStore store) implements QuotaStore {

        @Override
        public Capabilities capabilities() {
            return new Capabilities(false, Capabilities.AtomicGroups.ALL, 10);
        }

        @Override
        public List<Outcome> apply(List<Operation> operations, Deadline deadline) {
            return new ForgetfulStore(store).apply(operations, deadline);
        }

        @Override
        public void close() {
            store.close();
        }
    }

    private QuotasBuilder builder(QuotaStore store) {
        return Quotas.builder(store).quota(TOKENS).clock(clock);
    }

    private QuotaService quotas(QuotaStore store) {
        return builder(store).build();
    }

    private long used() {
        return quotas(counters).peek(KEY).used();
    }

    private static void fails(Runnable call, Certainty certainty, String message) {
        assertThatThrownBy(call::run)
                .isInstanceOfSatisfying(
                        QuotaUnavailableException.class,
                        e -> assertThat(e.certainty()).isEqualTo(certainty))
                .hasMessageContaining("the reservation stays charged")
                .hasMessageContaining(message);
    }

    /** The guide's own pattern: the work is done, and then the pool is busy for a moment. */
    @Test
    void ninetyThousandTokensAreChargedThoughThePoolIsBusyAtTheCommit() {
        assertThatThrownBy(() -> {
                    try (QuotaReservation reserved = quotas.reserve(KEY, 100_000)) {
                        store.next(Fault.REFUSE);
                        reserved.commit(90_000);
                    }
                })
                .isInstanceOf(QuotaUnavailableException.class);
        assertThat(used()).isEqualTo(90_000);
    }

    @Test
    void aCommitThatWasTriedIsNeverRefunded() {
        assertThatThrownBy(() -> {
                    try (QuotaReservation reserved = quotas.reserve(KEY, 100_000)) {
                        store.beginOutage(Fault.REFUSE);
                        reserved.commit(90_000);
                    }
                })
                .isInstanceOf(QuotaUnavailableException.class);
        store.endOutage();
        assertThat(used()).isEqualTo(100_000);

        QuotaReservation reserved = quotas.reserve(KEY, 50_000);
        store.next(Fault.REFUSE);
        fails(
                () -> reserved.commit(40_000),
                Certainty.NOT_APPLIED,
                "nothing was changed; the same call may be repeated");
        assertThat(reserved.cancel()).isFalse();
        assertThat(used()).isEqualTo(150_000);
    }

    @Test
    void aRepeatedCommitCompletesIt() {
        for (Fault fault :
                new Fault[] {Fault.REFUSE, Fault.LOSE_REPLY, Fault.LOSE_CALL, Fault.LOSE_OUTCOMES, Fault.BREAK}) {
            for (long actual : new long[] {90_000, 110_000, 0}) {
                quotas.reset(KEY);
                QuotaReservation reserved = quotas.reserve(KEY, 100_000);
                store.next(fault, fault);
                assertThatThrownBy(() -> reserved.commit(actual)).isInstanceOf(QuotaUnavailableException.class);
                assertThatThrownBy(() -> reserved.commit(actual)).isInstanceOf(QuotaUnavailableException.class);
                assertThat(reserved.commit(actual)).isTrue();
                assertThat(reserved.commit(actual)).isFalse();
                reserved.close();
                assertThat(used()).as("%s, %d", fault, actual).isEqualTo(actual);
            }
        }
    }

    @Test
    void onlyTheSameAmountCanBeCommittedOnceSomethingMayHaveBeenApplied() {
        QuotaReservation reserved = quotas.reserve(KEY, 100_000);
        store.next(Fault.REFUSE, Fault.LOSE_REPLY);
        fails(() -> reserved.commit(80_000), Certainty.NOT_APPLIED, "nothing was changed");
        fails(() -> reserved.commit(90_000), Certainty.INDETERMINATE, "may have been counted");
        assertThatThrownBy(() -> reserved.commit(80_000))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("actual must be 90000");
        assertThatThrownBy(reserved::commit).hasMessageContaining("actual must be 90000");
        assertThat(reserved.commit(90_000)).isTrue();
        assertThat(used()).isEqualTo(90_000);
    }

    @Test
    void ofSeveralQuotasOnlyThoseWithoutAnAnswerAreRepeated() {
        QuotaService two = builder(store).quota(MONTHLY).build();
        QuotaReservation reserved = two.reserve(KEY, 100);
        store.next(Fault.LOSE_OUTCOMES);
        assertThatThrownBy(() -> reserved.commit(150)).isInstanceOf(QuotaUnavailableException.class);
        assertThat(reserved.commit(150)).isTrue();
        assertThat(two.peek(KEY).usages()).allMatch(usage -> usage.used() == 150);
    }

    @Test
    void whereTheStoreRemembersNothingInDoubtIsStrict() {
        FaultyStore forgetful = new FaultyStore(new WithoutMemory(counters));
        QuotaService strict = quotas(forgetful);
        QuotaReservation refund = strict.reserve(KEY, 100);
        forgetful.next(Fault.LOSE_CALL);
        fails(() -> refund.commit(90), Certainty.INDETERMINATE, "the refund is given up");
        assertThat(refund.commit(90)).isFalse();
        assertThat(used()).isEqualTo(100);

        QuotaReservation charge = strict.reserve(KEY, 100);
        forgetful.next(Fault.LOSE_REPLY);
        fails(() -> charge.commit(110), Certainty.INDETERMINATE, "the same call may be repeated");
        assertThat(charge.commit(110)).isTrue();
        // Ten were counted twice: too strict, never too generous.
        assertThat(used()).isEqualTo(220);
    }

    @Test
    void whatAReservationChargesThatBreaksOffIsAChoice() {
        QuotaService streams =
                builder(store).closeCharges(CloseCharges.LAST_REPORTED).build();
        try (QuotaReservation reserved = streams.reserve(KEY, 4_096)) {
            reserved.used(100);
            reserved.used(1_500);
        }
        assertThat(used()).isEqualTo(1_500);
        try (QuotaReservation reserved = streams.reserve(KEY, 4_096)) {
            reserved.used(5_000);
        }
        assertThat(used()).isEqualTo(6_500);
        try (QuotaReservation reserved = streams.reserve(KEY, 4_096)) {
            assertThat(reserved.allowed()).isTrue();
        }
        assertThat(used()).isEqualTo(6_500);
        try (QuotaReservation reserved = streams.reserve(KEY, 4_096).closeCharges(CloseCharges.RESERVED)) {
            reserved.used(1);
        }
        assertThat(used()).isEqualTo(10_596);
        try (QuotaReservation reserved = streams.reserve(KEY, 4_096).closeCharges(CloseCharges.NOTHING)) {
            reserved.used(1);
        }
        assertThat(used()).isEqualTo(10_596);
        try (QuotaReservation reserved = streams.reserve(KEY, 4_096)) {
            reserved.used(4_000);
            reserved.commit(7);
        }
        assertThat(used()).isEqualTo(10_603);
        assertThatThrownBy(() -> streams.reserve(KEY, 1).used(-1)).hasMessageContaining("soFar must be at least 0");
    }

    @Test
    void aReportIsChargedThoughTheStoreFailsOnceAtTheEnd() {
        QuotaReservation reserved = quotas.reserve(KEY, 4_096).closeCharges(CloseCharges.LAST_REPORTED);
        reserved.used(1_500);
        store.next(Fault.REFUSE);
        reserved.close();
        // It stays charged as it was reserved: in doubt, strict.
        assertThat(used()).isEqualTo(4_096);
    }

    @Test
    void whatIsAllowedInAnOutageIsCorrectedThere() {
        try (QuotaService open =
                builder(store).whenUnavailable(WhenUnavailable.allow()).build()) {
            store.beginOutage(Fault.REFUSE);
            QuotaReservation reserved = open.reserve(KEY, 100_000);
            assertThat(reserved.decision().source()).isEqualTo(DecisionSource.OPEN);
            QuotaReservation second = open.reserve(KEY, 10_000);
            assertThat(reserved.commit(90_000)).isTrue();
            second.close();
            assertThat(used()).isZero();
            store.endOutage();
        }
        assertThat(used()).isEqualTo(90_000);
    }

    @Test
    void aCommitIsOwedWhereAdmissionsAre() {
        try (QuotaService open =
                builder(store).whenUnavailable(WhenUnavailable.local(0.5)).build()) {
            QuotaReservation charge = open.reserve(KEY, 100);
            QuotaReservation refund = open.reserve("another", 100);
            QuotaReservation doubtful = open.reserve("third", 100);
            store.beginOutage(Fault.REFUSE);
            assertThat(charge.commit(130)).isTrue();
            assertThat(refund.commit(70)).isTrue();
            store.next(Fault.LOSE_CALL);
            fails(() -> doubtful.commit(70), Certainty.INDETERMINATE, "may have been counted");
            store.endOutage();
        }
        assertThat(used()).isEqualTo(130);
        assertThat(quotas.peek("another").used()).isEqualTo(70);
        assertThat(quotas.peek("third").used()).isEqualTo(100);
    }
}
