package dev.ratelimit.core.internal.concurrency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ratelimit.Decision;
import dev.ratelimit.Policy;
import dev.ratelimit.testing.ManualTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The lease timeout: when slots are taken back, by whom, who is told, and what becomes of those who were told and fail. */
class SlotsHoldTest {

    private static final long KEY = 7;
    private static final long OTHER = 8;
    private static final long HOLD = 1_000;
    private static final ConcurrencyBounds TWO = new ConcurrencyBounds(2, ConcurrencyBounds.FOREVER);
    private static final ConcurrencyBounds TWO_HELD = new ConcurrencyBounds(2, HOLD);

    private final ManualTime time = new ManualTime();
    private final ManualWakeups wakeups = new ManualWakeups(time);
    private final List<String> reclaimed = new ArrayList<>();
    private final Slots slots = new Slots(time, wakeups, (key, held) -> reclaimed.add(key + " after " + held));

    private final Thread.UncaughtExceptionHandler handlerBefore =
            Thread.currentThread().getUncaughtExceptionHandler();
    private final List<Throwable> uncaught = new ArrayList<>();

    @AfterEach
    void restoreHandler() {
        Thread.currentThread().setUncaughtExceptionHandler(handlerBefore);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, Long.MAX_VALUE - HOLD, Long.MAX_VALUE, Long.MIN_VALUE})
    void whoFindsTheKeyFullTakesBackWhatIsOverdueAndNotANanosecondBefore(long start) {
        time.set(start);
        open(TWO_HELD);
        time.advanceNanos(1);
        open(TWO_HELD);
        time.advanceNanos(HOLD - 2);
        assertThat(slots.tryEnter(KEY, TWO_HELD)).isNull();
        assertThat(reclaimed).isEmpty();
        time.advanceNanos(1);
        open(TWO_HELD);
        assertThat(slots.tryEnter(KEY, TWO_HELD)).isNull();
        assertThat(reclaimed).containsExactly("7 after " + HOLD);
    }

    @Test
    void theWakeUpTakesBackWhatNobodyAsksFor() {
        open(TWO_HELD);
        wakeups.advanceNanos(10);
        slots.tryEnter(OTHER, TWO_HELD);
        wakeups.advanceNanos(HOLD - 11);
        assertThat(slots.keys()).isEqualTo(2);
        wakeups.advanceNanos(1);
        assertThat(reclaimed).containsExactly("7 after " + HOLD);
        wakeups.advanceNanos(10);
        assertThat(reclaimed).containsExactly("7 after " + HOLD, "8 after " + HOLD);
        assertThat(slots.keys()).isZero();
        assertThat(wakeups.pending()).isZero();
    }

    @Test
    void closingWhatWasTakenBackFreesNobodyElsesSlot() {
        ConcurrencyBounds one = new ConcurrencyBounds(1, HOLD);
        Slot overdue = open(one);
        time.advanceNanos(HOLD);
        Slot successor = open(one);
        overdue.close();
        assertThat(slots.tryEnter(KEY, one)).isNull();
        assertThat(slots.inUse(KEY)).isEqualTo(1);
        successor.close();
        overdue.close();
        assertThat(slots.keys()).isZero();
    }

    @Test
    void aSlotClosedInTimeIsNotReported() {
        open(TWO_HELD).close();
        open(TWO_HELD).close();
        wakeups.advanceNanos(10 * HOLD);
        assertThat(reclaimed).isEmpty();
        assertThat(wakeups.pending()).isZero();
    }

    @Test
    void slotsWithoutALongestHoldNeedNoClockAndNoWakeUp() {
        open(new ConcurrencyBounds(2, ConcurrencyBounds.FOREVER));
        wakeups.advanceNanos(Policy.MAX_DURATION.toNanos());
        assertThat(slots.inUse(KEY)).isEqualTo(1);
        assertThat(wakeups.asked()).isZero();
    }

    @Test
    void wakeUpsAreAskedForOncePerLeaseTimeout() {
        for (int i = 0; i < 10 * HOLD; i++) {
            Slot slot = open(TWO_HELD);
            wakeups.advanceNanos(1);
            slot.close();
        }
        assertThat(wakeups.asked()).isBetween(9L, 11L);
        assertThat(wakeups.pending()).isEqualTo(1);
    }

    @Test
    void anEarlierDeadlineReplacesTheWakeUp() {
        for (int i = 0; i < 100; i++) {
            slots.tryEnter(KEY, new ConcurrencyBounds(1_000, HOLD - i));
            assertThat(wakeups.pending()).isEqualTo(1);
        }
        wakeups.advanceNanos(HOLD - 99);
        assertThat(reclaimed).containsExactly("7 after " + (HOLD - 99));
        wakeups.advanceNanos(99);
        assertThat(reclaimed).hasSize(100);
        assertThat(wakeups.pending()).isZero();
    }

    @Test
    void aWakeUpThatWasReplacedAndComesAllTheSameAsksForNoOther() {
        Slots uncancelled = new Slots(
                time,
                (instant, task) -> {
                    wakeups.at(instant, task);
                    return () -> {};
                },
                (key, held) -> reclaimed.add(key + " after " + held));
        for (long hold : new long[] {5 * HOLD, HOLD, HOLD / 2}) {
            uncancelled.tryEnter(KEY, new ConcurrencyBounds(3, hold));
        }
        wakeups.advanceNanos(HOLD);
        assertThat(reclaimed).containsExactly("7 after " + HOLD / 2, "7 after " + HOLD);
        assertThat(wakeups.asked())
                .as("three that came to be the first, and two for who was next")
                .isEqualTo(5);
    }

    @Test
    void aListenerThatThrowsBreaksNothingAndIsHeardOf() {
        Slots told = new Slots(time, wakeups, (key, held) -> {
            throw new IllegalStateException("of the listener");
        });
        handUncaughtTo((thread, thrown) -> uncaught.add(thrown));
        told.tryEnter(KEY, TWO_HELD);
        told.tryEnter(KEY, TWO_HELD);
        time.advanceNanos(HOLD);
        assertThat(told.tryEnter(KEY, TWO_HELD)).isNotNull();
        assertThat(told.inUse(KEY)).isEqualTo(1);
        assertThat(uncaught).hasSize(2).allMatch(thrown -> "of the listener".equals(thrown.getMessage()));
    }

    @Test
    void norDoesAHandlerThatThrows() {
        Slots told = new Slots(time, wakeups, (key, held) -> {
            throw new AssertionError("of the listener");
        });
        handUncaughtTo((thread, thrown) -> {
            uncaught.add(thrown);
            throw new IllegalStateException("of the handler");
        });
        told.tryEnter(KEY, TWO_HELD);
        wakeups.advanceNanos(HOLD);
        assertThat(told.keys()).isZero();
        assertThat(uncaught).hasSize(1);
    }

    @Test
    void aListenerMayAskForASlot() {
        List<Slot> taken = new ArrayList<>();
        Slots[] told = new Slots[1];
        told[0] = new Slots(
                time, wakeups, (key, held) -> taken.add(Objects.requireNonNull(told[0].tryEnter(key, TWO_HELD))));
        told[0].tryEnter(KEY, TWO_HELD);
        wakeups.advanceNanos(HOLD);
        assertThat(taken).hasSize(1);
        assertThat(told[0].inUse(KEY)).isEqualTo(1);
    }

    @Test
    void withoutATimerOverdueSlotsAreStillFoundByWhoAsks() {
        int[] asked = {0};
        Slots untimed = new Slots(
                time,
                (instant, task) -> {
                    asked[0]++;
                    throw new IllegalStateException("of the timer");
                },
                (key, held) -> reclaimed.add(key + " after " + held));
        handUncaughtTo((thread, thrown) -> uncaught.add(thrown));
        ConcurrencyBounds one = new ConcurrencyBounds(1, HOLD);
        assertThat(untimed.tryEnter(KEY, one)).isNotNull();
        assertThat(uncaught).hasSize(1);
        time.advanceNanos(HOLD);
        assertThat(untimed.tryEnter(KEY, one)).isNotNull();
        assertThat(reclaimed).hasSize(1);
        assertThat(asked[0]).as("the timer is tried again").isEqualTo(2);
    }

    @Test
    void theLongestHoldBeginsWhenTheSlotIsHandedOver() throws Exception {
        ConcurrencyBounds one = new ConcurrencyBounds(1, HOLD);
        Slot slot = (Slot) slots.enter(KEY, one, 1);
        wakeups.advanceNanos(3 * HOLD);
        assertThat(slots.tryEnter(KEY, one)).isNull();
        assertThat(slots.inUse(KEY)).as("its permit is still waited for").isEqualTo(1);
        slot.begin();
        wakeups.advanceNanos(HOLD - 1);
        slot.begin();
        assertThat(slots.tryEnter(KEY, one)).isNull();
        assertThat(reclaimed).isEmpty();
        wakeups.advanceNanos(1);
        assertThat(reclaimed).containsExactly("7 after " + HOLD);
        assertThat(slots.keys()).isZero();
        slot.begin();
        assertThat(wakeups.pending()).as("a closed slot begins nothing").isZero();
    }

    @Test
    void aLeaseBeginsItsHoldAfterItsPermits() throws Exception {
        ConcurrencyBounds one = new ConcurrencyBounds(1, HOLD);
        Slot slot = (Slot) slots.enter(KEY, one, 1);
        slot.lease(() -> {
            wakeups.advanceNanos(3 * HOLD);
            return Decision.unlimited();
        });
        wakeups.advanceNanos(HOLD - 1);
        assertThat(slots.tryEnter(KEY, one)).isNull();
        wakeups.advanceNanos(1);
        assertThat(slots.tryEnter(KEY, one)).isNotNull();
    }

    @Test
    void aTimeThatCannotBeReadTakesNothing() {
        boolean[] fails = {true};
        Slots untimed = new Slots(
                () -> {
                    if (fails[0]) {
                        throw new IllegalStateException("of the time");
                    }
                    return time.nanos();
                },
                wakeups,
                (key, held) -> reclaimed.add(key + " after " + held));
        assertThatThrownBy(() -> untimed.tryEnter(KEY, TWO_HELD)).hasMessage("of the time");
        assertThat(untimed.keys()).isZero();
        Slot kept = Objects.requireNonNull(untimed.tryEnter(KEY, TWO));
        fails[0] = false;
        untimed.tryEnter(KEY, TWO_HELD);
        fails[0] = true;
        assertThatThrownBy(() -> wakeups.advanceNanos(HOLD)).hasMessage("of the time");
        assertThatThrownBy(() -> untimed.tryEnter(KEY, TWO)).hasMessage("of the time");
        fails[0] = false;
        assertThat(untimed.inUse(KEY)).isEqualTo(2);
        assertThat(untimed.tryEnter(KEY, TWO_HELD)).isNotNull();
        assertThat(reclaimed).hasSize(1);
        wakeups.advanceNanos(HOLD);
        assertThat(reclaimed).as("the lost alarm is set again").hasSize(2);
        kept.close();
        assertThat(untimed.keys()).isZero();
    }

    private Slot open(ConcurrencyBounds bounds) {
        return Objects.requireNonNull(slots.tryEnter(KEY, bounds), "the key is full");
    }

    private static void handUncaughtTo(Thread.UncaughtExceptionHandler handler) {
        Thread.currentThread().setUncaughtExceptionHandler(handler);
    }
}
