package dev.ratelimit.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ratelimit.Decision;
import dev.ratelimit.DecisionSource;
import dev.ratelimit.Rate;
import dev.ratelimit.quota.CalendarWindow;
import dev.ratelimit.quota.Quota;
import dev.ratelimit.quota.QuotaDecision;
import dev.ratelimit.quota.QuotaUsage;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What clients are told of quotas, alone and beside limits of rates. */
class QuotaAnswersTest {

    private static final Instant NOON = Instant.parse("2026-03-10T12:00:00Z");
    private static final Quota DAY = Quota.of("calls-a-day", 1_000, CalendarWindow.daily());
    private static final Quota MONTH = Quota.of("calls-a-month", 20_000, CalendarWindow.monthly());

    private static QuotaUsage usage(Quota quota, long used) {
        return new QuotaUsage(quota, used, quota.window().at(NOON));
    }

    @Test
    void eachQuotaHasAnItemUnderItsOwnName() {
        QuotaDecision decision = QuotaDecision.allowed(List.of(usage(DAY, 10), usage(MONTH, 500)), NOON);
        assertThat(HttpFields.of(decision).withoutLegacy().asMap())
                .containsExactly(
                        Map.entry(
                                "RateLimit-Policy",
                                "\"calls-a-day\";q=1000;w=86400, \"calls-a-month\";q=20000;w=2678400"),
                        Map.entry("RateLimit", "\"calls-a-day\";r=990;t=43200, \"calls-a-month\";r=19500;t=1857600"));
    }

    @Test
    void theFieldsOfRequestsAreThoseOfTheMostRestrictive() {
        QuotaDecision decision = QuotaDecision.allowed(List.of(usage(DAY, 10), usage(MONTH, 19_900)), NOON);
        assertThat(HttpFields.of(decision).asMap())
                .containsEntry("X-RateLimit-Limit", "20000")
                .containsEntry("X-RateLimit-Remaining", "100")
                .containsEntry("X-RateLimit-Reset", "1857600");
    }

    @Test
    void limitsAndQuotasOfOneAnswerStandTogether() {
        Decision limits =
                Decision.allowed(Rate.perMinute(20).burst(5), 3, 6_000_000_000L).withPolicy("per-user");
        QuotaDecision quotas = QuotaDecision.refused(List.of(usage(DAY, 1_000)), 1, NOON);
        assertThat(HttpFields.of(limits, quotas).asMap())
                .containsEntry("RateLimit-Policy", "\"per-user\";q=5;w=15, \"calls-a-day\";q=1000;w=86400")
                .containsEntry("RateLimit", "\"per-user\";r=3;t=9, \"calls-a-day\";r=0;t=43200")
                .containsEntry("Retry-After", "43200");
    }

    @Test
    void aNameOfTheCallersStandsForTheBindingQuota() {
        QuotaDecision decision = QuotaDecision.refused(List.of(usage(DAY, 1_000), usage(MONTH, 20_000)), 1, NOON);
        assertThat(HttpFields.of("calls", decision).asMap())
                .containsEntry("RateLimit", "\"calls\";r=0;t=1857600")
                .containsEntry("Retry-After", "1857600");
    }

    @Test
    void aQuotaThatIsUsedUpIsA429ThatSaysUntilWhen() {
        ProblemDetails problem = ProblemDetails.of(QuotaDecision.refused(List.of(usage(DAY, 1_000)), 1, NOON));
        assertThat(problem.status()).isEqualTo(429);
        assertThat(problem.type()).endsWith("#quota-exceeded");
        assertThat(problem.violatedPolicies()).containsExactly("calls-a-day");
        assertThat(problem.detail())
                .isEqualTo("The quota \"calls-a-day\" of 1000 requests has not enough left until 2026-03-11T00:00:00Z."
                        + " Try again in 43200 s.");
    }

    @Test
    void onlyTheQuotaThatRefusesIsNamed() {
        ProblemDetails problem =
                ProblemDetails.of(QuotaDecision.refused(List.of(usage(DAY, 1_000), usage(MONTH, 5)), 1, NOON));
        assertThat(problem.violatedPolicies()).containsExactly("calls-a-day");
    }

