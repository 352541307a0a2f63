package dev.ratelimit.quota.service.internal;

import static dev.ratelimit.quota.service.internal.ServiceOnTrial.DAILY;
import static dev.ratelimit.quota.service.internal.ServiceOnTrial.MINUTELY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ratelimit.Certainty;
import dev.ratelimit.DecisionSource;
import dev.ratelimit.WhenUnavailable;
import dev.ratelimit.quota.QuotaEvents;
import dev.ratelimit.quota.QuotaReservation;
import dev.ratelimit.quota.QuotaService;
import dev.ratelimit.quota.QuotaUnavailableException;
import dev.ratelimit.quota.StoreCall;
import dev.ratelimit.quota.spi.Capabilities;
import dev.ratelimit.quota.spi.Operation;
import dev.ratelimit.quota.spi.Outcome;
import dev.ratelimit.quota.spi.QuotaStore;
import dev.ratelimit.store.Deadline;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** A store that counts, and then answers what it must not, or throws an Error, is taken to have counted. */
class BadAnswersTest {

    private final ServiceOnTrial trial = new ServiceOnTrial();
    private final Queue<UnaryOperator<List<Outcome>>> answers = new ArrayDeque<>();

    /** Counts, and answers as the test says. */
    private final QuotaStore store = new QuotaStore() {
        @Override
        public Capabilities capabilities() {
            return trial.store.capabilities();
        }

        @Override
        public List<Outcome> apply(List<Operation> operations, Deadline deadline) {
            List<Outcome> outcomes = trial.store.apply(operations, deadline);
            return answers.isEmpty() ? outcomes : answers.remove().apply(outcomes);
        }

        @Override
        public void close() {
            trial.store.close();
        }
    };

    @SuppressWarnings("NullAway") // what a store must not answer
    private static List<UnaryOperator<List<Outcome>>> bad() {
        return List.of(
                outcomes -> {
                    throw new StackOverflowError("in the store");
                },
                outcomes -> null,
                outcomes -> Collections.nCopies(outcomes.size(), null),
                outcomes -> List.of(),
                outcomes -> List.of(new Outcome.Grouped(List.of())),
                outcomes -> new ArrayList<>(outcomes) {
                    @Override
                    public Outcome get(int index) {
                        throw new IllegalStateException("read too late");
                    }
                });
    }

    @Test
    void aRequestMayHaveBeenCounted() {
        QuotaService fails = trial.service(store, WhenUnavailable.fail(), 0, DAILY);
        QuotaService allows = trial.service(store, WhenUnavailable.allow(), 0, DAILY);
        for (UnaryOperator<List<Outcome>> answer : bad()) {
            answers.add(answer);
            assertThatThrownBy(() -> fails.consume("key"))
                    .isInstanceOfSatisfying(
                            QuotaUnavailableException.class,
                            e -> assertThat(e.certainty()).isEqualTo(Certainty.INDETERMINATE));
            answers.add(answer);
            assertThat(allows.consume("key").source()).isEqualTo(DecisionSource.OPEN);
        }
    }

    @Test
    void aGroupIsNotAnsweredByOneCounter() {
        QuotaService quotas = trial.service(store, WhenUnavailable.allow(), 0, DAILY, MINUTELY);
        answers.add(outcomes -> List.of(new Outcome.Counted(1, 1)));
        assertThat(quotas.consume("key").source()).isEqualTo(DecisionSource.OPEN);
        answers.add(outcomes -> List.of(new Outcome.Grouped(List.of(new Outcome.Counted(1, 1)))));
        assertThat(quotas.consume("key").source()).isEqualTo(DecisionSource.OPEN);
    }

    @Test
    void afterABadAnswerToACommitNoOtherAmountIsCommitted() {
        QuotaService quotas = trial.service(store, WhenUnavailable.fail(), 0, DAILY);
        long before = 0;
        for (UnaryOperator<List<Outcome>> answer : bad()) {
            QuotaReservation reserved = quotas.reserve("key", 10);
            answers.add(answer);
            assertThatThrownBy(() -> reserved.commit(6)).isInstanceOf(QuotaUnavailableException.class);
            assertThatThrownBy(() -> reserved.commit(3)).isInstanceOf(IllegalArgumentException.class);
            assertThat(reserved.commit(6)).isTrue();
            before += 6;
            assertThat(trial.counted(DAILY)).isEqualTo(before);
        }
    }

    @Test
    void anErrorOfTheListenerChangesNothing() {
        trial.events = new QuotaEvents() {
            @Override
            public void storeCalled(StoreCall call) {
                throw new NoClassDefFoundError("Metrics");
            }
        };
        QuotaService quotas = trial.service(WhenUnavailable.fail(), DAILY);
        QuotaReservation reserved = quotas.reserve("key", 10);
        assertThat(reserved.commit(6)).isTrue();
        assertThat(reserved.commit(3)).isFalse();
        assertThat(trial.counted(DAILY)).isEqualTo(6);
    }
}
