package dev.ratelimit.quota.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ratelimit.quota.CalendarWindow;
import dev.ratelimit.quota.Quota;
import dev.ratelimit.quota.QuotaPlan;
import dev.ratelimit.quota.QuotaPlanFallback;
import dev.ratelimit.quota.QuotaPlans;
import dev.ratelimit.quota.QuotaReservation;
import dev.ratelimit.quota.QuotaService;
import dev.ratelimit.quota.QuotaUnavailableException;
import dev.ratelimit.quota.service.internal.MemoryStore;
import dev.ratelimit.quota.spi.QuotaStore;
import dev.ratelimit.testing.FaultyStore;
import dev.ratelimit.testing.ManualClock;
import dev.ratelimit.testing.ManualTime;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;

/** Each key has the limits and windows of its plan. */
class QuotaPlansTest {

    private static final QuotaPlan FREE = QuotaPlan.of("free", Quota.of("calls", 3, CalendarWindow.monthly()));
    private static final QuotaPlan GOLD = QuotaPlan.of(
            "gold", Quota.of("calls", 10, CalendarWindow.monthly()), Quota.of("exports", 2, CalendarWindow.daily()));

    private final ManualClock clock = new ManualClock(Instant.parse("2026-03-10T12:00:00Z"));
    private final ManualTime time = new ManualTime();
    private final Map<String, QuotaPlan> directory = new HashMap<>();
    private final List<QuotaPlanFallback> fallbacks = new ArrayList<>();
    private int asked;
    private final QuotaStore store = new FaultyStore(new MemoryStore(clock));
    private final QuotaService quotas = service(store);

    private QuotaService service(QuotaStore store) {
        return Quotas.builder(store)
                .plans(QuotaPlans.of(this::planOf, FREE)
                        .maxAge(Duration.ofMinutes(5))
                        .retryAfter(Duration.ofSeconds(10))
                        .onFallback(fallbacks::add))
                .clock(clock)
                .timeSource(time)
                .build();
    }

    private QuotaPlan planOf(String key) {
        asked++;
        QuotaPlan plan = directory.get(key);
        if (plan == null) {
            throw new IllegalStateException("no such customer");
        }
        return plan;
    }

    @Test
    void eachKeyHasTheQuotasOfItsPlan() {
        directory.put("ada", GOLD);
        directory.put("bob", FREE);
        assertThat(quotas.consume("ada", 2).remaining()).isZero();
        assertThat(quotas.consume("ada").refusedBy().orElseThrow().quota().name())
                .isEqualTo("exports");
        assertThat(quotas.consume("bob", 2).remaining()).isEqualTo(1);
        assertThat(quotas.quotas("ada")).isEqualTo(GOLD.quotas());
        assertThat(quotas.quotas()).isEqualTo(FREE.quotas());
        assertThat(asked).isEqualTo(2);
    }

    @Test
    void aChangeOfPlanKeepsWhatWasUsed() {
        directory.put("bob", FREE);
        quotas.consume("bob", 3);
        assertThat(quotas.consume("bob").allowed()).isFalse();
        directory.put("bob", GOLD);
        assertThat(quotas.consume("bob").allowed())
                .as("remembered for five minutes")
                .isFalse();
        time.advance(Duration.ofMinutes(5));
        assertThat(quotas.consume("bob").usages().get(0).used()).isEqualTo(4);
        directory.put("bob", FREE);
        quotas.planChanged("bob");
        assertThat(quotas.peek("bob").used()).isEqualTo(4);
        assertThat(quotas.consume("bob").allowed()).isFalse();
    }

    @Test
    void anotherWindowCountsFromZeroAndTheOldOneIsFoundAgain() {
        QuotaPlan onThe5th = QuotaPlan.of(
                "free", Quota.of("calls", 3, CalendarWindow.monthly().startingOn(5)));
        directory.put("bob", FREE);
        quotas.consume("bob", 2);
        directory.put("bob", onThe5th);
        quotas.planChanged("bob");
        assertThat(quotas.consume("bob", 3).used()).isEqualTo(3);
        directory.put("bob", FREE);
        quotas.planChanged("bob");
        assertThat(quotas.peek("bob").used()).isEqualTo(2);
    }

    private static QuotaPlan trialFrom(String signUp) {
        return QuotaPlan.of(
                "trial",
                Quota.of(
                        "calls",
                        3,
                        CalendarWindow.every(30, ChronoUnit.DAYS)
                                .startingFrom(Instant.parse(signUp).atZone(ZoneOffset.UTC))));
    }

