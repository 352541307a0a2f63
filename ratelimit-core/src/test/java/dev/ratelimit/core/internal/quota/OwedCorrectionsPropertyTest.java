package dev.ratelimit.core.internal.quota;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.WhenUnavailable;
import dev.ratelimit.quota.CalendarWindow;
import dev.ratelimit.quota.Quota;
import dev.ratelimit.quota.QuotaDecision;
import dev.ratelimit.quota.QuotaService;
import dev.ratelimit.quota.QuotaUnavailableException;
import dev.ratelimit.testing.FaultyStore.Fault;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** Whatever is allowed, given back and reset in whatever outages: in the end the store shows what a plain number would. */
class OwedCorrectionsPropertyTest {

    private static final Quota MANY = Quota.of("calls", 1_000_000, CalendarWindow.yearly());

    private final ServiceOnTrial trial = new ServiceOnTrial();

    /** Amounts that were allowed since the last reset, and not given back. */
    private final Deque<QuotaDecision> allowed = new ArrayDeque<>();

    private final Deque<Long> amounts = new ArrayDeque<>();
    private long expected;

    private void step(QuotaService quotas, int step) {
        long amount = 1L + step % 17;
        switch (step % 7) {
            case 0, 1 -> {
                QuotaDecision decision = quotas.consume("key", amount);
                assertThat(decision.allowed()).isTrue();
                allowed.push(decision);
                amounts.push(amount);
                expected += amount;
            }
            case 2 -> giveBack(quotas, step);
            case 3 -> {
                if (isDone(() -> quotas.reset("key"))) {
                    allowed.clear();
                    amounts.clear();
                    expected = 0;
                }
            }
            case 4 -> trial.store.beginOutage(Fault.REFUSE);
            case 5 -> trial.store.endOutage();
            default -> trial.advance(Duration.ofMillis(step));
        }
    }

    private void giveBack(QuotaService quotas, int step) {
        if (allowed.isEmpty()) {
            return;
        }
        boolean last = step % 2 == 0;
        QuotaDecision decision = last ? allowed.peekFirst() : allowed.peekLast();
        long amount = last ? amounts.getFirst() : amounts.getLast();
        if (isDone(() -> quotas.decrement("key", amount, decision))) {
            if (last) {
                allowed.removeFirst();
                amounts.removeFirst();
            } else {
                allowed.removeLast();
                amounts.removeLast();
            }
            expected -= amount;
        }
    }

    private static boolean isDone(Runnable change) {
        try {
            change.run();
            return true;
        } catch (QuotaUnavailableException e) {
            return false;
        }
    }

    @Property(tries = 1_000)
    void theStoreShowsWhatAPlainNumberWould(@ForAll @Size(max = 60) List<@IntRange(max = 999) Integer> history) {
        OwedCorrectionsPropertyTest fresh = new OwedCorrectionsPropertyTest();
        QuotaService quotas = fresh.trial.service(WhenUnavailable.allow(), MANY);
        for (int step : history) {
            fresh.step(quotas, step);
        }
        fresh.trial.store.endOutage();
        fresh.trial.advance(Duration.ofSeconds(10));
        assertThat(quotas.statistics().owedCounters()).isZero();
        assertThat(fresh.trial.counted(MANY)).isEqualTo(fresh.expected);
    }
}
