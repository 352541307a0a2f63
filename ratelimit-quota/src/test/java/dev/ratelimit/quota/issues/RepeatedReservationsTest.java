package dev.ratelimit.quota.issues;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ratelimit.quota.CalendarWindow;
import dev.ratelimit.quota.CloseCharges;
import dev.ratelimit.quota.Quota;
import dev.ratelimit.quota.QuotaReservation;
import dev.ratelimit.quota.QuotaService;
import dev.ratelimit.quota.QuotaUnavailableException;
import dev.ratelimit.quota.QuotaUsage;
import dev.ratelimit.quota.service.QuotaStores;
import dev.ratelimit.quota.service.Quotas;
import dev.ratelimit.quota.service.QuotasBuilder;
import dev.ratelimit.testing.FaultyStore;
import dev.ratelimit.testing.FaultyStore.Fault;
import dev.ratelimit.testing.ManualClock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Reservations that are asked for again with their idempotency key, after they have ended in any way. */
@Timeout(60)
class RepeatedReservationsTest {

    private final ManualClock clock = new ManualClock(Instant.parse("2026-03-10T12:00:00Z"));
    private final FaultyStore store = new FaultyStore(QuotaStores.inMemory(clock));
    private final QuotaService one = service(Quota.of("tokens", 1_000, CalendarWindow.monthly()));
    private final QuotaService other = service(Quota.of("tokens", 1_000, CalendarWindow.monthly()));

    private QuotaService service(Quota first, Quota... more) {
        QuotasBuilder builder = Quotas.builder(store).quota(first).clock(clock);
        for (Quota quota : more) {
            builder = builder.quota(quota);
        }
        return builder.build();
    }

    private long used() {
        return one.peek("ada").used();
    }

    @Test
    void afterACloseThatChargedNothingItIsReservedAgain() {
        for (int i = 0; i < 3; i++) {
            one.reserve("ada", 50, "job").close();
            assertThat(used()).as("closed %s times", i + 1).isZero();
            QuotaReservation again = other.reserve("ada", 60, "job");
            assertThat(again.allowed()).isTrue();
            assertThat(used()).as("reserved again").isEqualTo(60);
            assertThat(again.cancel()).isTrue();
            assertThat(used()).isZero();
        }
        QuotaReservation last = one.reserve("ada", 50, "job");
        assertThat(last.commit(40)).isTrue();
        assertThat(used()).isEqualTo(40);
    }

    @Test
    void whatIsReservedAgainIsRefusedWithoutRoom() {
        one.reserve("ada", 50, "job").close();
        one.consume("ada", 990);
        assertThat(other.reserve("ada", 50, "job").allowed()).isFalse();
        assertThat(used()).isEqualTo(990);
    }

    @Test
    void afterACommitItIsAnsweredAsTheFirstTimeAndNeverChargedTwice() {
        assertThat(one.reserve("ada", 50, "job").commit(40)).isTrue();
        one.consume("ada", 960);
        QuotaReservation again = other.reserve("ada", 50, "job");
        assertThat(again.allowed()).as("although nothing is left").isTrue();
        assertThat(used()).isEqualTo(1_000);
        assertThat(again.commit(40)).as("the same, again").isTrue();
        assertThat(other.reserve("ada", 50, "job").commit(45)).isFalse();
        assertThat(other.reserve("ada", 50, "job").cancel()).isFalse();
        other.reserve("ada", 50, "job").closeCharges(CloseCharges.RESERVED).close();
        assertThat(other.resume(other.reserve("ada", 50, "job").handle()).commit(40))
                .as("handed over")
                .isTrue();
        assertThat(used()).isEqualTo(1_000);
    }

    @Test
    void aCommitOfNothingIsACommit() {
        assertThat(one.reserve("ada", 50, "job").commit(0)).isTrue();
        QuotaReservation again = other.reserve("ada", 50, "job");
        assertThat(used()).isZero();
        assertThat(again.commit(30)).isFalse();
        assertThat(used()).isZero();
    }

    @Test
    void aCloseThatChargesIsACommit() {
        one.reserve("ada", 50, "job").closeCharges(CloseCharges.RESERVED).close();
        assertThat(other.reserve("ada", 50, "job").commit(50)).isTrue();
        assertThat(used()).isEqualTo(50);
        try (QuotaReservation nothing = one.reserve("ada", 50, "task").closeCharges(CloseCharges.LAST_REPORTED)) {
            nothing.used(0);
        }
        assertThat(other.reserve("ada", 50, "task").allowed()).isTrue();
        assertThat(used()).as("reserved again").isEqualTo(100);
    }