    @Test
    void aStartOfTheKeysOwnIsWhatTheResolverSaysAndNotRemembered() {
        directory.put("eve", trialFrom("2026-03-01T09:00:00Z"));
        quotas.consume("eve", 3);
        directory.put("eve", trialFrom("2026-01-30T09:00:00Z"));
        quotas.planChanged("eve");
        assertThat(quotas.consume("eve").allowed())
                .as("the same windows, from 30 days earlier")
                .isFalse();
        directory.put("eve", trialFrom("2026-03-01T09:00:01Z"));
        quotas.planChanged("eve");
        assertThat(quotas.consume("eve", 3).allowed())
                .as("another window, from zero")
                .isTrue();
        directory.remove("eve");
        time.advance(Duration.ofMinutes(5));
        assertThat(quotas.consume("eve").allowed())
                .as("the last known start, while the resolver fails")
                .isFalse();
        assertThat(fallbacks).hasSize(1);
        time.advance(Duration.ofSeconds(10));
        directory.put("eve", trialFrom("2026-03-01T09:00:00Z"));
        assertThat(quotas.consume("eve").allowed())
                .as("nothing was lost of the first")
                .isFalse();
    }

    @Test
    void whatWasReservedBeforeAnotherStartIsCorrectedThere() {
        directory.put("eve", trialFrom("2026-03-01T09:00:00Z"));
        QuotaReservation reserved = quotas.reserve("eve", 3);
        String handle = quotas.reserve("eve", 3).allowed() ? "never" : reserved.handle();
        directory.put("eve", trialFrom("2026-03-09T00:00:00Z"));
        quotas.planChanged("eve");
        assertThat(quotas.resume(handle).commit(1)).isTrue();
        assertThat(quotas.peek("eve").used()).isZero();
        directory.put("eve", trialFrom("2026-03-01T09:00:00Z"));
        quotas.planChanged("eve");
        assertThat(quotas.peek("eve").used()).isEqualTo(1);
    }

    @Test
    void aReservationIsOfThePlanInWhichItWasMade() {
        directory.put("ada", GOLD);
        QuotaReservation reserved = quotas.reserve("ada", 2);
        directory.put("ada", QuotaPlan.of("other", Quota.of("other", 5, CalendarWindow.daily())));
        quotas.planChanged("ada");
        assertThat(quotas.consume("ada").used()).isEqualTo(1);
        reserved.commit(1);
        assertThat(quotas.peek("ada").used()).isEqualTo(1);
        directory.put("ada", GOLD);
        quotas.planChanged("ada");
        assertThat(quotas.peek("ada").usages())
                .extracting(usage -> usage.used())
                .containsExactly(1L, 1L);
    }

    @Test
    void aResolverThatFailsLeavesTheLastKnownPlanOrTheDefault() {
        directory.put("ada", GOLD);
        quotas.consume("ada");
        directory.clear();
        time.advance(Duration.ofMinutes(5));
        assertThat(quotas.quotas("ada")).isEqualTo(GOLD.quotas());
        assertThat(quotas.quotas("eve")).isEqualTo(FREE.quotas());
        assertThat(fallbacks).extracting(QuotaPlanFallback::plan).containsExactly(GOLD, FREE);
        assertThat(fallbacks.get(0).known()).isTrue();
        assertThat(fallbacks.get(1))
                .hasToString("free (default, none known), because of "
                        + "java.lang.IllegalStateException: no such customer");
        int before = asked;
        quotas.consume("eve");
        assertThat(asked).as("not asked again so soon").isEqualTo(before);
        time.advance(Duration.ofSeconds(10));
        directory.put("eve", GOLD);
        assertThat(quotas.quotas("eve")).isEqualTo(GOLD.quotas());
    }

    /** Asks on another thread, which is interrupted; says what that got, and whether it is interrupted still. */
    private static Object askedByAnInterruptedThread(QuotaService quotas) throws Exception {
        Object[] got = new Object[2];
        Thread thread = new Thread(() -> {
            Thread.currentThread().interrupt();
            try {
                got[0] = quotas.consume("ada").remaining();
            } catch (QuotaUnavailableException e) {
                got[0] = e.certainty() + ", " + e.getMessage();
            }
            got[1] = Thread.interrupted();
        });
        thread.start();
        thread.join();
        return got[0] + ", interrupted: " + got[1];
    }

