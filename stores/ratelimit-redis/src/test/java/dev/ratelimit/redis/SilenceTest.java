package dev.ratelimit.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.Timeout;
import io.netty.util.Timer;
import io.netty.util.TimerTask;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A connection is given up when nothing came for two seconds after something was asked, and at no other time. */
class SilenceTest {

    private static final Duration MAX = Duration.ofSeconds(2);

    private final OneTask timer = new OneTask();
    private long now = 1_000;
    private int givenUp;
    private final Silence silence = new Silence(() -> now, timer, MAX, () -> givenUp++);

    @Test
    void what_is_not_answered_is_given_up() {
        silence.asked();
        assertThat(timer.after).isEqualTo(MAX.toNanos());
        pass(MAX);
        timer.fire();
        assertThat(givenUp).isZero();
        assertThat(timer.after).isEqualTo(Duration.ofMillis(200).toNanos());
        timer.fire();
        assertThat(givenUp).isEqualTo(1);
        assertThat(timer.task).isNull();
    }

    @Test
    void what_is_answered_is_not() {
        silence.asked();
        pass(Duration.ofMillis(1_999));
        silence.heard();
        timer.fire();
        assertThat(givenUp).isZero();
        assertThat(timer.task).isNull();
    }

    /** The first question of a silence counts, and the look comes when two seconds have passed since then. */
    @Test
    void a_question_after_an_answer_has_its_own_two_seconds() {
        silence.asked();
        pass(Duration.ofMillis(500));
        silence.heard();
        silence.asked();
        pass(Duration.ofMillis(1_500));
        timer.fire();
        assertThat(givenUp).isZero();
        assertThat(timer.after).isEqualTo(Duration.ofMillis(500).toNanos());
        silence.asked();
        pass(Duration.ofMillis(500));
        timer.fire();
        timer.fire();
        assertThat(givenUp).isEqualTo(1);
    }

    /** A pause of the JVM: the timer runs first, then the client reads what had arrived long ago. */
    @Test
    void what_was_answered_during_a_pause_is_not_given_up() {
        silence.asked();
        pass(Duration.ofSeconds(30));
        timer.fire();
        silence.heard();
        silence.asked();
        timer.fire();
        assertThat(givenUp).isZero();
        assertThat(timer.after).isEqualTo(MAX.toNanos());
    }

    @Test
    void while_nothing_is_asked_nothing_is_watched() {
        pass(Duration.ofDays(1));
        assertThat(timer.task).isNull();
        silence.asked();
        silence.heard();
        pass(MAX);
        timer.fire();
        pass(Duration.ofDays(1));
        assertThat(timer.task).isNull();
        assertThat(givenUp).isZero();
    }

    private void pass(Duration time) {
        now += time.toNanos();
    }

    /** A timer with room for one task, which the test lets come due. */
    private static final class OneTask implements Timer {

        private @Nullable TimerTask task;
        private long after;

        @Override
        @SuppressWarnings("NullAway") // Nobody looks at the timeout.
        public Timeout newTimeout(TimerTask due, long delay, TimeUnit unit) {
            assertThat(task).as("one look at a time").isNull();
            task = due;
            after = unit.toNanos(delay);
            return null;
        }

        void fire() {
            TimerTask due = task;
            task = null;
            if (due != null) {
                try {
                    due.run(null);
                } catch (Exception e) {
                    throw new AssertionError(e);
                }
            }
        }

        @Override
        public Set<Timeout> stop() {
            return Set.of();
        }
    }
}
