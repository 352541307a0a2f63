package dev.ratelimit.core.internal.concurrency;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.core.internal.concurrency.SlotsReplay.Action;
import dev.ratelimit.core.internal.concurrency.SlotsReplay.Step;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Any history of slots, and of who waits for them, against {@link SlotsModel}. */
class SlotsPropertyTest {

    private static final ConcurrencyBounds ONE = new ConcurrencyBounds(1, ConcurrencyBounds.FOREVER);
    private static final ConcurrencyBounds HELD = new ConcurrencyBounds(1, 10);

    private static final int NEVER = 0;

    /** No step allocates more often; most steps with a number below do not either. */
    private static final int MAX_ALLOCATIONS = 6;

    @Property(tries = 2_000)
    void sameAsTheModel(@ForAll("starts") long start, @ForAll("steps") List<Step> steps) {
        assertThat(new SlotsReplay(start, new SlotsModel(SlotsModel.Flaw.NONE)).firstDifference(steps))
                .isEqualTo(-1);
    }

    /** Whatever allocation fails, all is as if the step had not been, but for the limit that it brought. */
    @Property(tries = 2_000)
    void sameAsTheModelWhereMemoryFails(@ForAll("starts") long start, @ForAll("failingSteps") List<Step> steps) {
        assertThat(new SlotsReplay(start, new SlotsModel(SlotsModel.Flaw.NONE)).firstDifference(steps))
                .isEqualTo(-1);
    }

    /** Nobody runs wake-ups: who asks is answered as if whatever is overdue went at once all the same. */
    @Property(tries = 1_000)
    void sameAnswersWithoutWakeUps(@ForAll("stepsWithoutWaiting") List<Step> steps) {
        assertThat(new SlotsReplay(0, new SlotsModel(SlotsModel.Flaw.NONE), false).firstOtherAnswer(steps))
                .isEqualTo(-1);
    }

    @Example
    void aModelThatServesTheLastFirstIsCaught() {
        List<Step> steps = List.of(
                step(Action.ENTER, ONE, 0),
                step(Action.QUEUE, ONE, 0),
                step(Action.LATER, ONE, 1),
                step(Action.CLOSE, ONE, 0));
        assertThat(difference(SlotsModel.Flaw.NONE, steps)).isEqualTo(-1);
        assertThat(difference(SlotsModel.Flaw.SERVES_THE_LAST_FIRST, steps)).isEqualTo(3);
    }

    @Example
    void aModelThatBeginsHoldsBeforeTheHandOverIsCaught() {
        List<Step> steps = List.of(step(Action.RESERVE, HELD, 0), step(Action.ADVANCE, HELD, 5));
        assertThat(difference(SlotsModel.Flaw.NONE, steps)).isEqualTo(-1);
        assertThat(difference(SlotsModel.Flaw.BEGINS_HOLDS_EARLY, steps)).isEqualTo(1);
    }

    @Example
    void stepsDoFail() {
        SlotsReplay replay = new SlotsReplay(0, new SlotsModel(SlotsModel.Flaw.NONE));
        List<Step> steps = List.of(
                new Step(Action.ENTER, 0, HELD, 0, 1),
                new Step(Action.ENTER, 0, HELD, 0, 2),
                new Step(Action.ENTER, 0, HELD, 0, 3),
                new Step(Action.ENTER, 0, HELD, 0, 4));
        assertThat(replay.firstDifference(steps)).isEqualTo(-1);
        assertThat(replay.failed()).as("occupancy, slot and alarm").isEqualTo(3);
    }

    @Provide
    Arbitrary<Long> starts() {
        return Arbitraries.of(0L, Long.MAX_VALUE - 20, Long.MIN_VALUE, -20L);
    }

    @Provide
    Arbitrary<List<Step>> steps() {
        return steps(Arbitraries.of(Action.class), NEVER);
    }

    @Provide
    Arbitrary<List<Step>> failingSteps() {
        return steps(Arbitraries.of(Action.class), MAX_ALLOCATIONS);
    }

    @Provide
    Arbitrary<List<Step>> stepsWithoutWaiting() {
        return steps(Arbitraries.of(Action.ENTER, Action.RESERVE, Action.BEGIN, Action.CLOSE, Action.ADVANCE), NEVER);
    }

    private static Arbitrary<List<Step>> steps(Arbitrary<Action> actions, int mostAllocations) {
        Arbitrary<ConcurrencyBounds> bounds = Combinators.combine(
                        Arbitraries.integers().between(1, 3),
                        Arbitraries.of(ConcurrencyBounds.FOREVER, 10L, 26L),
                        Arbitraries.of(ConcurrencyBounds.ANY_NUMBER, ConcurrencyBounds.ANY_NUMBER, 0, 1, 2))
                .as(ConcurrencyBounds::new);
        return Combinators.combine(
                        actions,
                        Arbitraries.integers().between(0, SlotsReplay.KEYS - 1),
                        bounds,
                        Arbitraries.integers().between(0, 20),
                        Arbitraries.integers().between(0, mostAllocations))
                .as(Step::new)
                .list()
                .ofMaxSize(80);
    }

    private static Step step(Action action, ConcurrencyBounds bounds, int which) {
        return new Step(action, 0, bounds, which, NEVER);
    }

    private static int difference(SlotsModel.Flaw flaw, List<Step> steps) {
        return new SlotsReplay(0, new SlotsModel(flaw)).firstDifference(steps);
    }
}
