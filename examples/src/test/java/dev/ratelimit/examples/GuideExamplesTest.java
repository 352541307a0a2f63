package dev.ratelimit.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.Decision;
import dev.ratelimit.address.AddressLiteral;
import dev.ratelimit.quota.CalendarWindow;
import dev.ratelimit.quota.Quota;
import dev.ratelimit.quota.service.QuotaStores;
import dev.ratelimit.testing.ManualTime;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The examples of the guide do what the guide says. */
class GuideExamplesTest {

    private final ManualTime time = new ManualTime();

    @Test
    void answersSayWhatIsLeftAndWhenToComeAgain() {
        Answers answers = new Answers(time);
        assertThat(answers.answer("ada", 4)).isEqualTo("200, 1 left");
        assertThat(answers.answer("ada", 3)).isEqualTo("429, Retry-After: 6");
        assertThat(answers.answer("ada", 6)).isEqualTo("413, at most 5 at once");
        time.advance(Duration.ofMillis(1));
        assertThat(answers.answer("ada", 3)).isEqualTo("429, Retry-After: 6");
        time.advance(Duration.ofSeconds(6));
        assertThat(answers.answer("ada", 3)).isEqualTo("200, 0 left");
    }

    @Test
    void whatTheNodeRefusesCostsTheUserNothing() {
        TwoLimits limits = new TwoLimits(time);
        for (int i = 0; i < 10; i++) {
            assertThat(limits.allows("ada")).isTrue();
            assertThat(limits.allows("grace")).isTrue();
        }
        // Refused by her own limit, ada takes nothing of the five that the node has left.
        for (int i = 0; i < 100; i++) {
            assertThat(limits.allows("ada")).isFalse();
        }
        for (int i = 0; i < 5; i++) {
            assertThat(limits.allows("edsger")).isTrue();
        }
        assertThat(limits.allows("edsger")).isFalse();
        assertThat(limits.remaining("edsger")).isEqualTo(5);
    }

    @Test
    void aServiceWarmsUp() {
        WarmUp warmUp = new WarmUp(time);
        assertThat(warmUp.allows("ada", 1)).isFalse();
        time.advance(Duration.ofSeconds(4));
        assertThat(warmUp.allows("ada", 40)).isTrue();
        assertThat(warmUp.allows("ada", 1)).isFalse();
        time.advance(Duration.ofSeconds(6));
        assertThat(warmUp.allows("grace", 100)).isTrue();
    }

    @Test
    void fiftyExportsAreThereAgainEachMorningAtSix() {
        AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-11-30T04:59:59Z"));
        DailyExports exports = new DailyExports(QuotaStores.inMemory(now::get), now::get);
        for (int i = 0; i < 50; i++) {
            assertThat(exports.allows("acme")).isTrue();
        }
        assertThat(exports.allows("acme")).isFalse();
        now.set(Instant.parse("2026-11-30T05:00:00Z"));
        for (int i = 0; i < 50; i++) {
            assertThat(exports.allows("acme")).isTrue();
        }
        assertThat(exports.allows("acme")).isFalse();
    }

    @Test
    void aProviderCountsAHundredInAnyMinute() {
        ProviderCalls calls = new ProviderCalls(time);
        int allowed = 0;
        while (calls.mayCall()) {
            allowed++;
        }
        assertThat(allowed).isEqualTo(10);
        int inTheMinute = allowed;
        for (int i = 0; i < 60_000; i++) {
            time.advance(Duration.ofMillis(1));
            inTheMinute += calls.mayCall() ? 1 : 0;
        }
        assertThat(inTheMinute).isEqualTo(100);
    }

    @Test
    void aPolicyOfTwoRatesAndABlackoutChangesLive() {
        SearchPolicy policy = new SearchPolicy(time);
        for (int i = 0; i < 10; i++) {
            assertThat(policy.search("ada")).isEqualTo("200");
        }
        assertThat(policy.search("ada")).startsWith("429, over 10/s");
        time.advance(Duration.ofSeconds(10));
        assertThat(policy.search("ada")).isEqualTo("429, come back in 20 s");
        time.advance(Duration.ofSeconds(20));
        assertThat(policy.search("ada")).isEqualTo("200");
        policy.reconfigure(2);
        // Eleven were used, of which thirty seconds at the old rate gave back eight.
        assertThat(policy.search("ada")).startsWith("429, over 2/h");
        assertThat(policy.support("ada").budgets().get(1).debt()).isEqualTo(3);
        assertThat(policy.support("ada").blackout()).isEqualTo(Duration.ofSeconds(30));
    }