    @Test
    void whoCommitsWhatAnotherHasClosedIsCharged() {
        QuotaReservation first = one.reserve("ada", 50, "job");
        QuotaReservation second = other.reserve("ada", 50, "job");
        QuotaReservation third = other.reserve("ada", 50, "job");
        first.close();
        assertThat(second.commit(40)).isTrue();
        assertThat(third.commit(30)).as("charged once").isFalse();
        assertThat(used()).isEqualTo(40);
    }

    @Test
    void aStaleObjectAndANewOneAreChargedOnce() {
        QuotaReservation closed = one.reserve("ada", 50, "job");
        QuotaReservation stale = one.reserve("ada", 50, "job");
        closed.close();
        QuotaReservation fresh = other.reserve("ada", 70, "job");
        assertThat(stale.commit(40)).isTrue();
        assertThat(used()).as("and the new one is reserved").isEqualTo(110);
        assertThat(fresh.commit(60)).isFalse();
        assertThat(used()).isEqualTo(40);
        closed.close();
        fresh.close();
        assertThat(used()).isEqualTo(40);
    }

    @Test
    void afterADayACommitIsStillKnown() {
        one.reserve("ada", 50, "job").commit(10);
        for (int day = 0; day < 10; day++) {
            clock.advance(Duration.ofDays(1));
            one.consume("ada", 1, "has the store forget " + day);
        }
        QuotaReservation again = other.reserve("ada", 50, "job");
        assertThat(again.commit(10)).as("ended long ago").isFalse();
        assertThat(used()).isEqualTo(20);
    }

    @Test
    void afterADayAReturnIsStillKnown() {
        one.reserve("ada", 50, "job").close();
        for (int day = 0; day < 3; day++) {
            clock.advance(Duration.ofDays(1));
            one.consume("ada", 1, "has the store forget " + day);
        }
        QuotaReservation again = other.reserve("ada", 50, "job");
        assertThat(used()).isEqualTo(53);
        assertThat(again.commit(40)).isTrue();
        assertThat(used()).isEqualTo(43);
    }

    @Test
    void repliesMayBeLostAtEachStep() {
        List<Fault> faults = List.of(Fault.REFUSE, Fault.LOSE_REPLY, Fault.LOSE_CALL, Fault.LOSE_OUTCOMES, Fault.BREAK);
        for (Fault fault : faults) {
            for (int step = 0; step < 6; step++) {
                one.reset("ada");
                String job = fault + "-" + step;
                failing(step, 0, fault, () -> one.reserve("ada", 50, job));
                one.reserve("ada", 50, job).close();
                failing(step, 2, fault, () -> one.reserve("ada", 60, job).cancel());
                QuotaReservation again = other.reserve("ada", 60, job);
                failing(step, 4, fault, () -> again.commit(70));
                again.close();
                assertThat(other.reserve("ada", 60, job).commit(70)).isTrue();
                assertThat(used()).as("%s at step %s", fault, step).isBetween(70L, step == 2 || step == 3 ? 130L : 70L);
            }
        }
    }

    /** Runs an action whose second or third calls fail: which one is the step less the first. */
    private void failing(int step, int first, Fault fault, Runnable action) {
        if (step < first || step > first + 1) {
            action.run();
            return;
        }
        for (int i = first; i < step; i++) {
            store.next(Fault.NONE);
        }
        if (first == 2) {
            store.next(Fault.NONE, Fault.NONE);
        }
        store.next(fault);
        assertThatThrownBy(action::run).isInstanceOf(QuotaUnavailableException.class);
    }

    @Test
    void eachOfSeveralWindowsIsChargedOnce() {
        QuotaService both = service(
                Quota.of("day", 1_000, CalendarWindow.daily()),
                Quota.of("quarter", 1_000, CalendarWindow.every(15, ChronoUnit.MINUTES)));
        QuotaReservation first = both.reserve("ada", 50, "job");
        clock.advance(Duration.ofMinutes(15));
        QuotaReservation later = both.reserve("ada", 50, "job");
        assertThat(usages(both)).containsExactly(50L, 50L);
        first.close();
        assertThat(usages(both)).as("the later quarter is the later object's").containsExactly(0L, 50L);
        assertThat(later.commit(40)).isTrue();
        assertThat(usages(both)).containsExactly(40L, 40L);
        clock.advance(Duration.ofMinutes(15));
        QuotaReservation third = both.reserve("ada", 50, "job");
        third.close();
        assertThat(usages(both)).containsExactly(40L, 0L);
        assertThat(both.reserve("ada", 50, "job").commit(30)).isTrue();
        assertThat(usages(both)).as("the day once").containsExactly(40L, 30L);
    }

