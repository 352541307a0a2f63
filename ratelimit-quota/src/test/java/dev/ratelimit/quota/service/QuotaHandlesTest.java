package dev.ratelimit.quota.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ratelimit.quota.AsyncQuotaReservation;
import dev.ratelimit.quota.CalendarWindow;
import dev.ratelimit.quota.CloseCharges;
import dev.ratelimit.quota.Quota;
import dev.ratelimit.quota.QuotaDecision;
import dev.ratelimit.quota.QuotaReservation;
import dev.ratelimit.quota.QuotaService;
import dev.ratelimit.quota.QuotaUnavailableException;
import dev.ratelimit.quota.QuotaUsage;
import dev.ratelimit.quota.spi.Capabilities;
import dev.ratelimit.quota.spi.Capabilities.AtomicGroups;
import dev.ratelimit.quota.spi.Operation;
import dev.ratelimit.quota.spi.Outcome;
import dev.ratelimit.quota.spi.QuotaStore;
import dev.ratelimit.store.Deadline;
import dev.ratelimit.testing.FaultyStore;
import dev.ratelimit.testing.FaultyStore.Fault;
import dev.ratelimit.testing.ManualClock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Reservations that another process ends, and requests that are asked for twice and counted once. */
@Timeout(60)
class QuotaHandlesTest {

    private final ManualClock clock = new ManualClock(Instant.parse("2026-03-10T23:59:00Z"));
    private final FaultyStore store = new FaultyStore(QuotaStores.inMemory(clock));
    private final QuotaService front = service(store);
    private final QuotaService worker = service(store);

    private QuotaService service(QuotaStore store) {
        return Quotas.builder(store)
                .quota(Quota.of("tokens", 1_000, CalendarWindow.daily()))
                .quota(Quota.of("in-a-quarter", 5_000, CalendarWindow.every(15, ChronoUnit.MINUTES)))
                .history(Duration.ofDays(1))
                .clock(clock)
                .build();
    }

    private long used() {
        return front.peek("a/b c").used();
    }

    @Test
    void aWorkerEndsWhatTheFrontReserved() {
        QuotaReservation reserved = front.reserve("a/b c", 100);
        String handle = reserved.handle();
        assertThat(handle).matches("[A-Za-z0-9_-]{50,600}");
        assertThat(reserved.commit(5)).as("handed over").isFalse();
        reserved.close();
        assertThat(used()).isEqualTo(100);
        QuotaReservation resumed = worker.resume(handle);
        assertThat(resumed.allowed()).isTrue();
        assertThat(resumed.decision().usages()).extracting(QuotaUsage::used).containsExactly(100L, 100L);
        assertThat(resumed.decision().usages().get(1).quota().window().length()).isEqualTo("15m");
        clock.advance(Duration.ofMinutes(2));
        assertThat(resumed.commit(30)).isTrue();
        assertThat(used()).as("of the new day").isZero();
        assertThat(front.operations().usageBefore("a/b c"))
                .extracting(QuotaUsage::used)
                .containsExactly(30L, 30L);
        assertThat(resumed.commit(30)).isFalse();
    }

    @Test
    void theFirstThatEndsItSaysWhatIsCharged() {
        String handle = front.reserve("a/b c", 100).handle();
        assertThat(worker.resume(handle).commit(130)).isTrue();
        assertThat(front.resume(handle).commit(70))
                .as("another has said otherwise")
                .isFalse();
        assertThat(front.resume(handle).commit(130))
                .as("the same, delivered twice")
                .isTrue();
        worker.resume(handle).close();
        assertThat(worker.resume(handle).cancel()).isFalse();
        assertThat(used()).isEqualTo(130);
        String kept = front.reserve("a/b c", 10).handle();
        assertThat(worker.resume(kept).commit()).isTrue();
        assertThat(worker.resume(kept).cancel()).isFalse();
        assertThat(used()).isEqualTo(140);
    }

    @Test
    void closingChargesWhatWasChosen() {
        String handle = front.reserve("a/b c", 100).handle();
        try (QuotaReservation resumed = worker.resume(handle).closeCharges(CloseCharges.LAST_REPORTED)) {
            resumed.used(40);
        }
        assertThat(used()).isEqualTo(40);
        worker.resume(front.reserve("a/b c", 100).handle()).close();
        assertThat(used()).as("nothing, unless chosen").isEqualTo(40);
        String again = worker.resume(front.reserve("a/b c", 1).handle()).handle();
        assertThat(front.resume(again).commit(2)).as("handed on").isTrue();
    }