    @Test
    void saturatedTableForgetsTheLeastDebtOrRefusesTheNewcomer() {
        SaturatedTable tables = new SaturatedTable(time);
        assertThat(tables.evicting().tryAcquire(-1L, 10)).isTrue();
        assertThat(SaturatedTable.flood(tables.evicting(), 100_000)).isEqualTo(100_000);
        assertThat(tables.forgottenDebts()).isBetween(98_000L, 99_000L);
        assertThat(tables.evicting().peek(-1L).remaining())
                .as("the deepest debt is not forgotten")
                .isZero();

        assertThat(tables.denying().tryAcquire(-1L, 10)).isTrue();
        assertThat(SaturatedTable.flood(tables.denying(), 100_000)).isBetween(1_000L, 1_504L);
        assertThat(tables.denying().decide(-2L).reason()).isEqualTo(Decision.Reason.SATURATED);
        assertThat(tables.denying().evictedInDebt()).isZero();
        time.advance(Duration.ofSeconds(6));
        assertThat(tables.denying().decide(-2L).allowed())
                .as("debts of one permit are over")
                .isTrue();
    }

    @Test
    void virtualTimeFindsTheBoundary() {
        new VirtualTime().threeAtOnceAndThenOneEveryTwentyMinutes();
    }

    @Test
    void virtualTimeEndsWaits() throws Exception {
        VirtualTime example = new VirtualTime();
        example.theThirdUploadWaitsForItsTurn();
        example.aThreadWaitsForItsTurn();
    }

    @Test
    void coarseClockCountsAsAnyOther() {
        CoarseClock limits = new CoarseClock();
        for (int i = 0; i < 60; i++) {
            assertThat(limits.allows("sensor-1")).isTrue();
        }
        assertThat(limits.allows("sensor-1")).isFalse();
        assertThat(limits.allows("sensor-2")).isTrue();
    }

    @Test
    void clientsAreToldApartBehindProxiesAndCannotMove() {
        ClientLimits limits = new ClientLimits(time);
        InetAddress proxy = address("10.0.0.1");
        for (int i = 0; i < 10; i++) {
            // What the client sends is another each time; what the proxy has appended is not.
            assertThat(limits.allows(proxy, List.of("198.51.100." + i + ", 203.0.113.9")))
                    .isTrue();
        }
        assertThat(limits.allows(proxy, List.of("for=\"", "203.0.113.9"))).isFalse();
        assertThat(limits.allows(proxy, List.of("203.0.113.9, 203.0.113.10"))).isTrue();
        // Without a proxy in between, the whole field is the client's word.
        assertThat(limits.allows(address("203.0.113.9"), List.of("203.0.113.11")))
                .isFalse();
        // All addresses of an IPv6 /64 are one client.
        for (int i = 0; i < 10; i++) {
            assertThat(limits.allows(proxy, List.of("2001:db8::" + i))).isTrue();
        }
        assertThat(limits.allows(proxy, List.of("2001:db8::ffff"))).isFalse();
        assertThat(limits.allows(proxy, List.of("2001:db8:0:1::1"))).isTrue();
    }

    @Test
    void sitesHaveALimitOfTheirOwn() {
        ClientLimits limits = new ClientLimits(time);
        for (int i = 0; i < 100; i++) {
            assertThat(limits.allows(address("203.0.113." + i), List.of())).isTrue();
        }
        assertThat(limits.allows(address("203.0.113.200"), List.of())).isFalse();
        assertThat(limits.allows(address("198.51.100.1"), List.of())).isTrue();
    }

    @Test
    void hopsAreCountedFromTheRight() {
        assertThat(ClientLimits.behindTwo(
                        address("198.51.100.1"),
                        List.of("for=6.6.6.6;x=\"", "for=\"[2001:db8::1]:4711\"", "for=198.51.100.2")))
                .isEqualTo(address("2001:db8::1"));
    }

