package dev.ratelimit.quota.service.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ratelimit.quota.CalendarWindow;
import dev.ratelimit.quota.Quota;
import dev.ratelimit.quota.QuotaService;
import dev.ratelimit.quota.QuotaUsage;
import dev.ratelimit.quota.service.QuotaStores;
import dev.ratelimit.quota.service.Quotas;
import dev.ratelimit.testing.FaultyStore;
import dev.ratelimit.testing.FaultyStore.Fault;
import dev.ratelimit.testing.ManualClock;
import dev.ratelimit.testing.ManualTime;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class PrefetchingTest {

    private final ManualTime time = new ManualTime();
    private final FaultyStore store = new FaultyStore(PrefetchingNode.store());
    private final PrefetchingNode node = new PrefetchingNode(store, time, 1_000);

    /** Consumes one by one, with so long between. */
    private void consume(PrefetchingNode by, int times, Duration between) {
        for (int i = 0; i < times; i++) {
            time.advance(between);
            assertThat(by.grants(1)).isTrue();
        }
    }

    @Test
    void aFirstCallLeasesNothing() {
        assertThat(node.grants(3)).isTrue();
        assertThat(node.held()).isZero();
        assertThat(node.used()).isEqualTo(3);
    }

    @Test
    void theNextOneLeasesWhatATermTakesAtThatPace() {
        consume(node, 2, Duration.ofMillis(1));
        assertThat(node.held()).isEqualTo(10);
        assertThat(node.used()).isEqualTo(12);
        int calls = store.calls();
        consume(node, 10, Duration.ofNanos(1));
        assertThat(store.calls()).isEqualTo(calls);
        assertThat(node.held()).isZero();
        assertThat(node.used()).isEqualTo(12);
    }

    @Test
    void aSlowKeyIsCountedOneByOne() {
        consume(node, 5, Duration.ofMillis(11));
        assertThat(node.held()).isZero();
        assertThat(store.calls()).isEqualTo(5);
    }

    @Test
    void noMoreIsPrefetchedThanAnEighthOfWhatThereIs() {
        consume(node, 2, Duration.ofNanos(1));
        assertThat(node.held()).isEqualTo((1_000 - 2) / 8);
    }

    @Test
    void theAnswerShowsWhatIsUsedAndNotWhatIsPrefetched() {
        for (int used = 1; used <= 200; used++) {
            time.advanceNanos(1_000);
            Answer.Counted counted = (Answer.Counted) node.consume(1);
            assertThat(counted.used(0)).isEqualTo(used);
        }
        assertThat(store.calls()).isLessThan(10);
    }

    @Test
    void whatNobodyAsksForGoesBackAfterATerm() {
        consume(node, 2, Duration.ofMillis(1));
        time.advance(PrefetchingNode.TERM.minusNanos(1));
        assertThat(node.held()).isEqualTo(10);
        time.advanceNanos(1);
        assertThat(node.held()).isZero();
        assertThat(node.used()).isEqualTo(2);
        assertThat(time.pending()).isZero();
    }

    @Test
    void whoAsksForMoreInVainDoesNotProlongTheTerm() {
        consume(node, 2, Duration.ofMillis(1));
        for (int i = 0; i < 9; i++) {
            time.advance(Duration.ofMillis(1));
            assertThat(node.grants(1_000)).isFalse();
            assertThat(node.held()).isEqualTo(10);
        }
        time.advance(Duration.ofMillis(1));
        assertThat(node.held()).isZero();
        assertThat(node.used()).isEqualTo(2);
    }

    @Test
    void theTermBeginsAnewWithALease() {
        consume(node, 2, Duration.ofMillis(1));
        assertThat(node.grants(11)).isTrue();
        time.advance(PrefetchingNode.TERM.minusNanos(1));
        assertThat(node.grants(1)).isTrue();
        assertThat(time.pending()).isEqualTo(1);
    }

    @Test
    void aloneANodeIsRefusedNothingThatIsThere() {
        int granted = 0;
        while (node.grants(7)) {
            time.advanceNanos(1_000);
            granted += 7;
        }
        assertThat(granted).isEqualTo(994);
        assertThat(node.grants(7)).isFalse();
        assertThat(node.grants(6)).isTrue();
        assertThat(node.grants(1)).isFalse();
        assertThat(node.used()).isEqualTo(1_000);
    }

    @Test
    void anotherNodeIsRefusedUntilTheTermIsOver() {
        PrefetchingNode other = new PrefetchingNode(store, time, 1_000);
        consume(node, 2, Duration.ofNanos(1));
        assertThat(node.held()).isEqualTo(124);
        assertThat(other.grants(1_000 - 2)).isFalse();
        time.advance(PrefetchingNode.TERM);
        assertThat(other.grants(1_000 - 2)).isTrue();
        assertThat(node.grants(1)).isFalse();
    }

    @Test
    void whatIsUncertainIsNotPrefetched() {
        consume(node, 1, Duration.ofMillis(1));
        time.advance(Duration.ofMillis(1));
        store.next(Fault.LOSE_REPLY);
        assertThat(node.consume(1)).isInstanceOf(Answer.Failed.class);
        assertThat(node.held()).isZero();
        assertThat(node.used()).isEqualTo(12);
    }

    @Test
    void inTroubleWhatIsPrefetchedStaysPrefetched() {
        consume(node, 2, Duration.ofMillis(1));
        store.next(Fault.REFUSE);
        assertThat(node.consume(11)).isInstanceOf(Answer.Failed.class);
        assertThat(node.held()).isEqualTo(10);
        assertThat(node.grants(10)).isTrue();
    }

    @Test
    void whatCannotBeGivenBackStaysCounted() {
        consume(node, 2, Duration.ofMillis(1));
        store.next(Fault.REFUSE);
        time.advance(PrefetchingNode.TERM);
        assertThat(node.held()).isZero();
        assertThat(node.used()).isEqualTo(12);
    }

    @Test
    void ofSeveralCountersTheOneWithTheLeastRoomDecides() {
        PrefetchingNode both = new PrefetchingNode(store, time, 1_000, 80);
        consume(both, 2, Duration.ofNanos(1));
        assertThat(both.held()).isEqualTo((80 - 2) / 8);
        long granted = 2;
        while (both.grants(1)) {
            time.advanceNanos(1_000);
            granted++;
        }
        assertThat(granted).isEqualTo(80);
        assertThat(both.used()).isEqualTo(80);
    }

    @Test
    void aServiceShowsAndCorrectsWhatIsUsed() {
        FaultyStore counters = new FaultyStore(QuotaStores.inMemory());
        QuotaService quotas = Quotas.builder(counters)
                .quota(Quota.of("calls", 1_000_000, CalendarWindow.yearly()))
                .prefetch(Duration.ofHours(1))
                .build();
        for (int i = 0; i < 100; i++) {
            assertThat(quotas.consume("a").used()).isEqualTo(i + 1);
        }
        assertThat(counters.calls()).isLessThan(10);
        assertThat(quotas.peek("a").used()).isEqualTo(100);
        assertThat(quotas.decrement("a", 30))
                .first()
                .satisfies(usage -> assertThat(usage.used()).isEqualTo(70));
        assertThat(quotas.consume("a").used()).isEqualTo(71);
        quotas.update(Quota.of("calls", 75, CalendarWindow.yearly()));
        assertThat(quotas.consume("a", 4).used()).isEqualTo(75);
        assertThat(quotas.consume("a").allowed()).isFalse();
        quotas.reset("a");
        assertThat(quotas.consume("a").used()).isEqualTo(1);
    }

    @Test
    void unitsOfOneWindowAreNotGrantedInTheNext() {
        ManualClock clock = new ManualClock(Instant.parse("2026-06-01T00:00:59.999Z"));
        FaultyStore counters = new FaultyStore(QuotaStores.inMemory(clock));
        QuotaService quotas = Quotas.builder(counters)
                .quota(Quota.of("minute", 1_000, CalendarWindow.everyMinute()))
                .quota(Quota.of("hour", 100_000, CalendarWindow.hourly()))
                .prefetch(Duration.ofHours(1))
                .clock(clock)
                .build();
        for (int i = 1; i <= 50; i++) {
            assertThat(quotas.consume("a").usages())
                    .extracting(QuotaUsage::used)
                    .containsExactly((long) i, (long) i);
        }
        int calls = counters.calls();
        clock.advance(Duration.ofMillis(1));
        assertThat(quotas.consume("a").usages().get(0).used()).isEqualTo(1);
        assertThat(counters.calls()).isGreaterThan(calls);
        clock.advance(Duration.ofMinutes(1));
        assertThat(quotas.consume("a").usages().get(0).used()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT0S", "PT-1S", "PT0.000999999S", "PT1H0.001S"})
    void aTermIsAMillisecondToAnHour(Duration term) {
        assertThatThrownBy(() -> Quotas.builder(store).prefetch(term))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("1 ms to 1 hour");
    }
}
