package dev.ratelimit.core.internal.concurrency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.sun.management.ThreadMXBean;
import dev.ratelimit.testing.ManualTime;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** An allocation that fails under a stripe's lock, at each place where there is one: nothing is locked, or half done. */
class SlotsMemoryFailureTest {

    private static final long KEY = 7;
    private static final long HOLD = 1_000;
    private static final long WAIT = 500;
    private static final ConcurrencyBounds ONE = new ConcurrencyBounds(1, ConcurrencyBounds.FOREVER);
    private static final ConcurrencyBounds HELD = new ConcurrencyBounds(1, HOLD);

    /** As many as the tables of a stripe have places at first. */
    private static final int FULL_TABLE = 8;

    private final ManualTime time = new ManualTime();
    private final ManualWakeups wakeups = new ManualWakeups(time);
    private final FailingMemory memory = new FailingMemory();
    private final List<Slot> open = new ArrayList<>();

    @Test
    void theFirstSlotOfAKey() {
        assertThat(failures(slots -> {}, slots -> enter(slots, KEY, ONE))).isEqualTo(2);
    }

    @Test
    void theFirstSlotOfAKeyWithALongestHold() {
        assertThat(failures(slots -> {}, slots -> enter(slots, KEY, HELD)))
                .as("occupancy, slot, alarm")
                .isEqualTo(3);
    }

    @Test
    void theNextSlotOfAKey() {
        ConcurrencyBounds two = new ConcurrencyBounds(2, ConcurrencyBounds.FOREVER);
        assertThat(failures(slots -> enter(slots, KEY, two), slots -> enter(slots, KEY, two)))
                .isEqualTo(1);
    }

    @Test
    void theSlotForWhichTablesGrow() {
        assertThat(failures(SlotsMemoryFailureTest.this::fill, slots -> enter(slots, FULL_TABLE, HELD)))
                .as("table, occupancy, slot, heap")
                .isEqualTo(4);
    }

    @Test
    void theBeginningOfAHold() {
        Slot[] reserved = new Slot[1];
        Consumer<Slots> reserve = slots -> {
            fill(slots);
            reserved[0] =
                    Objects.requireNonNull(slots.stripe(0).reserve(FULL_TABLE, new ConcurrencyBounds(1, HOLD / 2)));
            open.add(reserved[0]);
        };
        assertThat(failures(reserve, slots -> reserved[0].begin()))
                .as("heap, alarm")
                .isEqualTo(2);
    }

    @Test
    void thePlaceInAQueue() {
        assertThat(failures(slots -> enter(slots, KEY, ONE), this::enterLater))
                .as("slot, waiter")
                .isEqualTo(2);
    }

    /** Giving back, handing on, taking back, giving up, and telling another limit. */
    @Test
    void whatGivesBackNeedsNoMemory() {
        Slots slots = new Slots(time, wakeups, (key, held) -> {}, 1, memory);
        List<Slot> handed = new ArrayList<>();
        for (int i = 0; i < 20 * FULL_TABLE; i++) {
            enter(slots, i, i % 2 == 0 ? HELD : ONE);
            slots.enterLater(i, HELD, 2 * HOLD, admission -> handed.add((Slot) admission));
        }
        Slots.PendingEntry givenUp = slots.enterLater(0, HELD, WAIT, admission -> {});
        memory.setGone(true);
        assertThatCode(() -> {
                    slots.limit(1, 2);
                    assertThat(givenUp.cancel()).isTrue();
                    wakeups.advanceNanos(HOLD);
                    open.forEach(Slot::close);
                    handed.forEach(Slot::close);
                    List.copyOf(handed).forEach(Slot::close);
                })
                .doesNotThrowAnyException();
        memory.setGone(false);
        assertThat(slots.waiting()).isZero();
        assertThat(slots.keys()).isZero();
        Objects.requireNonNull(slots.tryEnter(KEY, ONE)).close();
        int capacity = slots.stripe(0).read(stripe -> stripe.occupancies().capacity());
        assertThat(capacity).as("the table shrinks when there is memory again").isLessThanOrEqualTo(20 * FULL_TABLE);
    }

