package dev.ratelimit.core.internal.breaker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ratelimit.testing.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class BreakerTest {

    private static final long PATIENCE = 10_000_000_000L;

    private final ManualTime time = new ManualTime();
    private final List<String> events = new ArrayList<>();
    private boolean sound;

    private final BreakerListener listener = new BreakerListener() {
        @Override
        public void opened(Throwable cause) {
            events.add("opened: " + cause.getMessage());
            throw new IllegalStateException("out of order");
        }

        @Override
        public void closed(Duration open) {
            events.add("closed");
            throw new AssertionError("out of order");
        }
    };

    private static void open(Breaker breaker, ManualTime time) {
        for (int i = 0; i < 6; i++) {
            breaker.failed(new IllegalStateException("failure " + i));
            time.advance(Duration.ofMillis(100));
        }
    }

    @Test
    void noCallerProbes() {
        List<Runnable> later = new ArrayList<>();
        Breaker breaker = new Breaker(BreakerRules.DEFAULT, time, later::add, () -> 0, () -> PATIENCE, () -> sound);
        breaker.tell(listener);
        open(breaker, time);
        assertThat(breaker.permits()).isFalse();
        assertThat(events).isEmpty();
        later.remove(0).run();
        assertThat(events).containsExactly("opened: failure 5");
        sound = true;
        time.advance(Duration.ofMillis(100));
        assertThat(breaker.permits()).isFalse();
        later.remove(0).run();
        assertThat(breaker.permits()).isTrue();
        assertThat(events).containsExactly("opened: failure 5", "closed");
    }

    @Test
    void anExecutorThatRefusesDoesNotEndTheProbes() {
        Breaker breaker = new Breaker(
                BreakerRules.DEFAULT,
                time,
                task -> {
                    throw new RejectedExecutionException("no thread");
                },
                () -> 0,
                () -> PATIENCE,
                () -> {
                    if (!sound) {
                        throw new StackOverflowError();
                    }
                    return true;
                });
        open(breaker, time);
        time.advance(Duration.ofSeconds(10));
        assertThat(breaker.permits()).isFalse();
        sound = true;
        time.advance(Duration.ofSeconds(2));
        assertThat(breaker.permits()).isTrue();
    }

    @Test
    void whatEndsLateChangesNothing() {
        Breaker breaker = new Breaker(BreakerRules.DEFAULT, time, Runnable::run, () -> 0, () -> PATIENCE, () -> sound);
        open(breaker, time);
        breaker.succeeded();
        breaker.failed(new IllegalStateException("late"));
        assertThat(breaker.permits()).isFalse();
    }

    @Test
    void aListenerCanBeForgotten() {
        Breaker breaker = new Breaker(BreakerRules.DEFAULT, time, Runnable::run, () -> 0, () -> PATIENCE, () -> sound);
        breaker.tell(listener);
        breaker.forget(listener);
        open(breaker, time);
        assertThat(events).isEmpty();
    }

    @Test
    void pausesStayWithinTheirBounds() {
        BreakerRules rules = BreakerRules.DEFAULT;
        for (int failed = 0; failed < 100; failed++) {
            assertThat(rules.pauseNanos(failed, 0)).isEqualTo(100_000_000);
            assertThat(rules.pauseNanos(failed, 0.999_999)).isBetween(100_000_000L, 2_000_000_000L);
        }
        assertThat(rules.pauseNanos(0, 0.5)).isEqualTo(150_000_000);
        assertThat(rules.pauseNanos(10, 0.5)).isEqualTo(1_050_000_000);
    }

    @Test
    void wrongRulesAreSaid() {
        Duration ms = Duration.ofMillis(1);
        assertThatThrownBy(() -> new BreakerRules(0, ms, ms, ms)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new BreakerRules(1, ms.negated(), ms, ms))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new BreakerRules(1, ms, Duration.ZERO, ms))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new BreakerRules(1, ms, ms.multipliedBy(2), ms))
                .isInstanceOf(IllegalArgumentException.class);
    }

    /** Runs each task on a thread of its own. */
    private static void onAThreadOfItsOwn(Runnable task) {
        new Thread(task).start();
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void advanceUntil(BooleanSupplier reached) {
        while (!reached.getAsBoolean()) {
            time.advance(Duration.ofSeconds(1));
            Thread.onSpinWait();
        }
    }

    @Test
    @Timeout(60)
    void aProbeThatDoesNotReturnIsInterruptedAndAnotherFollows() {
        AtomicInteger begun = new AtomicInteger();
        AtomicInteger interrupted = new AtomicInteger();
        CountDownLatch never = new CountDownLatch(1);
        Breaker breaker =
                new Breaker(BreakerRules.DEFAULT, time, BreakerTest::onAThreadOfItsOwn, () -> 0, () -> PATIENCE, () -> {
                    if (begun.incrementAndGet() > 5) {
                        return true;
                    }
                    await(never);
                    interrupted.addAndGet(Thread.interrupted() ? 1 : 0);
                    // Too late: it says nothing of now.
                    return true;
                });
        open(breaker, time);
        // Time goes on while a thread starts, so that one that returns may be too late, too.
        advanceUntil(breaker::permits);
        assertThat(begun).hasValueGreaterThanOrEqualTo(6);
        while (interrupted.get() < 5) {
            Thread.onSpinWait();
        }
    }

    @Test
    @Timeout(60)
    void probesThatCannotBeInterruptedHoldFewThreads() {
        AtomicInteger begun = new AtomicInteger();
        AtomicBoolean go = new AtomicBoolean();
        Breaker breaker =
                new Breaker(BreakerRules.DEFAULT, time, BreakerTest::onAThreadOfItsOwn, () -> 0, () -> PATIENCE, () -> {
                    begun.incrementAndGet();
                    while (!go.get()) {
                        Thread.onSpinWait();
                    }
                    return true;
                });
        open(breaker, time);
        advanceUntil(() -> begun.get() == 3);
        for (int i = 0; i < 1_000; i++) {
            time.advance(Duration.ofSeconds(1));
        }
        assertThat(begun).hasValue(3);
        assertThat(breaker.permits()).isFalse();
        go.set(true);
        advanceUntil(breaker::permits);
    }

    @Test
    void aThreadIsNotInterruptedForAProbeThatHasEnded() {
        ProbeUnderWay ended = new ProbeUnderWay(Thread.currentThread());
        assertThat(ended.ends()).isTrue();
        assertThat(ended.givesUp()).isFalse();
        assertThat(Thread.interrupted()).isFalse();
        ProbeUnderWay givenUp = new ProbeUnderWay(Thread.currentThread());
        assertThat(givenUp.givesUp()).isTrue();
        assertThat(givenUp.ends()).isFalse();
        assertThat(Thread.interrupted()).isFalse();
    }
}
