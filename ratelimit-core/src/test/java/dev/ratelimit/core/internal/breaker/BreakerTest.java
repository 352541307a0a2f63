package dev.ratelimit.core.internal.breaker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ratelimit.testing.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

class BreakerTest {

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
        Breaker breaker = new Breaker(BreakerRules.DEFAULT, time, later::add, () -> 0, () -> sound);
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
        Breaker breaker = new Breaker(BreakerRules.DEFAULT, time, Runnable::run, () -> 0, () -> sound);
        open(breaker, time);
        breaker.succeeded();
        breaker.failed(new IllegalStateException("late"));
        assertThat(breaker.permits()).isFalse();
    }

    @Test
    void aListenerCanBeForgotten() {
        Breaker breaker = new Breaker(BreakerRules.DEFAULT, time, Runnable::run, () -> 0, () -> sound);
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
}
