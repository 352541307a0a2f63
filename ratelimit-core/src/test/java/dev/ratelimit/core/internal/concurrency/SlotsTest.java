package dev.ratelimit.core.internal.concurrency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ratelimit.Decision;
import dev.ratelimit.Lease;
import dev.ratelimit.Policy;
import dev.ratelimit.Rate;
import dev.ratelimit.testing.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** What one thread sees of slots: the limit, entries that come and go, and permits that go with a slot. */
class SlotsTest {

    private static final long KEY = 7;
    private static final long OTHER = 8;
    private static final long HOLD = 1_000;
    private static final ConcurrencyBounds TWO = new ConcurrencyBounds(2, ConcurrencyBounds.FOREVER);
    private static final ConcurrencyBounds TWO_HELD = new ConcurrencyBounds(2, HOLD);

    private static final Rate RATE = Rate.perSecond(5);
    private static final Decision YES = Decision.allowed(RATE, 3, 400);
    private static final Decision NO = Decision.refused(Decision.Reason.OVER_LIMIT, RATE, 0, 1, 2);

    private final ManualTime time = new ManualTime();
    private final ManualWakeups wakeups = new ManualWakeups(time);
    private final List<String> reclaimed = new ArrayList<>();
    private final Slots slots = new Slots(time, wakeups, (key, held) -> reclaimed.add(key + " after " + held));

    @Test
    void asManyAsTheLimitAndNoMore() {
        Slot first = open(TWO);
        open(TWO);
        assertThat(slots.tryEnter(KEY, TWO)).isNull();
        assertThat(slots.inUse(KEY)).isEqualTo(2);
        first.close();
        open(TWO);
        assertThat(slots.tryEnter(KEY, TWO)).isNull();
    }

    @Test
    void keysAreApart() {
        open(TWO);
        open(TWO);
        assertThat(slots.tryEnter(OTHER, TWO)).isNotNull();
        assertThat(slots.inUse(OTHER)).isEqualTo(1);
        assertThat(slots.keys()).isEqualTo(2);
    }

    @Test
    void closingTwiceFreesOne() {
        Slot slot = open(TWO);
        open(TWO);
        slot.close();
        slot.close();
        assertThat(slots.inUse(KEY)).isEqualTo(1);
    }

    @Test
    void aKeyWithoutASlotHasNoEntry() {
        assertThat(slots.inUse(KEY)).isZero();
        assertThat(slots.keys()).isZero();
        Slot slot = open(TWO);
        assertThat(slots.keys()).isEqualTo(1);
        slot.close();
        assertThat(slots.keys()).isZero();
        slots.limit(KEY, 5);
        assertThat(slots.keys()).isZero();
    }

    @Test
    void aSmallerLimitBindsNewOnesAndLeavesTheRest() {
        ConcurrencyBounds one = new ConcurrencyBounds(1, ConcurrencyBounds.FOREVER);
        Slot first = open(TWO);
        Slot second = open(TWO);
        assertThat(slots.tryEnter(KEY, one)).isNull();
        first.close();
        assertThat(slots.tryEnter(KEY, one)).isNull();
        assertThat(slots.inUse(KEY)).isEqualTo(1);
        second.close();
        open(one);
        assertThat(slots.tryEnter(KEY, one)).isNull();
    }

    @Test
    void aLargerLimitHoldsAtOnce() {
        open(TWO);
        open(TWO);
        assertThat(slots.tryEnter(KEY, new ConcurrencyBounds(3, ConcurrencyBounds.FOREVER)))
                .isNotNull();
    }

    @Test
    void permitsThatAreThereMakeALease() {
        Lease lease = open(TWO).lease(() -> YES);
        assertThat(lease.allowed()).isTrue();
        assertThat(lease.decision()).isSameAs(YES);
        assertThat(slots.inUse(KEY)).isEqualTo(1);
        lease.close();
        lease.close();
        assertThat(slots.keys()).isZero();
    }

    @Test
    void permitsThatAreRefusedLeaveNoTraceOfTheSlot() {
        Lease lease = open(TWO_HELD).lease(() -> NO);
        assertThat(lease.allowed()).isFalse();
        assertThat(lease.decision()).isSameAs(NO);
        assertThat(slots.keys()).isZero();
        wakeups.advanceNanos(HOLD);
        assertThat(reclaimed).isEmpty();
    }

    @Test
    void permitsThatFailLeaveNoTraceOfTheSlot() {
        Slot slot = open(TWO);
        assertThatThrownBy(() -> slot.lease(() -> {
                    throw new IllegalStateException("of the rate");
                }))
                .hasMessage("of the rate");
        assertThat(slots.keys()).isZero();
    }

    @Test
    void closingALeaseThatWasTakenBackDoesNothing() {
        ConcurrencyBounds one = new ConcurrencyBounds(1, HOLD);
        Lease overdue = open(one).lease(() -> YES);
        wakeups.advanceNanos(HOLD);
        open(one);
        overdue.close();
        assertThat(slots.inUse(KEY)).isEqualTo(1);
        assertThat(overdue.allowed()).isTrue();
    }

    @Test
    void boundsAreThoseOfAPolicy() {
        Policy policy = Policy.of("gold", RATE);
        assertThat(ConcurrencyBounds.of(policy.maxConcurrent(4)))
                .isEqualTo(new ConcurrencyBounds(4, ConcurrencyBounds.FOREVER));
        assertThat(ConcurrencyBounds.of(policy.maxConcurrent(4).leaseTimeout(Duration.ofSeconds(3))))
                .isEqualTo(new ConcurrencyBounds(4, 3_000_000_000L));
        assertThatThrownBy(() -> ConcurrencyBounds.of(policy)).isInstanceOf(NoSuchElementException.class);
    }

    private Slot open(ConcurrencyBounds bounds) {
        return Objects.requireNonNull(slots.tryEnter(KEY, bounds), "the key is full");
    }
}
