package dev.ratelimit.quota.service.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.DecisionSource;
import dev.ratelimit.WhenUnavailable;
import dev.ratelimit.quota.CalendarWindow;
import dev.ratelimit.quota.Quota;
import dev.ratelimit.quota.QuotaDecision;
import dev.ratelimit.quota.QuotaReservation;
import dev.ratelimit.quota.QuotaUnavailableException;
import dev.ratelimit.testing.FaultyStore.Fault;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

/** Any history of requests and outages: in the end the store has counted what was allowed, and at no time more was. */
class OutagePropertyTest {

    private static final Quota QUOTA = Quota.of("q", 200, CalendarWindow.yearly());
    private static final long SHARE = 50;

    /** A service, what it allowed, and what was uncertain. */
    private static final class History {
        final ServiceOnTrial trial = new ServiceOnTrial();
        final StoreQuotas quotas;
        final boolean losesReplies;
        long used;
        long local;
        long uncertain;

        History(WhenUnavailable choice, boolean losesReplies) {
            this.quotas = trial.service(choice, QUOTA);
            this.losesReplies = losesReplies;
        }

        void take(int step) {
            int amount = 1 + step / 10 % 9;
            switch (step % 10) {
                case 0 -> trial.store.beginOutage(losesReplies && step % 20 < 10 ? Fault.LOSE_REPLY : Fault.REFUSE);
                case 1 -> trial.store.endOutage();
                case 2 -> trial.advance(Duration.ofMillis(step));
                case 3 -> commit(amount, step / 90 % 12);
                default -> consume(amount);
            }
        }

        private boolean allowed(QuotaDecision decision, long amount) {
            if (decision.allowed()) {
                used += amount;
            }
            return decision.allowed();
        }

        /** Consumes; what a share grants for good is known at once. */
        private void consume(long amount) {
            QuotaDecision decision = quotas.consume("key", amount);
            allowed(decision, amount);
            local += decision.source() == DecisionSource.LOCAL ? amount : 0;
        }

        private void commit(long amount, long actual) {
            QuotaReservation reserved = quotas.reserve("key", amount);
            if (allowed(reserved.decision(), amount)) {
                try {
                    reserved.commit(actual);
                    used += actual - amount;
                } catch (QuotaUnavailableException e) {
                    // Perhaps given back, perhaps not.
                    uncertain += amount;
                    used += actual - amount;
                }
            }
        }

        long counted() {
            trial.store.endOutage();
            trial.advance(Duration.ofSeconds(30));
            uncertain += quotas.statistics().storeCallsIndeterminate() * 12;
            return trial.counted(QUOTA);
        }
    }

    @Property(tries = 1_000)
    void whatIsAllowedIsCountedToTheUnit(@ForAll @Size(max = 60) List<@IntRange(max = 999) Integer> steps) {
        for (WhenUnavailable choice : List.of(WhenUnavailable.allow(), WhenUnavailable.local(0.25))) {
            History history = new History(choice, false);
            steps.forEach(history::take);
            assertThat(history.counted()).isEqualTo(history.used);
            assertThat(history.local).isLessThanOrEqualTo(SHARE);
        }
    }

    @Property(tries = 1_000)
    void inDoubtItIsCountedRatherTwiceThanNever(@ForAll @Size(max = 60) List<@IntRange(max = 999) Integer> steps) {
        for (WhenUnavailable choice : List.of(WhenUnavailable.allow(), WhenUnavailable.local(0.25))) {
            History history = new History(choice, true);
            steps.forEach(history::take);
            long counted = history.counted();
            assertThat(counted).isBetween(history.used, history.used + history.uncertain);
        }
    }

    /** The check sees that what is owed has not been posted. */
    @Test
    void whatHasNotBeenPostedIsSeen() {
        Random random = new Random(7);
        boolean caught = false;
        for (int i = 0; i < 100 && !caught; i++) {
            History history = new History(WhenUnavailable.allow(), false);
            random.ints(60, 0, 1_000).forEach(history::take);
            // The outage goes on, and what is owed is not posted.
            caught = history.trial.counted(QUOTA) != history.used;
        }
        assertThat(caught).isTrue();
    }
}
