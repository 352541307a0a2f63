package dev.ratelimit.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.Policy;
import dev.ratelimit.Rate;
import dev.ratelimit.testing.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
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
        assertThat(uploads.uploadSoon("ada")).isEqualTo("503, busy");
        assertThat(uploads.uploadSoon("bob")).isEqualTo("201");
    }

    @Test
    void aNodeAsAWholeNeedsNoKey() throws InterruptedException {
        assertThat(new WholeNode().handle()).isEqualTo(200);
        WholeNode node = new WholeNode(Policy.of("node", Rate.perSecond(1000)), time);
        for (int i = 0; i < 1000; i++) {
            assertThat(node.handle()).isEqualTo(200);
        }
        assertThat(node.handle()).isEqualTo(503);
        assertThat(node.refused()).isEqualTo(1);
        time.advance(Duration.ofMillis(500));
        node.reconfigure(600);
        // A thousand were used, of which half a second gave back five hundred: the new policy allows a hundred more.
        assertThat(node.policy().rates()).contains(Rate.perSecond(600));
        for (int i = 0; i < 100; i++) {
            assertThat(node.handle()).isEqualTo(200);
        }
        assertThat(node.refused()).isEqualTo(1);
    }

    @Test
    void aHostThatAsksForAPauseIsLeftAlone() throws InterruptedException {
        List<String> called = new ArrayList<>();
        RemoteHosts hosts = new RemoteHosts(
                host -> {
                    called.add(host);
                    return new RemoteHosts.Response(host.equals("busy") ? 429 : 200, Duration.ofMinutes(5));
                },
                time);
        assertThat(hosts.get("busy")).isEqualTo(429);
        // Five minutes are longer than the minute that a call waits.
        assertThat(hosts.get("busy")).isEqualTo(503);
        assertThat(hosts.get("idle")).isEqualTo(200);
        assertThat(called).containsExactly("busy", "idle");
        time.advance(Duration.ofMinutes(5));
        assertThat(hosts.get("busy")).isEqualTo(429);
        hosts.isBack("busy");
        assertThat(hosts.get("busy")).isEqualTo(429);
        assertThat(called).hasSize(4);
    }

    @Test
    void aPlanThatWasJustBookedHoldsAtOnce() {
        Plans plans = new Plans(new HashMap<>(Map.of("ada", "closed")), () -> 4, time);
        assertThat(plans.allows("ada")).isFalse();
        plans.booked("ada", "gold");
        assertThat(plans.allows("ada")).isTrue();
    }

    @Test
    void tokensAreChargedWhenTheyAreKnown() {
        UsedTokens tokens = new UsedTokens(question -> new UsedTokens.Answer("42", 15_000), time);
        assertThat(tokens.ask("ada", "why?")).isEqualTo("42");
        // 5,001 tokens at 10,000 a minute.
        assertThat(tokens.ask("ada", "why?")).isEqualTo("429, come back in 31 s");
        assertThat(tokens.ask("bob", "why?")).isEqualTo("42");
        time.advance(Duration.ofSeconds(31));
        assertThat(tokens.ask("ada", "why?")).isEqualTo("42");
    }

    @Test
    void twoReportsAtOnce() throws InterruptedException {
        Reports reports = new Reports(time);
        String nested = reports.report(
                "ada", () -> reports.report("ada", () -> reports.report("ada", () -> "the third at once")));
        assertThat(nested).isEqualTo("429, refused (too many concurrent)");
        assertThat(reports.report("ada", () -> "done")).isEqualTo("done");
        assertThat(reports.start("ada").allowed()).isTrue();
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
        assertThat(plans.summary()).isEqualTo("3 allowed, 1 refused");
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
