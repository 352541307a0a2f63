package dev.ratelimit.core.internal.cells;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A stripe is taken at the number that was read before, or not at all. */
@Timeout(60)
class StripesTest {

    private static final int STRIPES = 64;
    private static final int STRIPE_BITS = 12;

    private final Stripes stripes = new Stripes();

    private static long key(int stripe) {
        return (long) stripe << STRIPE_BITS;
    }

    @Test
    void aStripeIsHeldByOneAtATime() {
        long number = stripes.read(1);
        assertThat(stripes.tryLock(1, number)).isTrue();
        assertThat(stripes.tryLock(1, number)).isFalse();
        stripes.unlock(1, number);
        assertThat(stripes.tryLock(1, stripes.read(1))).isTrue();
    }

    @Test
    void aNumberThatWasReadBeforeAnotherHeldTheLockTakesNothing() {
        long number = stripes.read(1);
        stripes.unlock(1, stripes.lock(1));
        assertThat(stripes.tryLock(1, number)).isFalse();
        assertThat(stripes.tryLock(1, stripes.read(1))).isTrue();
    }

    @Test
    void sixBitsOfTheFingerprintChooseTheStripe() {
        long held = key(17);
        long number = stripes.lock(held);
        for (int stripe = 0; stripe < STRIPES; stripe++) {
            if (stripe != 17) {
                assertThat(stripes.tryLock(key(stripe), stripes.read(key(stripe))))
                        .isTrue();
            }
        }
        long sameStripe = held | 0xABCL | 0x1234_5678_9ABC_0000L << STRIPE_BITS;
        assertThat(stripes.tryLock(sameStripe, number)).isFalse();
    }

    @Test
    void awaitingAllTakesEachLockOnce() {
        long[] before = LongStream.range(0, STRIPES)
                .map(stripe -> stripes.read(key((int) stripe)))
                .toArray();
        stripes.awaitAll();
        for (int stripe = 0; stripe < STRIPES; stripe++) {
            assertThat(stripes.read(key(stripe))).isEqualTo(before[stripe] + 2);
        }
    }

    @Test
    void awaitingAllReturnsAfterTheHolderHasUnlocked() throws Exception {
        long number = stripes.lock(key(40));
        AtomicBoolean isUnlocked = new AtomicBoolean();
        AtomicBoolean wasUnlocked = new AtomicBoolean();
        Thread waiting = new Thread(() -> {
            stripes.awaitAll();
            wasUnlocked.set(isUnlocked.get());
        });
        waiting.start();
        while (waiting.isAlive() && waiting.getState() != Thread.State.TIMED_WAITING) {
            Thread.onSpinWait();
        }
        isUnlocked.set(true);
        stripes.unlock(key(40), number);
        waiting.join();
        assertThat(wasUnlocked).isTrue();
    }
}
