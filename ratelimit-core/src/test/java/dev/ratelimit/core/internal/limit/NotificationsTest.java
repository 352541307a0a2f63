package dev.ratelimit.core.internal.limit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.Decision;
import org.junit.jupiter.api.Test;

/** The listener, if there is one, hears of the end of each call. */
class NotificationsTest {

    private static final Decision REFUSED = Decision.tooManyWaiting().withPolicy("p");

    @Test
    void theListenerHearsOfEachEnd() {
        EventLog log = new EventLog();
        Notifications notifications = new Notifications(new SafeListener(log));
        assertThat(notifications.decided(REFUSED, 3)).isSameAs(REFUSED);
        notifications.gaveUp("p", 4);
        notifications.reclaimed("p");
        assertThat(log.events).containsExactly("refused p 3 TOO_MANY_WAITING", "gave up p 4", "reclaimed p");
    }

    @Test
    void withoutAListenerADecisionIsPassedOn() {
        Notifications silent = new Notifications(null);
        assertThat(silent.decided(REFUSED, 3)).isSameAs(REFUSED);
        silent.gaveUp("p", 4);
        silent.reclaimed("p");
    }
}
