package dev.ratelimit.examples;

import dev.ratelimit.Decision;
import dev.ratelimit.Limit;
import dev.ratelimit.Limiter;
import dev.ratelimit.Policy;
import dev.ratelimit.Rate;
import dev.ratelimit.TimeSource;
import dev.ratelimit.core.Limiters;
import dev.ratelimit.http.HttpFields;
import dev.ratelimit.http.ProblemDetails;
import dev.ratelimit.quota.CalendarWindow;
import dev.ratelimit.quota.Quota;
import dev.ratelimit.quota.QuotaDecision;
import dev.ratelimit.quota.QuotaService;
import dev.ratelimit.quota.service.QuotaStores;
import dev.ratelimit.quota.service.Quotas;
import java.time.InstantSource;

/** Answers that tell HTTP clients about their limits, in whatever server: header fields, and a body for refusals. */
final class HttpAnswers {

    /** What any server's response can do. */
    interface Response {
        void setStatus(int status);

        void setHeader(String name, String value);

        void write(String body);
    }

    private final Limiter<String> perUser;
    private final Limit<String> both;
    private final QuotaService calls;

    HttpAnswers(TimeSource time, InstantSource clock) {
        perUser = Limiters.builder(Policy.of("per-user", Rate.perMinute(20).burst(5)))
                .timeSource(time)
                .build();
        both = Limiters.all(perUser, Limiters.single(Rate.perSecond(6), time).forAll("node"));
        calls = Quotas.builder(QuotaStores.inMemory(clock))
                .quota(Quota.of("calls-a-day", 1_000, CalendarWindow.daily()))
                .clock(clock)
                .build();
    }

    void oneLimit(String userId, long permits, Response response) {
        Decision decision = perUser.decide(userId, permits);
        HttpFields.of(decision).forEach(response::setHeader);
        if (decision.allowed()) {
            response.write("hello " + userId);
        } else {
            refuse(ProblemDetails.of(decision), response);
        }
    }

    void twoLimits(String userId, Response response) {
        Decision decision = both.decide(userId);
        HttpFields.of(decision).forEach(response::setHeader);
        if (decision.allowed()) {
            response.write("hello " + userId);
        } else {
            refuse(ProblemDetails.of(decision), response);
        }
    }

    void limitsAndAQuota(String userId, Response response) {
        Decision limits = both.decide(userId);
        if (!limits.allowed()) {
            HttpFields.of(limits).forEach(response::setHeader);
            refuse(ProblemDetails.of(limits), response);
            return;
        }
        QuotaDecision quota = calls.consume(userId);
        HttpFields.of(limits, quota).forEach(response::setHeader);
        if (quota.allowed()) {
            response.write("hello " + userId);
        } else {
            refuse(ProblemDetails.of(quota), response);
        }
    }

    private static void refuse(ProblemDetails problem, Response response) {
        response.setStatus(problem.status());
        response.setHeader("Content-Type", ProblemDetails.MEDIA_TYPE);
        response.write(problem.json());
    }
}
