package dev.ratelimit.core.internal.cells;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.Rate;
import dev.ratelimit.WhenSaturated;
import dev.ratelimit.core.SmallStack;
import dev.ratelimit.testing.ManualTime;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** New keys and refunds at each depth of a small stack: no lock of a stripe stays taken, no place half handed over. */
@Timeout(value = 900, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class CellTableStackTest {

    private static final int KEYS = 64;

    private final ManualTime time = new ManualTime();
    private final CellTable table = new CellTable(KEYS, WhenSaturated.EVICT, time);
    private final Budgets budgets = table.budgets(Rate.perSecond(10), Duration.ZERO);
    private final SmallStack stack = new SmallStack();
    private long next;

    @Test
    void aTableThatOverflowedStacksMetGoesOn() throws Exception {
        for (int round = 0; round < SmallStack.ROUNDS; round++) {
            stack.atEachDepth(round, this::takeAndRefund);
            // A lock that is held, or a place that is being handed over, would be waited for for ever.
            for (long key = 0; key < 4 * KEYS; key++) {
                long fingerprint = CellTable.fingerprint((key + 1) * 0x9E37_79B9_7F4A_7C15L);
                budgets.take(fingerprint, 1);
                budgets.refund(fingerprint, 1);
            }
        }
        assertThat(stack.overflowed()).isPositive();
        assertThat(next).isGreaterThan(10L * SmallStack.ROUNDS);
    }

    private void takeAndRefund() {
        long fingerprint = CellTable.fingerprint(++next * 0x9E37_79B9_7F4A_7C15L);
        budgets.take(fingerprint, 1);
        budgets.refund(fingerprint, 1);
    }
}
