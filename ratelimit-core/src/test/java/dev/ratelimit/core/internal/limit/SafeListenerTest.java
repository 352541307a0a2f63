package dev.ratelimit.core.internal.limit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.Decision;
import dev.ratelimit.Rate;
import org.junit.jupiter.api.Test;

/** A listener hears of each event once, and what it throws reaches nobody. */
class SafeListenerTest {

    private static final Decision ALLOWED =
            Decision.allowed(Rate.perSecond(10), 4, 600).withDelay(70).withPolicy("gold");
    private static final Decision REFUSED = Decision.blocked().withPolicy("none");

    private final EventLog log = new EventLog();
    private final SafeListener listener = new SafeListener(log);

    private void allEvents() {
        assertThat(listener.told(ALLOWED, 2)).isSameAs(ALLOWED);
        assertThat(listener.told(REFUSED, 3)).isSameAs(REFUSED);
        listener.gaveUp("gold", 4);
        listener.evicted();
        listener.leaseReclaimed("gold");
        assertThat(log.events)
                .containsExactly(
                        "allowed gold 2 after 70",
                        "refused none 3 " + REFUSED.reason(),
                        "gave up gold 4",
                        "evicted",
                        "reclaimed gold");
    }

    @Test
    void eachEventIsPassedOn() {
        allEvents();
    }

    @Test
    void aListenerThatAlwaysFailsHearsOfEachEventAllTheSame() {
        log.failure = new IllegalStateException("the listener of a test fails");
        allEvents();
    }
}
