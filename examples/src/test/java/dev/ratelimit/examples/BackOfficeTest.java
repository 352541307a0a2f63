package dev.ratelimit.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.testing.ManualClock;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** The example for operators does what the guide says. */
class BackOfficeTest {

    private final ManualClock clock = new ManualClock(Instant.parse("2026-03-31T23:00:00Z"));
    private final BackOffice office = new BackOffice(clock);

    @Test
    void listsInvoicesAndForgives() {
        office.calls().consume("ada", 3);
        office.calls().consume("bob", 5);
        assertThat(office.busiest()).containsExactly("bob 5", "ada 3");
        clock.advance(Duration.ofDays(20));
        office.calls().consume("ada", 1);
        assertThat(office.invoice("ada")).isEqualTo("3 calls since 2026-03-01T00:00:00Z");
        assertThat(office.forgive(Instant.parse("2026-04-01T00:00:00Z"))).isEqualTo(1);
        assertThat(office.busiest()).isEmpty();
    }
}
