package dev.ratelimit.core.internal.breaker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ratelimit.testing.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

/** Any history of calls, time and probes: a breaker does what the model of its rules does, to the nanosecond. */
class BreakerPropertyTest {

    private static final BreakerRules RULES = BreakerRules.DEFAULT;

    private final ManualTime time = new ManualTime();
    private final BreakerModel model = new BreakerModel(RULES);
    private final List<String> events = new ArrayList<>();
    private boolean sound = true;
    private int probes;

    private final BreakerListener listener = new BreakerListener() {
        @Override
        public void opened(Throwable cause) {
            events.add("opened");
        }

        @Override
        public void closed(Duration open) {
            events.add("closed after " + open);
        }
    };

    private Breaker breaker(BreakerRules rules) {
        Breaker breaker = new Breaker(rules, time, Runnable::run, () -> 0.5, () -> 10_000_000_000L, () -> {
            probes++;
            return sound;
        });
        breaker.tell(listener);
        return breaker;
    }

    /** Runs a history with a breaker and the model of {@link #RULES}; a twin may keep successes from the breaker. */
    private void agrees(List<Integer> history, Breaker breaker, boolean tellsOfSuccess) {
        for (int step : history) {
            switch (step % 8) {
                case 0 -> {
                    model.succeeded();
                    if (tellsOfSuccess) {
                        breaker.succeeded();
                    }
                }
                case 1, 2, 3 -> {
                    model.failed();
                    breaker.failed(new IllegalStateException());
                }
                case 4 -> {
                    sound = !sound;
                    model.soundFromNowOn(sound);
                }
                default -> {
                    long nanos = step * 1_000_003L;
                    model.advance(nanos);
                    time.advanceNanos(nanos);
                }
            }
            assertThat(breaker.permits()).isEqualTo(model.permits());
            assertThat(events).isEqualTo(model.events);
            assertThat(probes).isEqualTo(model.probes());
        }
    }

    @Property(tries = 2_000)
    void anyHistoryIsThatOfTheModel(@ForAll @Size(max = 80) List<@IntRange(max = 799) Integer> history) {
        BreakerPropertyTest fresh = new BreakerPropertyTest();
        fresh.agrees(history, fresh.breaker(RULES), true);
    }

    /** Whether one of a thousand histories tells a twin from the model. */
    private static void isCaught(BreakerRules rules, boolean tellsOfSuccess) {
        assertThatThrownBy(() -> {
                    Random random = new Random(7);
                    for (int i = 0; i < 1_000; i++) {
                        BreakerPropertyTest fresh = new BreakerPropertyTest();
                        List<Integer> history = random.ints(80, 0, 800).boxed().toList();
                        fresh.agrees(history, fresh.breaker(rules), tellsOfSuccess);
                    }
                })
                .isInstanceOf(AssertionError.class);
    }

    @Test
    void aTwinThatCountsFailuresNotInARowIsCaught() {
        isCaught(RULES, false);
    }

    @Test
    void aTwinThatOpensAtOnceIsCaught() {
        isCaught(new BreakerRules(5, Duration.ZERO, RULES.minPause(), RULES.maxPause()), true);
    }

    @Test
    void aTwinThatOpensForTooFewFailuresIsCaught() {
        isCaught(new BreakerRules(4, RULES.minFailing(), RULES.minPause(), RULES.maxPause()), true);
    }

    @Test
    void aTwinWhosePausesDoNotGrowIsCaught() {
        isCaught(new BreakerRules(5, RULES.minFailing(), RULES.minPause(), RULES.minPause()), true);
    }
}