    @Test
    void eachCounterGivesBackWhatItHas() {
        QuotaService both = service(
                Quota.of("day", 1_000, CalendarWindow.daily()),
                Quota.of("quarter", 1_000, CalendarWindow.every(15, ChronoUnit.MINUTES)));
        both.reserve("ada", 30, "job");
        clock.advance(Duration.ofMinutes(15));
        QuotaReservation later = both.reserve("ada", 70, "job");
        assertThat(usages(both)).as("the day had it already").containsExactly(30L, 70L);
        both.consume("ada", 100);
        String handle = later.handle();
        assertThat(both.resume(handle).cancel()).isTrue();
        assertThat(usages(both)).containsExactly(100L, 100L);
    }

    @Test
    void aKeyThatComesEachNightIsChargedEachNight() {
        QuotaService nightly = service(
                Quota.of("day", 1_000, CalendarWindow.daily()), Quota.of("month", 1_000, CalendarWindow.monthly()));
        for (int night = 1; night <= 10; night++) {
            QuotaReservation failed = nightly.reserve("ada", 50, "backup");
            failed.close();
            QuotaReservation tonight = nightly.reserve("ada", 50, "backup");
            assertThat(usages(nightly)).containsExactly(50L, 40L * (night - 1) + 50);
            assertThat(tonight.commit(40)).isTrue();
            assertThat(nightly.reserve("ada", 50, "backup").commit(40)).isTrue();
            assertThat(usages(nightly)).containsExactly(40L, 40L * night);
            clock.advance(Duration.ofDays(1).plusMinutes(1));
            nightly.consume("bob", 1, "has the store forget " + night);
            for (int i = 0; i < 9; i++) {
                nightly.reserve("ada", 1, "forget " + night + i).close();
            }
        }
    }

    @Test
    void aReturnThatALongerWindowHasForgottenIsNotSentByAShorterOne() {
        QuotaService both = service(
                Quota.of("month", 1_000, CalendarWindow.monthly()),
                Quota.of("quarter", 1_000, CalendarWindow.every(15, ChronoUnit.MINUTES)));
        both.reserve("ada", 50, "job");
        clock.advance(Duration.ofMinutes(16));
        QuotaReservation later = both.reserve("ada", 50, "job");
        clock.advance(Duration.ofMinutes(-16));
        assertThat(both.reserve("ada", 50, "job").commit(20)).isTrue();
        clock.advance(Duration.ofHours(25));
        for (int i = 0; i < 9; i++) {
            both.reserve("ada", 1, "forget " + i).close();
        }
        later.close();
        assertThat(usages(both).get(0)).isEqualTo(20);
    }

    @RepeatedTest(50)
    void whateverComesFirstTheCommitIsCharged() throws Exception {
        QuotaReservation closed = one.reserve("ada", 50, "job");
        QuotaReservation committed = other.reserve("ada", 50, "job");
        List<FutureTask<Boolean>> tasks = List.of(
                new FutureTask<>(closed::cancel),
                new FutureTask<>(() -> committed.commit(40)),
                new FutureTask<>(() -> one.reserve("ada", 60, "job").cancel()),
                new FutureTask<>(() -> other.reserve("ada", 70, "job").cancel()));
        tasks.forEach(task -> new Thread(task).start());
        for (FutureTask<Boolean> task : tasks) {
            task.get();
        }
        assertThat(tasks.get(1).get()).isTrue();
        assertThat(used()).isEqualTo(40);
        assertThat(other.reserve("ada", 50, "job").commit(40)).isTrue();
        assertThat(used()).isEqualTo(40);
    }

    @Test
    void theOrderOfTheQuotasDoesNotMatter() {
        Quota day = Quota.of("day", 1_000, CalendarWindow.daily());
        Quota month = Quota.of("month", 1_000, CalendarWindow.monthly());
        service(day, month).reserve("ada", 50, "job").close();
        QuotaService turned = service(month, day);
        QuotaReservation again = turned.reserve("ada", 50, "job");
        assertThat(usages(turned)).containsExactly(50L, 50L);
        assertThat(again.commit(40)).isTrue();
        QuotaReservation third = service(day, month).reserve("ada", 50, "job");
        assertThat(third.commit(45)).isFalse();
        assertThat(usages(turned)).containsExactly(40L, 40L);
    }

    private static List<Long> usages(QuotaService service) {
        return service.peek("ada").usages().stream().map(QuotaUsage::used).toList();
    }

    @Test
    void toConsumeWithTheKeyOfAReservationIsAnotherRequest() {
        one.reserve("ada", 50, "job").close();
        assertThat(one.consume("ada", 50, "job").allowed()).isTrue();
        assertThat(used()).isEqualTo(50);
    }

    @Test
    void aRefusalIsDecidedAnew() {
        assertThat(one.reserve("ada", 5_000, "job").allowed()).isFalse();
        assertThat(one.reserve("ada", 5, "job").allowed()).isTrue();
        assertThat(used()).isEqualTo(5);
    }
}