    @Test
    void anInterruptedThreadNeverGoesByTheDefault() throws Exception {
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        QuotaService planned = Quotas.builder(store)
                .plans(QuotaPlans.of(
                                key -> {
                                    inside.countDown();
                                    go.await();
                                    return GOLD;
                                },
                                FREE)
                        .maxAge(Duration.ofMinutes(5))
                        .onFallback(fallbacks::add))
                .clock(clock)
                .timeSource(time)
                .build();
        String said = "NOT_APPLIED, the thread was interrupted before the plan of the key was known;"
                + " nothing was counted, interrupted: true";
        // The resolver is interrupted itself.
        assertThat(askedByAnInterruptedThread(planned)).isEqualTo(said);
        FutureTask<Long> leader = new FutureTask<>(() -> planned.consume("ada").remaining());
        new Thread(leader).start();
        inside.await();
        // Another thread is in the resolver.
        assertThat(askedByAnInterruptedThread(planned)).isEqualTo(said);
        go.countDown();
        assertThat(leader.get()).isEqualTo(1);
        assertThat(fallbacks).isEmpty();
        time.advance(Duration.ofMinutes(5));
        assertThat(planned.consume("ada").remaining()).isZero();
    }

    @Test
    void leasesAreOfTheQuotasThatTheKeyHasNow() {
        directory.put("ada", FREE);
        QuotaService prefetching = Quotas.builder(store)
                .plans(QuotaPlans.of(this::planOf, FREE))
                .prefetch(Duration.ofHours(1))
                .clock(clock)
                .timeSource(time)
                .build();
        for (int i = 0; i < 3; i++) {
            assertThat(prefetching.consume("ada").allowed()).isTrue();
        }
        assertThat(prefetching.consume("ada").allowed()).isFalse();
        directory.put("ada", QuotaPlan.of("more", Quota.of("calls", 1_000, CalendarWindow.monthly())));
        prefetching.planChanged("ada");
        for (int i = 0; i < 997; i++) {
            assertThat(prefetching.consume("ada").allowed()).isTrue();
        }
        assertThat(prefetching.consume("ada").allowed()).isFalse();
        directory.put("ada", FREE);
        prefetching.planChanged("ada");
        assertThat(prefetching.consume("ada").allowed()).isFalse();
    }

    @Test
    void theShortWayInMemoryGoesByPlansToo() {
        QuotaService short1 = service(new MemoryStore(clock));
        directory.put("ada", FREE);
        directory.put("bob", QuotaPlan.of("more", Quota.of("calls", 5, CalendarWindow.monthly())));
        for (int i = 0; i < 3; i++) {
            short1.consume("ada");
            short1.consume("bob");
        }
        assertThat(short1.consume("ada").allowed()).isFalse();
        assertThat(short1.consume("bob").remaining()).isEqualTo(1);
    }

    /** Once, a quota of a day and one of an hour with one name shared the counter of the hour after midnight. */
    @Test
    void quotasOfOneNameWithWindowsOfOtherLengthsDoNotMeetAtMidnight() {
        clock.set(Instant.parse("2026-03-10T00:30:00Z"));
        QuotaService daily = Quotas.builder(store)
                .quota(Quota.of("calls", 9, CalendarWindow.daily()))
                .clock(clock)
                .build();
        QuotaService hourly = Quotas.builder(store)
                .quota(Quota.of("calls", 9, CalendarWindow.hourly()))
                .clock(clock)
                .build();
        daily.consume("ada", 5);
        assertThat(hourly.consume("ada", 2).used()).isEqualTo(2);
        assertThat(daily.peek("ada").used()).isEqualTo(5);
    }

    @Test
    void plansAndQuotasAreTwoWaysOfWhichOneIsTaken() {
        assertThatThrownBy(() -> Quotas.builder(store)
                        .plans(QuotaPlans.of(key -> FREE, FREE))
                        .quota(FREE.quotas().get(0))
                        .build())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("put what all keys have into each plan");
        assertThatThrownBy(() -> quotas.update(FREE.quotas().get(0)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("planChanged");
        Quota calls = FREE.quotas().get(0);
        assertThatThrownBy(() -> QuotaPlan.of("p", calls, calls)).hasMessageContaining("two named calls");
        assertThatThrownBy(() -> QuotaPlan.of("", calls)).hasMessageContaining("empty");
        assertThatThrownBy(() -> QuotaPlans.of(key -> FREE, FREE).maxAge(Duration.ZERO))
                .hasMessageContaining("maxAge");
        assertThatThrownBy(() -> QuotaPlans.of(key -> FREE, FREE).maxEntries(0)).hasMessageContaining("maxEntries");
    }

    @Test
    void aKeyThatIsEmptyIsSaidToBe() {
        assertThatThrownBy(() -> quotas.consume("")).hasMessageContaining("is empty");
        assertThat(asked).as("the resolver hears of no such key").isZero();
        assertThatThrownBy(() -> quotas.async(Runnable::run).consume("")).hasMessageContaining("is empty");
        directory.put("x".repeat(300), FREE);
        directory.put("x".repeat(301), FREE);
        assertThat(quotas.consume("x".repeat(300)).used()).isEqualTo(1);
        assertThat(quotas.consume("x".repeat(301)).used()).isEqualTo(1);
    }
}
