package dev.ratelimit.core.internal.concurrency;

import dev.ratelimit.testing.ManualTime;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Slots and their model side by side, through a history. */
final class SlotsReplay {

    enum Action {
        ENTER,
        RESERVE,
        BEGIN,
        QUEUE,
        LATER,
        CLOSE,
        WITHDRAW,
        CANCEL,
        LIMIT,
        ADVANCE
    }

    /**
     * One step; which of its figures count depends on the action.
     *
     * @param failAt the allocation that fails in this step, or zero
     */
    record Step(Action action, int key, ConcurrencyBounds bounds, int which, int failAt) {}

    private record Open(Slot real, SlotsModel.Place model) {}

    private record Queued(Waiter real, SlotsModel.Queued model) {}

    private static final class Later {
        private final List<Admission> told = new ArrayList<>();
        private SlotsModel.@Nullable Queued model;
        private Slots.@Nullable PendingEntry real;
        private boolean cancelled;

        /** Whether both were told the same. */
        boolean agrees() {
            SlotsModel.Queued expected = model;
            if (expected == null || cancelled) {
                return told.isEmpty();
            }
            if (!expected.decided) {
                return told.isEmpty();
            }
            return told.size() == 1
                    && (expected.handed == null ? told.get(0) == expected.refused : told.get(0) instanceof Slot);
        }
    }

    static final int KEYS = 3;

    private final ManualTime time;
    private final ManualWakeups wakeups;
    private final FailingMemory memory = new FailingMemory();
    private final Slots slots;
    private final SlotsModel model;
    private final List<Open> open = new ArrayList<>();
    private final List<Queued> queued = new ArrayList<>();
    private final List<Later> laters = new ArrayList<>();
    private int reclaimed;
    private int failed;

    SlotsReplay(long start, SlotsModel model) {
        this(start, model, true);
    }

    /** If nobody runs wake-ups, only those who ask find what is overdue. */
    SlotsReplay(long start, SlotsModel model, boolean runsWakeups) {
        this.time = new ManualTime(start);
        this.wakeups = new ManualWakeups(time);
        Wakeups none = (instant, task) -> () -> {};
        this.slots = new Slots(time, runsWakeups ? wakeups : none, (key, held) -> reclaimed++, 1, memory);
        this.model = model;
    }

    /** How many steps failed for want of memory. */
    int failed() {
        return failed;
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

    /** The step whose answer differs, or -1. */
    int firstOtherAnswer(List<Step> steps) {
        for (int i = 0; i < steps.size(); i++) {
            if (!isSame(steps.get(i))) {
                return i;
            }
        }
        return -1;
    }

    private boolean isSame(Step step) {
        memory.failAt(step.failAt());
        try {
            return isSameWithMemory(step);
        } catch (OutOfMemoryError e) {
            failed++;
            switch (step.action()) {
                // All but the limit that they brought is undone.
                case ENTER, RESERVE, QUEUE, LATER ->
                    model.limit(step.key(), step.bounds().maxConcurrent());
                case BEGIN -> {}
                default -> throw new AssertionError("must not need memory: " + step, e);
            }
            return true;
        } finally {
            memory.failAt(0);
        }
    }

    private boolean isSameWithMemory(Step step) {
        int key = step.key();
        ConcurrencyBounds bounds = step.bounds();
        switch (step.action()) {
            case ENTER -> {
                return keep(slots.tryEnter(key, bounds), step);
            }
            case RESERVE -> {
                return keep(slots.stripe(key).reserve(key, bounds), step);
            }
            case BEGIN -> {
                if (!open.isEmpty()) {
                    Open begun = open.get(step.which() % open.size());
                    begun.real().begin();
                    model.begin(begun.model());
                }
            }
            case QUEUE -> {
                Waiter real = slots.stripe(key).queue(key, bounds, new WaitingThread(), time.nanos());
                SlotsModel.Queued expected = model.queue(key, bounds);
                if (real != null && expected != null) {
                    queued.add(new Queued(real, expected));
                }
                return (real == null) == (expected == null);
            }
            case LATER -> enterLater(step);
            case CLOSE -> {
                if (!open.isEmpty()) {
                    Open closed = open.get(step.which() % open.size());
                    closed.real().close();
                    model.close(closed.model());
                }
            }
            case WITHDRAW -> {
                if (!queued.isEmpty()) {
                    Queued leaving = queued.remove(step.which() % queued.size());
                    return leaving.real().withdraw() == model.withdraw(leaving.model());
                }
            }
            case CANCEL -> {
                return laters.isEmpty() || cancel(laters.get(step.which() % laters.size()));
            }
            case LIMIT -> {
                slots.limit(key, bounds.maxConcurrent());
                model.limit(key, bounds.maxConcurrent());
            }
            case ADVANCE -> {
                // Holds end at even instants, waits at odd ones: so nothing depends on who of two comes first at one.
                wakeups.advanceNanos(2L * step.which());
                model.advance(2L * step.which());
            }
        }
        return true;
    }

    private boolean keep(@Nullable Slot real, Step step) {
        SlotsModel.Place expected = step.action() == Action.ENTER
                ? model.tryEnter(step.key(), step.bounds())
                : model.reserve(step.key(), step.bounds());
        if (real != null && expected != null) {
            open.add(new Open(real, expected));
        }
        return (real == null) == (expected == null);
    }

    private void enterLater(Step step) {
        long wait = step.which() == 0 ? 0 : 2L * step.which() + 1;
        Later later = new Later();
        later.real = slots.enterLater(step.key(), step.bounds(), wait, later.told::add);
        later.model = model.enterLater(step.key(), step.bounds(), wait);
        laters.add(later);
    }

    private boolean cancel(Later later) {
        if (later.real == null || later.model == null) {
            return false;
        }
        boolean isToBe = !later.cancelled && !later.model.decided;
        boolean was = later.real.cancel();
        later.cancelled |= was;
        model.withdraw(later.model);
        return was == isToBe;
    }

    private boolean agree() {
        for (long key = 0; key < KEYS; key++) {
            if (slots.inUse(key) != model.inUse(key) || slots.waiting(key) != model.waiting(key)) {
                return false;
            }
        }
        return slots.keys() == model.keysInUse()
                && reclaimed == model.reclaimed()
                && slots.maxWaitingNanos() == model.maxWaiting()
                && slots.inUse() == model.inUse(0) + model.inUse(1) + model.inUse(2)
                && slots.waiting() == model.waiting(0) + model.waiting(1) + model.waiting(2)
                && !slots.stripe(0).isLocked()
                && laters.stream().allMatch(Later::agrees)
                && queued.stream().allMatch(waiter -> waiter.real().isDecided() == waiter.model().decided);
    }

    private void keepWhatWasHanded() {
        for (Queued waiter : queued) {
            keep(waiter.real().handed(), waiter.model().handed);
        }
        for (Later later : laters) {
            if (!later.told.isEmpty() && later.told.get(0) instanceof Slot slot && later.model != null) {
                keep(slot, later.model.handed);
            }
        }
    }

    private void keep(@Nullable Slot real, SlotsModel.@Nullable Place expected) {
        if (real != null && expected != null && open.stream().noneMatch(known -> known.real() == real)) {
            open.add(new Open(real, expected));
        }
    }
}