    @Test
    void aWorkerThatDiesBetweenItsCallsIsFollowedByAnother() {
        for (Fault fault : List.of(Fault.REFUSE, Fault.LOSE_REPLY, Fault.LOSE_CALL, Fault.LOSE_OUTCOMES)) {
            front.reset("a/b c");
            String handle = front.reserve("a/b c", 100).handle();
            store.next(fault);
            assertThatThrownBy(() -> worker.resume(handle).commit(30)).isInstanceOf(QuotaUnavailableException.class);
            store.next(Fault.NONE, fault);
            assertThatThrownBy(() -> worker.resume(handle).commit(30)).isInstanceOf(QuotaUnavailableException.class);
            assertThat(front.resume(handle).commit(30)).isTrue();
            assertThat(used()).as("after %s", fault).isEqualTo(30);
        }
    }

    @Test
    void aCommitThatFailedIsNeverRefundedByTheObjectThatTriedIt() {
        for (Fault fault : List.of(Fault.REFUSE, Fault.LOSE_REPLY, Fault.LOSE_CALL, Fault.BREAK)) {
            front.reset("a/b c");
            QuotaReservation idempotent = front.reserve("a/b c", 80, "job " + fault);
            try (QuotaReservation closed =
                            worker.resume(front.reserve("a/b c", 80).handle());
                    idempotent) {
                for (QuotaReservation reserved : List.of(closed, idempotent)) {
                    store.next(fault);
                    assertThatThrownBy(() -> reserved.commit(60)).isInstanceOf(QuotaUnavailableException.class);
                    assertThat(reserved.cancel()).as("a commit was tried").isFalse();
                    assertThatThrownBy(reserved::handle).isInstanceOf(IllegalStateException.class);
                }
                assertThat(used()).as("before it is closed, after %s", fault).isEqualTo(160);
            }
            assertThat(used()).as("after %s", fault).isEqualTo(120);
        }
        QuotaReservation unanswered = worker.resume(front.reserve("bob", 80).handle());
        store.next(Fault.REFUSE, Fault.REFUSE);
        assertThatThrownBy(unanswered::commit).isInstanceOf(QuotaUnavailableException.class);
        unanswered.close();
        unanswered.close();
        assertThat(front.peek("bob").used()).as("kept").isEqualTo(80);
    }

