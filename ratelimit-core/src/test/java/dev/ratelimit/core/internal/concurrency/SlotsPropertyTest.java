package dev.ratelimit.core.internal.concurrency;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.testing.ManualTime;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;

/** Any history of slots, and of who waits for them, against {@link SlotsModel}. */
class SlotsPropertyTest {

    enum Action {
        ENTER,
        QUEUE,
        CLOSE,
        WITHDRAW,
        LIMIT,
        ADVANCE
    }

    /** One step; which of its figures count depends on the action. */
    record Step(Action action, int key, Bounds bounds, int which) {}

    private record Open(Slot real, SlotsModel.Place model) {}

    private record Queued(Waiter real, SlotsModel.Queued model) {}

    private static final int KEYS = 3;
    private static final Bounds ONE = new Bounds(1, Bounds.FOREVER);

    @Property(tries = 2_000)
    void sameAsTheModel(@ForAll("starts") long start, @ForAll("steps") List<Step> steps) {
        assertThat(new Replay(start, new SlotsModel(false)).firstDifference(steps))
                .isEqualTo(-1);
    }

    /** Nobody runs wake-ups: who asks is answered as if whatever is overdue went at once all the same. */
    @Property(tries = 1_000)
    void sameAnswersWithoutWakeUps(@ForAll("steps") List<Step> steps) {
        ManualTime time = new ManualTime();
        Slots slots = new Slots(time, (instant, task) -> () -> {}, (key, held) -> {});
        SlotsModel model = new SlotsModel(false);
        List<Open> open = new ArrayList<>();
        for (Step step : steps) {
            switch (step.action()) {
                case ENTER, QUEUE -> assertThat(enter(slots, model, step, open)).isTrue();
                case CLOSE -> close(open, model, step.which());
                case ADVANCE -> {
                    time.advanceNanos(step.which());
                    model.advance(step.which());
                }
                default -> {}
            }
        }
    }

    @Example
    void aModelThatServesTheLastFirstIsCaught() {
        List<Step> steps = List.of(
                new Step(Action.ENTER, 0, ONE, 0),
                new Step(Action.QUEUE, 0, ONE, 0),
                new Step(Action.QUEUE, 0, ONE, 0),
                new Step(Action.CLOSE, 0, ONE, 0));
        assertThat(new Replay(0, new SlotsModel(false)).firstDifference(steps)).isEqualTo(-1);
        assertThat(new Replay(0, new SlotsModel(true)).firstDifference(steps)).isEqualTo(3);
    }

    @Provide
    Arbitrary<Long> starts() {
        return Arbitraries.of(0L, Long.MAX_VALUE - 20, Long.MIN_VALUE, -20L);
    }

    @Provide
    Arbitrary<List<Step>> steps() {
        Arbitrary<Bounds> bounds = Combinators.combine(
                        Arbitraries.integers().between(1, 3), Arbitraries.of(Bounds.FOREVER, 10L, 25L))
                .as(Bounds::new);
        return Combinators.combine(
                        Arbitraries.of(Action.class),
                        Arbitraries.integers().between(0, KEYS - 1),
                        bounds,
                        Arbitraries.integers().between(0, 40))
                .as(Step::new)
                .list()
                .ofMaxSize(80);
    }

    private static boolean enter(Slots slots, SlotsModel model, Step step, List<Open> open) {
        @Nullable Slot real = slots.tryEnter(step.key(), step.bounds());
        SlotsModel.@Nullable Place expected = model.tryEnter(step.key(), step.bounds());
        if (real != null && expected != null) {
            open.add(new Open(real, expected));
        }
        return (real == null) == (expected == null);
    }

    /** Closes any slot that ever was open. */
    private static void close(List<Open> open, SlotsModel model, int which) {
        if (!open.isEmpty()) {
            Open closed = open.get(which % open.size());
            closed.real().close();
            model.close(closed.model());
        }
    }

    /** Slots and the model side by side. */
    private static final class Replay {
        private final ManualTime time;
        private final ManualWakeups wakeups;
        private final Slots slots;
        private final SlotsModel model;
        private final List<Open> open = new ArrayList<>();
        private final List<Queued> queued = new ArrayList<>();
        private int reclaimed;

        Replay(long start, SlotsModel model) {
            this.time = new ManualTime(start);
            this.wakeups = new ManualWakeups(time);
            this.slots = new Slots(time, wakeups, (key, held) -> reclaimed++);
            this.model = model;
        }

        /** The step after which they differ, or -1. */
        int firstDifference(List<Step> steps) {
            for (int i = 0; i < steps.size(); i++) {
                if (!isSame(steps.get(i)) || !agree()) {
                    return i;
                }
                keepWhatWasHanded();
            }
            return -1;
        }

        private boolean isSame(Step step) {
            switch (step.action()) {
                case ENTER -> {
                    return enter(slots, model, step, open);
                }
                case QUEUE ->
                    queued.add(new Queued(
                            slots.stripe(step.key()).queue(step.key(), step.bounds()),
                            model.queue(step.key(), step.bounds())));
                case CLOSE -> close(open, model, step.which());
                case WITHDRAW -> {
                    if (!queued.isEmpty()) {
                        Queued leaving = queued.remove(step.which() % queued.size());
                        Stripe stripe = slots.stripe(leaving.model().key());
                        return stripe.withdraw(leaving.real()) == model.withdraw(leaving.model());
                    }
                }
                case LIMIT -> {
                    slots.limit(step.key(), step.bounds().atOnce());
                    model.limit(step.key(), step.bounds().atOnce());
                }
                case ADVANCE -> {
                    wakeups.advanceNanos(step.which());
                    model.advance(step.which());
                }
            }
            return true;
        }

        private boolean agree() {
            for (long key = 0; key < KEYS; key++) {
                if (slots.inUse(key) != model.inUse(key) || slots.waiting(key) != model.waiting(key)) {
                    return false;
                }
            }
            return slots.keys() == model.keysInUse()
                    && reclaimed == model.reclaimed()
                    && queued.stream().allMatch(waiter -> waiter.real().isDecided() == waiter.model().decided);
        }

        private void keepWhatWasHanded() {
            for (Queued waiter : queued) {
                Slot real = waiter.real().slot();
                SlotsModel.Place expected = waiter.model().handed;
                if (real != null && expected != null && open.stream().noneMatch(known -> known.real() == real)) {
                    open.add(new Open(real, expected));
                }
            }
        }
    }
}
