package dev.ratelimit.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.testing.ManualTime;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** The examples of waiting, leases and tiers do what the guide says. */
class PolicyExamplesTest {

    private final ManualTime time = new ManualTime();

    @Test
    void uploadsWaitTheirTurn() throws InterruptedException {
        Uploads uploads = new Uploads(time);
        assertThat(uploads.upload("ada")).isEqualTo("201");
        assertThat(uploads.upload("ada")).isEqualTo("201");
        assertThat(uploads.quote("ada", 2)).isEqualTo("in 200 ms");
        CompletableFuture<String> third = uploads.uploadAsync("ada").toCompletableFuture();
        assertThat(third).isNotDone();
        time.advance(Duration.ofMillis(100));
        assertThat(third).isCompletedWithValue("201 after 100 ms");
        for (int i = 0; i < 30; i++) {
            assertThat(uploads.uploadAsync("ada").toCompletableFuture()).isNotDone();
        }
        assertThat(uploads.uploadAsync("ada").toCompletableFuture()).isCompletedWithValue("429");
        assertThat(uploads.upload("ada")).isEqualTo("429");
    }

    @Test
    void twoReportsAtOnce() throws InterruptedException {
        Reports reports = new Reports(time);
        String nested = reports.report(
                "ada", () -> reports.report("ada", () -> reports.report("ada", () -> "the third at once")));
        assertThat(nested).isEqualTo("429, refused (too many at once)");
        assertThat(reports.report("ada", () -> "done")).isEqualTo("done");
        assertThat(reports.start("ada").granted()).isTrue();
    }

    @Test
    void plansGiveCustomersTheirLimits() {
        Map<String, String> directory = new HashMap<>(Map.of("ada", "gold", "eve", "closed", "bob", "platinum"));
        Plans plans = new Plans(directory, () -> 4, time);
        for (int i = 0; i < 500; i++) {
            assertThat(plans.allows("ada")).isTrue();
        }
        assertThat(plans.allows("eve")).isFalse();
        assertThat(plans.allows("joe")).isTrue();
        assertThat(plans.allows("bob")).isTrue();
        assertThat(plans.allows("bob")).isTrue();
        assertThat(plans.allows("bob")).isFalse();
        assertThat(plans.summary()).isEqualTo("3 admitted, 1 refused");
        assertThat(plans.warnings())
                .containsExactly(
                        "free (default, none known), because of java.lang.IllegalStateException: unknown plan");
        directory.put("ada", "closed");
        time.advance(Duration.ofMinutes(5));
        assertThat(plans.allows("ada")).isFalse();
        for (int i = 0; i < 250; i++) {
            assertThat(plans.nodeAllows("search")).isTrue();
        }
        assertThat(plans.nodeAllows("search")).isFalse();
    }
}
