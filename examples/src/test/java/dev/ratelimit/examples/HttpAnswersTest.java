package dev.ratelimit.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.testing.ManualClock;
import dev.ratelimit.testing.ManualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The answers of the HTTP example are those that the guide shows. */
class HttpAnswersTest {

    private static final class Recorded implements HttpAnswers.Response {

        private final Map<String, String> headers = new LinkedHashMap<>();
        private int status = 200;
        private String body = "";

        @Override
        public void setStatus(int status) {
            this.status = status;
        }

        @Override
        public void setHeader(String name, String value) {
            headers.put(name, value);
        }

        @Override
        public void write(String body) {
            this.body = body;
        }
    }

    private final ManualTime time = new ManualTime();
    private final ManualClock clock = new ManualClock(Instant.parse("2026-03-10T12:00:00Z"));
    private final HttpAnswers answers = new HttpAnswers(time, clock);

    @Test
    void anAllowedRequestSaysWhatIsLeft() {
        Recorded response = oneLimit("ada", 2);
        assertThat(response.status).isEqualTo(200);
        assertThat(response.body).isEqualTo("hello ada");
        assertThat(response.headers)
                .containsExactly(
                        Map.entry("RateLimit-Policy", "\"per-user\";q=5;w=15"),
                        Map.entry("RateLimit", "\"per-user\";r=3;t=9"),
                        Map.entry("X-RateLimit-Limit", "5"),
                        Map.entry("X-RateLimit-Remaining", "3"),
                        Map.entry("X-RateLimit-Reset", "9"));
    }

    @Test
    void aRefusalSaysWhenToComeAgain() {
        oneLimit("ada", 5);
        time.advance(Duration.ofMillis(1));
        Recorded response = oneLimit("ada", 1);
        assertThat(response.status).isEqualTo(429);
        assertThat(response.headers)
                .containsEntry("RateLimit", "\"per-user\";r=0;t=3")
                .containsEntry("Retry-After", "3")
                .containsEntry("Content-Type", "application/problem+json");
        assertThat(response.body)
                .isEqualTo("{\"type\":\"https://iana.org/assignments/http-problem-types#quota-exceeded\","
                        + "\"title\":\"Quota Exceeded\",\"status\":429,\"detail\":\"Over the limit \\\"per-user\\\","
                        + " which is 5 requests at once and 20 in 60 s. Try again in 3 s.\","
                        + "\"violated-policies\":[\"per-user\"]}");
        time.advance(Duration.ofSeconds(3));
        assertThat(oneLimit("ada", 1).status).isEqualTo(200);
    }

    @Test
    void whatIsTooLargeIsNotToldToComeAgain() {
        Recorded response = oneLimit("ada", 6);
        assertThat(response.status).isEqualTo(413);
        assertThat(response.headers).doesNotContainKey("Retry-After").containsEntry("X-RateLimit-Remaining", "5");
    }

    @Test
    void bothLimitsAreTold() {
        for (int i = 0; i < 3; i++) {
            assertThat(twoLimits("ada").status).isEqualTo(200);
            assertThat(twoLimits("grace").status).isEqualTo(200);
        }
        Recorded response = twoLimits("ada");
        assertThat(response.status).isEqualTo(429);
        assertThat(response.headers)
                .containsEntry("RateLimit-Policy", "\"per-user\";q=5;w=15, \"node\";q=6;w=1")
                .as("what the node refused was given back to ada")
                .containsEntry("RateLimit", "\"per-user\";r=2;t=6, \"node\";r=0;t=1")
                .containsEntry("X-RateLimit-Limit", "6")
                .containsEntry("Retry-After", "1");
        assertThat(response.body).contains("\"violated-policies\":[\"node\"]");

        time.advance(Duration.ofSeconds(1));
        assertThat(twoLimits("ada").status).isEqualTo(200);
        assertThat(twoLimits("ada").status).isEqualTo(200);
        response = twoLimits("ada");
        assertThat(response.headers)
                .as("ada's own limit refuses, and takes nothing from the node")
                .containsEntry("RateLimit", "\"per-user\";r=0;t=2, \"node\";r=4;t=1")
                .containsEntry("Retry-After", "2");
        assertThat(response.body).contains("\"violated-policies\":[\"per-user\"]");
    }

    @Test
    void aQuotaIsToldBesideTheLimits() {
        Recorded response = limitsAndAQuota("ada");
        assertThat(response.status).isEqualTo(200);
        assertThat(response.headers)
                .containsEntry(
                        "RateLimit-Policy", "\"per-user\";q=5;w=15, \"node\";q=6;w=1, \"calls-a-day\";q=1000;w=86400")
                .containsEntry("RateLimit", "\"per-user\";r=4;t=12, \"node\";r=5;t=1, \"calls-a-day\";r=999;t=43200");
        for (int i = 1; i < 1_000; i++) {
            time.advance(Duration.ofSeconds(3));
            assertThat(limitsAndAQuota("ada").status).isEqualTo(200);
        }
        time.advance(Duration.ofSeconds(3));
        response = limitsAndAQuota("ada");
        assertThat(response.status).isEqualTo(429);
        assertThat(response.headers).containsEntry("Retry-After", "43200");
        assertThat(response.body).contains("until 2026-03-11T00:00:00Z", "\"violated-policies\":[\"calls-a-day\"]");
    }

    private Recorded limitsAndAQuota(String userId) {
        Recorded response = new Recorded();
        answers.limitsAndAQuota(userId, response);
        return response;
    }

    private Recorded oneLimit(String userId, long permits) {
        Recorded response = new Recorded();
        answers.oneLimit(userId, permits, response);
        return response;
    }

    private Recorded twoLimits(String userId) {
        Recorded response = new Recorded();
        answers.twoLimits(userId, response);
        return response;
    }
}
