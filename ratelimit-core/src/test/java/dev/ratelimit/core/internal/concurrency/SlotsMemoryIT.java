package dev.ratelimit.core.internal.concurrency;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.core.UsedHeap;
import dev.ratelimit.core.internal.stripes.Striping;
import dev.ratelimit.testing.ManualTime;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Memory follows the slots in use: none of them is forgotten, and nothing is kept of a key that has none. */
class SlotsMemoryIT {

    private static final int KEYS = 200_000;
    private static final int PASSERS_BY = 5_000_000;
    private static final long HOLD = 1_000_000_000;

    /** Bytes that a collection, a class or a compiler may be off by; and what as many entries surely have. */
    private static final long NOTHING = 2_000_000;

    private static final long MUCH = 40L * KEYS;
    private static final ConcurrencyBounds ONE = new ConcurrencyBounds(1, HOLD);

    private final ManualTime time = new ManualTime();
    private final ManualWakeups wakeups = new ManualWakeups(time);

    @Test
    void nothingIsForgottenAndNothingIsKept() {
        Slots slots = new Slots(time, wakeups, (key, held) -> {});
        long atStart = UsedHeap.bytes();
        openPassByAndClose(slots, atStart);
        assertThat(slots.keys()).isZero();
        assertThat(grownSince(atStart)).as("when all are closed").isLessThan(NOTHING);
        assertThat(wakeups.pending()).isLessThanOrEqualTo(1 << Striping.BITS);
    }

    private static void openPassByAndClose(Slots slots, long atStart) {
        Slot[] open = new Slot[KEYS];
        for (int i = 0; i < KEYS; i++) {
            open[i] = Objects.requireNonNull(slots.tryEnter(i, ONE));
        }
        assertThat(slots.keys()).isEqualTo(KEYS);
        for (long i = KEYS; i < PASSERS_BY; i++) {
            Objects.requireNonNull(slots.tryEnter(i, ONE)).close();
        }
        assertThat(slots.keys()).isEqualTo(KEYS);
        for (int i = 0; i < KEYS; i++) {
            assertThat(slots.tryEnter(i, ONE) == null).isTrue();
        }
        assertThat(grownSince(atStart)).as("while they are open").isGreaterThan(MUCH);
        for (Slot slot : open) {
            slot.close();
        }
    }

    @Test
    void nothingIsKeptOfWhatIsTakenBack() {
        Slots slots = new Slots(time, wakeups, (key, held) -> {});
        long atStart = UsedHeap.bytes();
        for (int i = 0; i < KEYS; i++) {
            slots.tryEnter(i, ONE);
        }
        assertThat(grownSince(atStart)).isGreaterThan(MUCH);
        wakeups.advanceNanos(HOLD);
        assertThat(slots.keys()).isZero();
        assertThat(wakeups.pending()).isZero();
        assertThat(grownSince(atStart)).isLessThan(NOTHING);
    }

    /** The check can fail: counts that stay at zero for each key that was ever seen. */
    @Test
    void aTwinThatKeepsEmptyEntriesIsCaught() {
        long atStart = UsedHeap.bytes();
        BrokenSlots slots = new BrokenSlots();
        for (long i = 0; i < KEYS; i++) {
            Objects.requireNonNull(slots.tryEnter(i, 1)).run();
        }
        assertThat(slots.keys()).isEqualTo(KEYS);
        assertThat(grownSince(atStart)).isGreaterThan(MUCH);
        assertThat(slots.inUse(0)).isZero();
    }

    private static long grownSince(long atStart) {
        return UsedHeap.bytes() - atStart;
    }
}
