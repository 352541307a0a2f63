package dev.ratelimit.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ratelimit.quota.spi.QuotaStore;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** Any history of reservations that are asked for again, handed over, ended by several and delivered late. */
class ReservationHistoriesTest {

    @Property(tries = 2_000)
    void withoutFaultsTheCounterShowsWhatAModelDoes(
            @ForAll @Size(max = 40) List<@IntRange(max = 9_999) Integer> steps) {
        exact(steps, store -> store);
    }

    private static void exact(List<Integer> steps, UnaryOperator<QuotaStore> made) {
        ReservationHistory history = new ReservationHistory(made, false);
        for (int step : steps) {
            history.take(step);
            assertThat(history.used()).as("after %s", history).isEqualTo(history.expected());
        }
    }

    @Property(tries = 2_000)
    void withFaultsAndLateDeliveriesNothingCommittedGoesUncharged(
            @ForAll @Size(max = 40) List<@IntRange(max = 9_999) Integer> steps) {
        bounded(steps, store -> store);
    }

    private static void bounded(List<Integer> steps, UnaryOperator<QuotaStore> made) {
        ReservationHistory history = new ReservationHistory(made, true);
        steps.forEach(history::take);
        history.closeAll();
        assertThat(history.used()).as("in the end of %s", history).isBetween(history.least(), history.most());
    }

    /** The check sees a store that counts each correction again. */
    @Example
    void correctionsThatCountAgainAreSeen() {
        assertThatThrownBy(() -> random(steps -> exact(steps, ForgetfulStore::new)))
                .isInstanceOf(AssertionError.class);
        assertThatThrownBy(() -> random(steps -> bounded(steps, ForgetfulStore::new)))
                .isInstanceOf(AssertionError.class);
    }

    /** The check sees a store that forgets what it keeps of ends. */
    @Example
    void endsThatAreForgottenAreSeen() {
        assertThatThrownBy(() -> random(steps -> exact(steps, MarklessStore::new)))
                .isInstanceOf(AssertionError.class);
        assertThatThrownBy(() -> random(steps -> bounded(steps, MarklessStore::new)))
                .isInstanceOf(AssertionError.class);
    }

    private static void random(Consumer<List<Integer>> check) {
        Random random = new Random(11);
        for (int i = 0; i < 500; i++) {
            check.accept(random.ints(40, 0, 10_000).boxed().toList());
        }
    }
}