    @Test
    void moreThanTheLimitIsA413WithoutRetryAfter() {
        QuotaDecision decision = QuotaDecision.refused(List.of(usage(DAY, 0)), 1_001, NOON);
        assertThat(ProblemDetails.of(decision).status()).isEqualTo(413);
        assertThat(ProblemDetails.of(decision).detail())
                .isEqualTo(
                        "The request asks for more than the quota \"calls-a-day\" ever allows, which is 1000 requests.");
        assertThat(HttpFields.of(decision).asMap())
                .doesNotContainKey("Retry-After")
                .containsEntry("RateLimit", "\"calls-a-day\";r=1000;t=43200");
    }

    @Test
    void aQuotaOfZeroIsTold() {
        Quota none = Quota.of("trial", 0, CalendarWindow.daily());
        QuotaDecision decision = QuotaDecision.refused(List.of(usage(none, 0)), 1, NOON);
        assertThat(HttpFields.of(decision).asMap()).containsEntry("RateLimit-Policy", "\"trial\";q=0;w=86400");
        assertThat(ProblemDetails.of(decision).status()).isEqualTo(413);
    }

    @Test
    void creditForALifetimeHasNoWindow() {
        Quota credit = Quota.of("credit", 100, CalendarWindow.lifetime());
        QuotaDecision decision = QuotaDecision.refused(List.of(usage(credit, 100)), 1, NOON);
        assertThat(HttpFields.of(decision).asMap())
                .containsEntry("RateLimit-Policy", "\"credit\";q=100")
                .containsEntry("RateLimit", "\"credit\";r=0")
                .doesNotContainKey("Retry-After");
        assertThat(ProblemDetails.of(decision).status()).isEqualTo(429);
        assertThat(ProblemDetails.of(decision).detail())
                .isEqualTo("The quota \"credit\" of 100 requests has not enough left.");
    }

    @Test
    void aStoreThatIsAwayIsA503WithoutFigures() {
        QuotaDecision decision =
                QuotaDecision.unavailable(List.of(usage(DAY, 0), usage(MONTH, 0)), Duration.ofMillis(1_500), NOON);
        assertThat(HttpFields.of(decision).asMap()).containsExactly(Map.entry("Retry-After", "2"));
        ProblemDetails problem = ProblemDetails.of(decision);
        assertThat(problem.status()).isEqualTo(503);
        assertThat(problem.type()).endsWith("#temporary-reduced-capacity");
        assertThat(problem.violatedPolicies()).containsExactly("calls-a-day", "calls-a-month");
        assertThat(problem.detail()).startsWith("For now, the quota \"calls-a-day\" cannot be counted.");
    }

    @ParameterizedTest
    @EnumSource(
            value = DecisionSource.class,
            names = {"LOCAL", "OPEN"})
    void whatThisProcessAllowedAloneIsNoFigure(DecisionSource source) {
        assertThat(HttpFields.of(QuotaDecision.allowed(List.of(usage(DAY, 3)), source, NOON))
                        .asMap())
                .isEmpty();
    }

    @Test
    void unitsAndWindowsThatHaveEnded() {
        Instant late = NOON.plus(Duration.ofDays(1));
        ServiceLimit tokens = ServiceLimit.of("tokens", QuotaDecision.allowed(List.of(usage(DAY, 1)), late))
                .unit("tokens");
        assertThat(HttpFields.of(tokens).asMap())
                .containsEntry("RateLimit-Policy", "\"tokens\";q=1000;qu=\"tokens\";w=86400")
                .containsEntry("RateLimit", "\"tokens\";r=999;t=1")
                .doesNotContainKey("X-RateLimit-Limit");
        assertThat(tokens.allowed()).isTrue();
        assertThat(tokens.retryAfterSeconds()).hasValue(0);
    }

    @Test
    void anAllowedQuotaIsNoProblem() {
        QuotaDecision decision = QuotaDecision.allowed(List.of(usage(DAY, 1)), NOON);
        assertThatThrownBy(() -> ProblemDetails.of(decision)).hasMessageStartingWith("all of the limits allow");
        assertThat(decision.resetAfter()).isEqualTo(Duration.ofHours(12));
        assertThat(decision.at()).isEqualTo(NOON);
    }

    @Test
    void equalNamesAreOneClearError() {
        Decision limits =
                Decision.allowed(Rate.perMinute(20), 3, 6_000_000_000L).withPolicy("calls-a-day");
        QuotaDecision quotas = QuotaDecision.allowed(List.of(usage(DAY, 1)), NOON);
        assertThatThrownBy(() -> HttpFields.of(limits, quotas))
                .hasMessage("each limit needs a name of its own, but two are called \"calls-a-day\";"
                        + " give the policies different names, or use ServiceLimit.of(name, decision)");
    }
}