    /** The seam says what is true: a slot is given back, and handed on, without any memory at all. */
    @Test
    void noByteIsAllocatedToGiveBack() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long me = Thread.currentThread().getId();
        Slots slots = new Slots(time, (instant, task) -> () -> {}, (key, held) -> {}, 1);
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 100; i++) {
            Slot slot = Objects.requireNonNull(slots.tryEnter(KEY, ONE));
            Waiter waiter = queue(slots);
            Waiter leaving = queue(slots);
            long before = threads.getThreadAllocatedBytes(me);
            leaving.withdraw();
            slot.close();
            waiter.slot.close();
            least = Math.min(least, threads.getThreadAllocatedBytes(me) - before);
        }
        long before = threads.getThreadAllocatedBytes(me);
        long ofTheMeasurement = threads.getThreadAllocatedBytes(me) - before;
        assertThat(least).isLessThanOrEqualTo(ofTheMeasurement);
    }

    @ParameterizedTest
    @EnumSource(Turnstile.Flaw.class)
    void aTwinThatAllocatesHalfWayIsCaught(Turnstile.Flaw flaw) {
        assertThat(isSound(Turnstile.of(new Slots(time, wakeups, (key, held) -> {}, 1, memory), HOLD)))
                .isTrue();
        assertThat(isSound(new Turnstile.Broken(memory, flaw))).isFalse();
    }

    /** Lets one allocation after the other fail; says whether each time all is as before. */
    private boolean isSound(Turnstile turnstile) {
        for (int number = 1; ; number++) {
            memory.failAt(number);
            try {
                turnstile.enter(KEY);
            } catch (OutOfMemoryError e) {
                if (turnstile.inUse() != 0 || turnstile.keys() != 0 || turnstile.isLocked()) {
                    return false;
                }
                continue;
            }
            return memory.isSpared() && turnstile.inUse() == 1 && !turnstile.isLocked();
        }
    }

    /**
     * Lets one allocation of an action after the other fail, each with fresh slots: all is as before it, and it can be
     * repeated. Returns how many there are.
     */
    private int failures(Consumer<Slots> before, Consumer<Slots> action) {
        for (int number = 1; ; number++) {
            open.clear();
            Slots slots = new Slots(time, wakeups, (key, held) -> {}, 1, memory);
            before.accept(slots);
            List<Long> figures = figures(slots);
            memory.failAt(number);
            boolean isDone = false;
            try {
                action.accept(slots);
                isDone = true;
            } catch (OutOfMemoryError e) {
                assertThat(figures(slots)).isEqualTo(figures);
            }
            assertThat(memory.isSpared()).isEqualTo(isDone);
            assertThat(slots.stripe(0).isLocked()).isFalse();
            if (!isDone) {
                action.accept(slots);
            }
            assertThatAllGoes(slots);
            if (isDone) {
                return number - 1;
            }
        }
    }

    private void assertThatAllGoes(Slots slots) {
        while (!open.isEmpty()) {
            open.remove(0).close();
        }
        assertThat(slots.waiting()).isZero();
        assertThat(slots.keys()).isZero();
        wakeups.advanceNanos(HOLD);
        assertThat(wakeups.pending()).isZero();
    }

    private static List<Long> figures(Slots slots) {
        return List.of(slots.inUse(), slots.waiting(), (long) slots.keys());
    }

    private void fill(Slots slots) {
        for (int i = 0; i < FULL_TABLE; i++) {
            enter(slots, i, HELD);
        }
    }

    private void enter(Slots slots, long key, ConcurrencyBounds bounds) {
        open.add(Objects.requireNonNull(slots.tryEnter(key, bounds)));
    }

    private void enterLater(Slots slots) {
        slots.enterLater(KEY, ONE, WAIT, admission -> open.add((Slot) admission));
    }

    private static Waiter queue(Slots slots) {
        return Objects.requireNonNull(slots.stripe(KEY).queue(KEY, ONE, new WaitingThread(), 0));
    }
}
