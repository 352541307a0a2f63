package dev.ratelimit.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ratelimit.quota.CalendarWindow;
import dev.ratelimit.quota.Quota;
import dev.ratelimit.quota.QuotaUnavailableException;
import dev.ratelimit.quota.service.QuotaStores;
import dev.ratelimit.quota.service.Quotas;
import dev.ratelimit.testing.FaultyStore;
import dev.ratelimit.testing.FaultyStore.Fault;
import dev.ratelimit.testing.ManualClock;
import java.time.Duration;
import java.time.Instant;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** The examples of quotas do what the guide says. */
class QuotaExamplesTest {

    private final ManualClock clock = new ManualClock(Instant.parse("2026-03-31T21:58:48Z"));
    private final FaultyStore store = new FaultyStore(QuotaStores.inMemory(clock));
    private final MeteredApi api = new MeteredApi(store, clock);

    @Test
    void callsAreCountedByTheMinuteAndByTheMonthOfVienna() {
        assertThat(api.call("ada")).isEqualTo("200, 99 left of calls-a-minute");
        for (int i = 1; i < 100; i++) {
            api.call("ada");
        }
        assertThat(api.call("ada")).isEqualTo("429, 100 of 100 used, come back in 12 s");
        assertThat(api.mails()).containsExactly("ada: 80 % of calls-a-minute", "ada: 100 % of calls-a-minute");
        // In Vienna it is April by now.
        clock.advance(Duration.ofSeconds(72));
        assertThat(api.call("ada")).isEqualTo("200, 99 left of calls-a-minute");
    }

    @Test
    void tokensAreChargedByWhatWasUsed() {
        assertThat(api.ask("ada", "short", prompt -> 12)).isEqualTo("200, 12 tokens");
        assertThat(api.tokensLeft("ada")).isEqualTo(999_988);
        assertThatThrownBy(() -> api.ask("ada", "bad", prompt -> {
                    throw new IllegalStateException("the model failed");
                }))
                .hasMessage("the model failed");
        assertThat(api.tokensLeft("ada")).isEqualTo(999_988);
        assertThat(api.ask("ada", "long", prompt -> 999_000)).isEqualTo("200, 999000 tokens");
        assertThat(api.ask("ada", "more", prompt -> 1)).isEqualTo("429, at most 988 tokens are left today");
        api.goodwill("ada");
        assertThat(api.tokensLeft("ada")).isEqualTo(1_000_000);
    }

    @Test
    void aStreamThatBreaksOffIsChargedUpToThere() {
        assertThat(api.stream("ada", LongStream.of(10, 20, 30))).isEqualTo("200, 60 tokens");
        assertThatThrownBy(() -> api.stream("ada", LongStream.of(10, 20, 30).peek(tokens -> {
                    if (tokens == 30) {
                        throw new IllegalStateException("the client hung up");
                    }
                })))
                .hasMessage("the client hung up");
        assertThat(api.tokensLeft("ada")).isEqualTo(1_000_000 - 60 - 30);
    }

    @Test
    void aTryBlockWhoseCommitFailsChargesWhatWasUsed() {
        store.next(Fault.NONE, Fault.LOSE_CALL, Fault.LOSE_CALL);
        assertThatThrownBy(() -> api.ask("ada", "long", prompt -> 90_000))
                .isInstanceOf(QuotaUnavailableException.class);
        assertThat(api.tokensLeft("ada")).isEqualTo(910_000);
    }

    @Test
    void whatWasPrefetchedGoesBackAtTheClose() {
        for (int i = 0; i < 1_000; i++) {
            api.search();
        }
        api.close();
        assertThat(Quotas.builder(store)
                        .quota(Quota.of("searches-a-day", 50_000_000, CalendarWindow.daily()))
                        .clock(clock)
                        .build()
                        .peek("everybody")
                        .used())
                .isEqualTo(1_000);
    }

    @Test
    void whatEverybodyUsesIsPrefetched() {
        for (int i = 0; i < 1_000; i++) {
            assertThat(api.search()).isEqualTo("200");
        }
        assertThat(store.calls()).isLessThan(500);
    }

    @Test
    void aStoreInTroubleIsNoRefusal() {
        store.next(Fault.REFUSE, Fault.LOSE_REPLY);
        assertThat(api.callWhateverTheStoreDoes("ada")).isEqualTo("503, not counted");
        assertThat(api.callWhateverTheStoreDoes("ada")).isEqualTo("503, perhaps counted");
        assertThat(api.call("ada")).startsWith("200, 98 left");
        // The other service tries again, and counts once.
        store.next(Fault.LOSE_REPLY);
        assertThat(api.ask("ada", "short", prompt -> 12)).isEqualTo("200, 12 tokens");
        assertThat(api.tokensLeft("ada")).isEqualTo(999_988);
    }

    @Test
    void aTenthIsServedWhileTheStoreIsAway() {
        StoreAway away = new StoreAway(store, clock);
        store.beginOutage(Fault.REFUSE);
        for (int i = 0; i < 100; i++) {
            assertThat(away.call("ada")).isEqualTo("200");
        }
        assertThat(away.call("ada")).isEqualTo("503, Retry-After: 2");
        assertThat(away.call("grace")).isEqualTo("200");
    }

    @Test
    void anApplicationStartsWithoutItsStore() {
        try (StartWithoutStore api = new StartWithoutStore(() -> {
            throw new IllegalStateException("connection refused");
        })) {
            assertThat(api.allows("ada")).isTrue();
            assertThat(api.health()).isEqualTo("ok");
        }
        try (StartWithoutStore api = new StartWithoutStore(() -> store)) {
            assertThat(api.allows("ada")).isTrue();
        }
    }
}
