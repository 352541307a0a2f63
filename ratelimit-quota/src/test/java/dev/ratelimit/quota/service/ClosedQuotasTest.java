package dev.ratelimit.quota.service;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.DecisionSource;
import dev.ratelimit.WhenUnavailable;
import dev.ratelimit.quota.CalendarWindow;
import dev.ratelimit.quota.Quota;
import dev.ratelimit.quota.QuotaService;
import dev.ratelimit.quota.spi.QuotaStore;
import dev.ratelimit.testing.FaultyStore;
import dev.ratelimit.testing.FaultyStore.Fault;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A service that is closed has left in its store what it granted, and nothing else. */
@Timeout(120)
class ClosedQuotasTest {

    private static final InstantSource CLOCK = InstantSource.fixed(Instant.parse("2026-06-01T12:00:00Z"));
    private static final Quota MONTHLY = Quota.of("calls", 1_000_000, CalendarWindow.monthly());

    private final QuotaStore counters = QuotaStores.inMemory(CLOCK);
    private final FaultyStore store = new FaultyStore(counters);

    private QuotaService prefetching() {
        return Quotas.builder(store)
                .quota(MONTHLY)
                .clock(CLOCK)
                .prefetch(Duration.ofMinutes(5))
                .build();
    }

    private long used(String key) {
        return Quotas.builder(counters)
                .quota(MONTHLY)
                .clock(CLOCK)
                .build()
                .peek(key)
                .used();
    }

    /** An orderly replacement of nodes, which stranded half of a month's quota before. */
    @Test
    void tenNodesThatAreReplacedStrandNothing() {
        long granted = 0;
        for (int node = 0; node < 10; node++) {
            try (QuotaService quotas = prefetching()) {
                boolean prefetched = false;
                for (int i = 0; i < 2_000; i++) {
                    prefetched |= quotas.consume("key").source() == DecisionSource.PREFETCHED;
                    granted++;
                }
                assertThat(prefetched).isTrue();
                assertThat(used("key")).isGreaterThan(granted);
            }
            assertThat(used("key")).isEqualTo(granted);
        }
    }

    @Test
    void aClosedServiceAnswersAndLeasesNothing() {
        QuotaService quotas = prefetching();
        for (int i = 0; i < 100; i++) {
            quotas.consume("key");
        }
        quotas.close();
        quotas.close();
        for (int i = 0; i < 100; i++) {
            assertThat(quotas.consume("key").source()).isEqualTo(DecisionSource.STORE);
        }
        assertThat(used("key")).isEqualTo(200);
    }

    @Test
    void manyKeysGoBackInFewCalls() {
        QuotaService quotas = prefetching();
        for (int key = 0; key < 2_500; key++) {
            for (int i = 0; i < 4; i++) {
                quotas.consume("key" + key);
            }
        }
        int calls = store.calls();
        quotas.close();
        assertThat(store.calls() - calls).isLessThanOrEqualTo(3);
        for (int key = 0; key < 2_500; key += 100) {
            assertThat(used("key" + key)).isEqualTo(4);
        }
    }

    @Test
    void aStoreThatDoesNotAnswerIsAskedOnce() {
        QuotaService quotas = prefetching();
        for (int i = 0; i < 100; i++) {
            quotas.consume("key");
        }
        store.beginOutage(Fault.REFUSE);
        int calls = store.calls();
        quotas.close();
        assertThat(store.calls() - calls).isEqualTo(1);
        // In doubt, strict: it stays counted.
        assertThat(used("key")).isGreaterThan(100);
    }

    @Test
    void whatIsOwedIsCountedAtTheClose() {
        QuotaService quotas = Quotas.builder(store)
                .quota(MONTHLY)
                .clock(CLOCK)
                .whenUnavailable(WhenUnavailable.allow())
                .build();
        store.beginOutage(Fault.REFUSE);
        quotas.consume("key", 7);
        quotas.close();
        assertThat(used("key")).isZero();
        store.endOutage();
        quotas.close();
        assertThat(used("key")).isEqualTo(7);
    }

    @RepeatedTest(10)
    void whatIsGrantedDuringTheCloseIsCounted() throws Exception {
        QuotaService quotas = prefetching();
        CyclicBarrier start = new CyclicBarrier(4);
        List<FutureTask<Long>> tasks = new ArrayList<>();
        for (int t = 0; t < 4; t++) {
            boolean closes = t == 0;
            FutureTask<Long> task = new FutureTask<>(() -> {
                start.await();
                long granted = 0;
                for (int i = 0; i < 5_000; i++) {
                    granted += quotas.consume("key").allowed() ? 1 : 0;
                    if (closes && i == 2_000) {
                        quotas.close();
                    }
                }
                return granted;
            });
            new Thread(task).start();
            tasks.add(task);
        }
        long granted = 0;
        for (FutureTask<Long> task : tasks) {
            granted += task.get();
        }
        // No lease that came in between is left for the timer, which the process may not live to see.
        assertThat(quotas.statistics().prefetchedUnits()).isZero();
        quotas.close();
        assertThat(used("key")).isEqualTo(granted);
    }
}
