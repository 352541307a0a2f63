package dev.ratelimit.core.internal.concurrency;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.testing.ManualTime;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Threads that fight over the slots of two keys, wait, time out and are interrupted: no slot is lost or doubled. */
@Timeout(120)
class SlotsRaceTest {

    private static final int THREADS = 6;
    private static final int ROUNDS = 50_000;

    private final ManualTime time = new ManualTime();
    private final ManualWakeups wakeups = new ManualWakeups(time);
    private final AtomicInteger reclaimed = new AtomicInteger();
    private final Slots slots = new Slots(time, wakeups, (key, held) -> reclaimed.incrementAndGet());

    @Test
    void neverMoreInsideThanTheLimitAndEverySlotReturns() throws Exception {
        Race.Result result = race(Door.of(slots, ConcurrencyBounds.FOREVER), Thread::new);
        assertThat(result.mostInside()).isEqualTo(Race.LIMIT);
        assertThat(result.mostInUse()).isLessThanOrEqualTo(Race.LIMIT);
        assertThat(result.left()).isZero();
        assertThatAllHappened(result);
    }

    @Test
    void neitherIsASlotLostOrDoubledWhenSlotsAreTakenBack() throws Exception {
        Race.Result result = race(Door.of(slots, 300), Thread::new);
        assertThat(result.mostInUse()).isEqualTo(Race.LIMIT);
        assertThat(result.leastInUse()).isZero();
        assertThat(result.left()).isZero();
        assertThat(reclaimed).hasPositiveValue();
        assertThatAllHappened(result);
    }

    @Test
    void aTwinThatLooksFirstIsCaught() throws Exception {
        // On a machine that is busy elsewhere the threads may take turns for a while.
        boolean caught = false;
        for (int attempt = 0; attempt < 50 && !caught; attempt++) {
            caught = race(Door.of(new BrokenSlots()), Thread::new).mostInside() > Race.LIMIT;
        }
        assertThat(caught).isTrue();
    }

    @Test
    void aTwinThatLeavesTheQueueTooLateIsCaught() throws Exception {
        boolean caught = false;
        for (int attempt = 0; attempt < 50 && !caught; attempt++) {
            caught = race(new BrokenWaits(wakeups), Thread::new).left() > 0;
        }
        assertThat(caught).isTrue();
    }

    private Race.Result race(Door door, ThreadFactory factory) throws Exception {
        return new Race(door, wakeups).run(factory, THREADS, ROUNDS);
    }

    private static void assertThatAllHappened(Race.Result result) {
        assertThat(result.enteredAtOnce()).as("entered at once").isPositive();
        assertThat(result.enteredAfterRefusal()).as("entered after a refusal").isPositive();
        assertThat(result.timedOut()).as("timed out").isPositive();
        assertThat(result.interrupted()).as("interrupted").isPositive();
    }
}
