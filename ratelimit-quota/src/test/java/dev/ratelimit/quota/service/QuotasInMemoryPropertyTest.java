package dev.ratelimit.quota.service;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.quota.CalendarWindow;
import dev.ratelimit.quota.Quota;
import dev.ratelimit.quota.QuotaDecision;
import dev.ratelimit.quota.QuotaService;
import dev.ratelimit.quota.spi.QuotaStore;
import dev.ratelimit.testing.ManualClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** What memory counts without operations is what it counts with them: answers, what a listener is told, and what is kept. */
class QuotasInMemoryPropertyTest {

    /** Keys of which some are what others look like once they are escaped. */
    private static final List<String> KEYS = List.of("a", "a b", "a%20b", "a%2520b", "%61", "é", "%C3%A9");

    enum Action {
        CONSUME,
        CANCEL,
        DECREMENT,
        RESET,
        LATER,
        CHANGE
    }

    record Step(Action action, String key, int number) {}

    @Property(tries = 3_000)
    void bothWaysCountTheSame(@ForAll("steps") List<Step> steps) {
        assertThat(difference(steps, 10)).isEmpty();
    }

    @Example
    void aServiceThatCountsToAnotherLimitIsCaught() {
        Step one = new Step(Action.CONSUME, "a", 5);
        assertThat(difference(List.of(one, one, one), 10)).isEmpty();
        assertThat(difference(List.of(one, one, one), 11)).isNotEmpty();
    }

    @Example
    void aStoreThatIsClosedIsTroubleOnBothWays() {
        QuotaStore store = QuotaStores.inMemory();
        QuotaService quotas = Quotas.of(store, Quota.of("q", 10, CalendarWindow.yearly()));
        assertThat(quotas.consume("a").allowed()).isTrue();
        assertThat(quotas.consume("a").allowed()).isTrue();
        store.close();
        assertThat(answer(quotas, "a", 1)).contains("closed");
    }

    /** Another clock than the store's says nothing of what has expired there. */
    @Example
    void countersExpireByTheClockOfTheStore() {
        ManualClock clock = new ManualClock(Instant.parse("2026-03-31T22:58:30Z"));
        ManualClock behind = new ManualClock(clock.instant());
        QuotaService quotas = Quotas.builder(QuotaStores.inMemory(clock))
                .clock(behind)
                .quota(Quota.of("q", 10, CalendarWindow.daily()))
                .build();
        quotas.consume("a", 3);
        clock.advance(Duration.ofDays(3));
        assertThat(quotas.consume("a", 3).used()).isEqualTo(3);
    }

    private static String difference(List<Step> steps, long otherLimit) {
        ManualClock clock = new ManualClock(Instant.parse("2026-03-31T22:58:30Z"));
        List<String> told = new ArrayList<>();
        List<String> otherTold = new ArrayList<>();
        QuotaService quotas = quotas(QuotaStores.inMemory(clock), clock, 10, told);
        QuotaService other = quotas(new DistantStore(QuotaStores.inMemory(clock)), clock, otherLimit, otherTold);
        for (Step step : steps) {
            if (step.action() == Action.LATER) {
                clock.advance(Duration.ofHours(5L * step.number()));
                continue;
            }
            String answer = done(quotas, step, 10);
            String otherAnswer = done(other, step, otherLimit);
            if (!answer.equals(otherAnswer) || !told.equals(otherTold)) {
                return step + ": " + answer + told + ", but should be " + otherAnswer + otherTold;
            }
        }
        return "";
    }

    private static QuotaService quotas(QuotaStore store, ManualClock clock, long limit, List<String> told) {
        return Quotas.builder(store)
                .clock(clock)
                .quota(Quota.of("q", limit, CalendarWindow.daily()))
                .listener((key, percent, usage) -> told.add(key + percent + usage.used()), 50, 100)
                .build();
    }

    private static String done(QuotaService quotas, Step step, long limit) {
        switch (step.action()) {
            case CONSUME -> {
                return answer(quotas, step.key(), step.number());
            }
            case CANCEL -> {
                return "" + quotas.reserve(step.key(), step.number()).cancel();
            }
            case DECREMENT -> {
                return "" + quotas.decrement(step.key(), step.number());
            }
            case CHANGE -> {
                quotas.update(Quota.of("q", limit - step.number() / 4, CalendarWindow.daily()));
                return "" + quotas.peek(step.key());
            }
            default -> {
                quotas.reset(step.key());
                return "" + quotas.peek(step.key());
            }
        }
    }

    private static String answer(QuotaService quotas, String key, long amount) {
        try {
            QuotaDecision decision = quotas.consume(key, amount);
            return decision.usages() + " " + decision.retryAfter() + decision;
        } catch (RuntimeException e) {
            return e.toString();
        }
    }

    @Provide
    Arbitrary<List<Step>> steps() {
        Arbitrary<Action> actions = Arbitraries.frequencyOf(
                net.jqwik.api.Tuple.of(4, Arbitraries.just(Action.CONSUME)),
                net.jqwik.api.Tuple.of(3, Arbitraries.of(Action.class)));
        return Combinators.combine(
                        actions, Arbitraries.of(KEYS), Arbitraries.integers().between(1, 12))
                .as(Step::new)
                .list()
                .ofMaxSize(60);
    }
}