    @Test
    void windowsFollowTheCalendarAndTheClock() {
        Instant endOfFebruary = Instant.parse("2026-02-28T12:00:00Z");
        BillingWindows billing = new BillingWindows(endOfFebruary);
        assertThat(billing.quotas()).extracting(Quota::limit).containsExactly(20_000L, 10L, 0L);
        assertThat(billing.nextMonth(endOfFebruary)).isEqualTo("2026-03-01T00:00:00Z");
        assertThat(billing.nextMonth(Instant.parse("2026-03-01T00:00:00Z"))).isEqualTo("2026-04-01T00:00:00Z");
        assertThat(BillingWindows.severalUnits(ZonedDateTime.parse("2026-02-10T09:30:00+01:00[Europe/Berlin]")))
                .extracting(window -> window.at(endOfFebruary).start().toString())
                .containsExactly(
                        "2026-02-28T12:00:00Z", "2026-01-01T00:00:00Z", "2026-02-16T00:00:00Z", "2026-02-10T08:30:00Z");
        assertThat(BillingWindows.starts())
                .extracting(window -> window.at(endOfFebruary).start().toString())
                .containsExactly(
                        "2026-02-28T00:00:00Z", "2026-02-22T00:00:00Z", "2026-02-28T00:00:00Z", "2026-02-28T05:00:00Z");
    }

    @Test
    void daysAndHoursOnWhichTheClockChangesHaveOtherLengths() {
        CalendarWindow day = CalendarWindow.daily().in(ZoneId.of("Europe/Berlin"));
        assertThat(BillingWindows.lengthOf(day, Instant.parse("2026-03-29T12:00:00Z")))
                .isEqualTo(Duration.ofHours(23));
        assertThat(BillingWindows.lengthOf(day, Instant.parse("2026-10-25T12:00:00Z")))
                .isEqualTo(Duration.ofHours(25));
        CalendarWindow hour = CalendarWindow.hourly().in(ZoneId.of("Australia/Lord_Howe"));
        assertThat(BillingWindows.lengthOf(hour, Instant.parse("2026-04-04T14:30:00Z")))
                .isEqualTo(Duration.ofMinutes(90));
    }

    @Test
    void productsAreKeptSharedAndForgotten() {
        AtomicInteger asked = new AtomicInteger();
        AtomicReference<@Nullable RuntimeException> trouble = new AtomicReference<>();
        Set<String> deleted = new HashSet<>(Set.of("none"));
        ProductCache products = new ProductCache(
                (tenant, id) -> {
                    asked.incrementAndGet();
                    RuntimeException failure = trouble.get();
                    if (failure != null) {
                        throw failure;
                    }
                    if (deleted.contains(id)) {
                        throw new ProductCache.NoSuchProduct();
                    }
                    return new ProductCache.Product("bear of " + tenant, Set.of("toys"));
                },
                time);
        assertThat(products.show("acme", "1")).isEqualTo("bear of acme, MISS, 0 s old");
        time.advance(Duration.ofSeconds(7));
        assertThat(products.show("acme", "1")).isEqualTo("bear of acme, HIT, 7 s old");
        assertThat(products.show("other", "1")).isEqualTo("bear of other, MISS, 0 s old");
        assertThat(products.hitRate()).isBetween(0.33, 0.34);
        assertThat(products.inAHurry("acme", "1").age()).isZero();
        assertThat(asked).hasValue(3);

        assertThat(products.show("acme", "none")).isEqualTo("404, MISS");
        assertThat(products.show("acme", "none")).isEqualTo("404, NEGATIVE");
        assertThat(asked).hasValue(4);

        products.changed("acme", "1", new ProductCache.Product("hare", Set.of("toys")));
        assertThat(products.show("acme", "1")).isEqualTo("hare, HIT, 0 s old");
        products.categoryChanged("toys");
        assertThat(products.show("acme", "1")).startsWith("bear of acme, MISS");
        products.catalogueChanged("acme");
        assertThat(products.show("acme", "1")).startsWith("bear of acme, MISS");
        products.withdrawn("acme", "1");
        assertThat(products.show("acme", "1")).startsWith("bear of acme, MISS");

        int before = asked.get();
        time.advance(Duration.ofSeconds(1));
        assertThat(products.validated("acme", "1").age()).isZero();
        assertThat(asked).as("not current any more").hasValue(before + 1);

        trouble.set(new IllegalStateException("down"));
        time.advance(Duration.ofMinutes(2));
        assertThat(products.show("acme", "1")).isEqualTo("bear of acme, STALE, 120 s old");
        assertThat(products.show("acme", "2")).isEqualTo("503, FAILED");

        trouble.set(null);
        deleted.add("1");
        time.advance(Duration.ofMinutes(2));
        assertThat(products.show("acme", "1")).as("what is gone is not served").isEqualTo("404, MISS");
    }

    private static InetAddress address(String literal) {
        return AddressLiteral.parse(literal).orElseThrow();
    }
}
