package dev.ratelimit.quota.issues;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ratelimit.quota.CalendarWindow;
import dev.ratelimit.quota.Quota;
import dev.ratelimit.quota.QuotaReservation;
import dev.ratelimit.quota.QuotaService;
import dev.ratelimit.quota.QuotaUnavailableException;
import dev.ratelimit.quota.service.Quotas;
import dev.ratelimit.quota.service.internal.MemoryStore;
import dev.ratelimit.testing.FaultyStore;
import dev.ratelimit.testing.FaultyStore.Fault;
import dev.ratelimit.testing.ManualClock;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** Handles that are delivered late, twice, or after the store has forgotten the operations of their end. */
class LateHandlesTest {

    private final ManualClock clock = new ManualClock(Instant.parse("2026-03-01T12:00:00Z"));
    private final MemoryStore counters = new MemoryStore(clock);
    private final FaultyStore store = new FaultyStore(counters);
    private final QuotaService front = service(CalendarWindow.yearly());
    private final QuotaService worker = service(CalendarWindow.yearly());

    private QuotaService service(CalendarWindow window) {
        return Quotas.builder(store)
                .quota(Quota.of("tokens", 1_000, window))
                .clock(clock)
                .build();
    }

    private long used() {
        return front.peek("ada").used();
    }

    private void forget() {
        clock.advance(Duration.ofHours(25));
        for (int i = 0; i < 5; i++) {
            front.consume("ada", 1, "forget " + clock.instant() + i);
        }
        front.decrement("ada", 5);
    }

    @Test
    void aHandleThatComesAgainAfterADayRefundsNothing() {
        front.consume("ada", 50);
        String handle = front.reserve("ada", 50).handle();
        assertThat(worker.resume(handle).commit(10)).isTrue();
        forget();
        assertThat(worker.resume(handle).commit(10)).as("it had ended").isFalse();
        assertThat(worker.resume(handle).cancel()).isFalse();
        worker.resume(handle).close();
        assertThat(used()).isEqualTo(60);
    }

    @Test
    void aCancelledHandleThatComesAgainAfterADayRefundsNothing() {
        front.consume("ada", 50);
        String handle = front.reserve("ada", 50).handle();
        assertThat(worker.resume(handle).cancel()).isTrue();
        forget();
        assertThat(worker.resume(handle).cancel()).as("it had ended").isFalse();
        worker.resume(handle).close();
        assertThat(used()).isEqualTo(50);
        assertThat(worker.resume(handle).commit(30)).as("used after all").isTrue();
        assertThat(used()).isEqualTo(80);
    }

    @Test
    void aHandleThatIsDeliveredForTheFirstTimeAfterADayIsCommitted() {
        String handle = front.reserve("ada", 50).handle();
        forget();
        store.next(Fault.NONE, Fault.LOSE_REPLY);
        QuotaReservation resumed = worker.resume(handle);
        assertThatThrownBy(() -> resumed.commit(20)).isInstanceOf(QuotaUnavailableException.class);
        assertThat(front.resume(handle).commit(20)).as("completed by another").isTrue();
        assertThat(resumed.commit(20)).isTrue();
        assertThat(used()).isEqualTo(20);
    }

    @Test
    void aHandleThatWasClosedIsChargedWhenItIsDeliveredAgainAndCommitted() {
        String handle = front.reserve("ada", 50).handle();
        worker.resume(handle).close();
        assertThat(used()).isZero();
        assertThat(worker.resume(handle).commit(30)).isTrue();
        assertThat(front.resume(handle).commit(30)).as("delivered a third time").isTrue();
        assertThat(front.resume(handle).commit(40)).isFalse();
        front.resume(handle).close();
        assertThat(used()).isEqualTo(30);
    }

    @Test
    void theExactEndsOfTheRangeAreCharged() {
        String handle = front.reserve("ada", 100).handle();
        assertThat(worker.resume(handle).commit(Long.MAX_VALUE)).isTrue();
        assertThat(used()).isEqualTo(Long.MAX_VALUE);
        front.reset("ada");
        front.consume("ada", 7);
        String nothing = front.reserve("ada", 100).handle();
        assertThat(worker.resume(nothing).commit(0)).isTrue();
        assertThat(worker.resume(nothing).commit(5)).isFalse();
        assertThat(used()).isEqualTo(7);
    }

    @Test
    void aHandleHasALongestLife() {
        QuotaService life = service(CalendarWindow.lifetime());
        String handle = life.reserve("ada", 50).handle();
        String ended = life.reserve("ada", 5).handle();
        assertThat(life.resume(ended).commit(4)).isTrue();
        clock.advance(Duration.ofDays(30).minusSeconds(1));
        assertThat(life.resume(ended).commit(4)).isFalse();
        clock.advance(Duration.ofSeconds(2));
        for (String late : new String[] {handle, ended}) {
            QuotaReservation resumed = life.resume(late);
            assertThatThrownBy(() -> resumed.commit(4))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("30 days");
            assertThatThrownBy(resumed::cancel).isInstanceOf(IllegalStateException.class);
            resumed.close();
        }
        assertThat(life.peek("ada").used()).as("it stays charged").isEqualTo(54);
    }

    @Test
    void whatIsKeptOfTheEndOfAHandleLeavesTheStore() {
        QuotaService life = service(CalendarWindow.lifetime());
        life.resume(life.reserve("ada", 2).handle()).commit(1);
        assertThat(counters.size())
                .as("two for the end of a handle, and one of use")
                .isEqualTo(3);
        for (int i = 0; i < 100; i++) {
            life.resume(life.reserve("ada", 2).handle()).commit(1);
            life.reserve("ada", 2, "job " + i).close();
        }
        assertThat(counters.size()).isGreaterThan(100);
        clock.advance(Duration.ofDays(31));
        for (int i = 0; i < 500; i++) {
            life.consume("bob", 1, "forget " + i);
        }
        assertThat(counters.size()).isEqualTo(2);
    }
}