    @RepeatedTest(20)
    void allThatEndItAgreeOnTheFirst() throws Exception {
        String handle = front.reserve("a/b c", 100).handle();
        List<FutureTask<Boolean>> tasks = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            long actual = 10L * i;
            tasks.add(new FutureTask<>(() -> worker.resume(handle).commit(actual)));
        }
        tasks.forEach(task -> new Thread(task).start());
        List<Long> won = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            if (tasks.get(i).get()) {
                won.add(10L * i);
            }
        }
        assertThat(won).hasSize(1);
        assertThat(used()).isEqualTo(won.get(0));
    }

    @Test
    void aRequestThatIsAskedForTwiceIsCountedOnce() {
        assertThat(front.consume("a/b c", 10, "order-1").used()).isEqualTo(10);
        assertThat(worker.consume("a/b c", 10, "order-1").used()).isEqualTo(10);
        assertThat(worker.consume("a/b c", 99, "order-1").allowed()).isTrue();
        assertThat(worker.consume("a/b c", 10, "order-2").used()).isEqualTo(20);
        assertThat(worker.consume("bob", 10, "order-1").used())
                .as("of another key")
                .isEqualTo(10);
        store.next(Fault.LOSE_REPLY);
        assertThatThrownBy(() -> front.consume("a/b c", 5, "order-3")).isInstanceOf(QuotaUnavailableException.class);
        assertThat(front.consume("a/b c", 5, "order-3").used()).isEqualTo(25);
        assertThat(front.consume("a/b c", 990, "order-4").allowed()).isFalse();
        front.decrement("a/b c", 20);
        assertThat(front.consume("a/b c", 990, "order-4").allowed())
                .as("decided anew")
                .isTrue();
        assertThatThrownBy(() -> front.consume("a/b c", 1, "")).hasMessageContaining("idempotencyKey is empty");
    }

    @Test
    void idempotencyKeysThatAreNotEqualAreNeverOne() {
        List<String> different =
                List.of("\uD800", "\uD801", "\uDC00", "\uFFFD", "?", "\uD83D\uDE00", "a\uD800", "a\uD801");
        for (String idempotencyKey : different) {
            front.consume("a/b c", 1, idempotencyKey);
        }
        assertThat(used()).isEqualTo(different.size());
        for (String key : different) {
            assertThat(front.consume(key, 1, "order").used()).as(key).isEqualTo(1);
        }
        assertThat(front.consume("ab", 1, "c").used()).isEqualTo(1);
        assertThat(front.consume("a", 1, "bc").used()).isEqualTo(1);
    }

    @Test
    void aReservationThatIsAskedForTwiceIsOne() {
        QuotaReservation first = front.reserve("a/b c", 100, "job-1");
        QuotaReservation second = worker.reserve("a/b c", 500, "job-1");
        assertThat(second.allowed()).isTrue();
        assertThat(used()).isEqualTo(100);
        assertThat(first.commit(60)).isTrue();
        assertThat(second.commit(60)).isTrue();
        assertThat(used()).isEqualTo(60);
        QuotaReservation refused = front.reserve("a/b c", 2_000, "job-2");
        assertThat(refused.allowed()).isFalse();
        assertThat(refused.commit()).isFalse();
    }

    @Test
    void aReservationThatIsAskedForAgainInANewWindowEndsAnewThere() {
        QuotaService daily = Quotas.builder(store)
                .quota(Quota.of("tokens", 1_000, CalendarWindow.daily()))
                .clock(clock)
                .build();
        QuotaReservation yesterday = daily.reserve("a/b c", 50, "job-1");
        daily.reserve("a/b c", 50, "job-1").close();
        clock.advance(Duration.ofMinutes(2));
        QuotaReservation today = daily.reserve("a/b c", 50, "job-1");
        assertThat(daily.peek("a/b c").used()).isEqualTo(50);
        assertThat(yesterday.commit(30)).as("closed by another, and used").isTrue();
        assertThat(today.commit(40)).isTrue();
        assertThat(daily.reserve("a/b c", 50, "job-1").commit(45))
                .as("ended by another amount")
                .isFalse();
        assertThat(daily.peek("a/b c").used()).isEqualTo(40);
        assertThat(daily.operations().usageBefore("a/b c").get(0).used()).isEqualTo(30);
    }

    @Test
    void aNewWindowOfOneQuotaCorrectsTheOtherOnce() {
        clock.advance(Duration.ofMinutes(2));
        assertThat(front.reserve("a/b c", 50, "job-1").commit(40)).isTrue();
        clock.advance(Duration.ofMinutes(15));
        assertThat(front.reserve("a/b c", 50, "job-1").commit(30)).isTrue();
        assertThat(front.peek("a/b c").usages())
                .extracting(QuotaUsage::used)
                .as("of the same day, and of another quarter of an hour")
                .containsExactly(40L, 30L);
    }

    @Test
    void whatIsNoUseIsNotListed() {
        worker.resume(front.reserve("a/b c", 100).handle()).commit(7);
        assertThat(front.operations().mostUsed("tokens", Instant.MIN, Instant.MAX, 10))
                .hasSize(1);
    }

    @Test
    void theAsynchronousTwinHasThem() {
        var async = worker.async(Runnable::run);
        AsyncQuotaReservation reserved =
                async.reserve("a/b c", 100, "job").toCompletableFuture().join();
        String handle = async.reserve("a/b c", 10).toCompletableFuture().join().handle();
        assertThat(async.resume(handle).commit(4).toCompletableFuture().join()).isTrue();
        reserved.closeCharges(CloseCharges.LAST_REPORTED).used(3);
        reserved.close().toCompletableFuture().join();
        assertThat(async.consume("a/b c", 1, "x").toCompletableFuture().join().used())
                .isEqualTo(8);
    }

    @Test
    void whatCannotBeHandedOverIsSaid() {
        QuotaReservation ended = front.reserve("a/b c", 1);
        ended.commit();
        assertThatThrownBy(ended::handle)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("has ended");
        assertThatThrownBy(() -> front.reserve("a/b c", 5_000).handle()).hasMessageContaining("not granted");
        assertThatThrownBy(() -> front.resume("nonsense"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("QuotaReservation.handle()");
        QuotaService forgetful = Quotas.builder(new OneByOneStore(store))
                .quota(Quota.of("q", 10, CalendarWindow.daily()))
                .clock(clock)
                .build();
        assertThatThrownBy(() -> forgetful.reserve("ada", 1).handle()).hasMessageContaining("remembers operations");
        assertThatThrownBy(() -> forgetful.consume("ada", 1, "x")).hasMessageContaining("remembers operations");
        QuotaDecision decision = forgetful.consume("ada");
        assertThat(decision.allowed()).isTrue();
    }

    /** Remembers nothing, and decides each operation by itself. */
    private record OneByOneStore(QuotaStore store) implements QuotaStore {

        @Override
        public Capabilities capabilities() {
            return new Capabilities(false, AtomicGroups.NONE, 1);
        }

        @Override
        public List<Outcome> apply(List<Operation> operations, Deadline deadline) {
            return store.apply(operations, deadline);
        }

        @Override
        public void close() {
            store.close();
        }
    }
}
