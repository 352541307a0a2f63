package dev.ratelimit.examples;

import dev.ratelimit.Decision;
import dev.ratelimit.Limiter;
import dev.ratelimit.Rate;
import dev.ratelimit.SingleLimiter;
import dev.ratelimit.TimeSource;
import dev.ratelimit.core.Limiters;
import dev.ratelimit.http.HttpFields;
import dev.ratelimit.http.ProblemDetails;
import dev.ratelimit.http.ServiceLimit;
import java.util.List;

/** Answers that tell HTTP clients about their limits, in whatever server: header fields, and a body for refusals. */
final class HttpAnswers {

    /** What any server's response can do. */
    interface Response {
        void setStatus(int status);

        void setHeader(String name, String value);

        void write(String body);
    }

    private final Limiter<String> perUser;
    private final SingleLimiter node;

    HttpAnswers(TimeSource time) {
        perUser = Limiters.builder(Rate.perMinute(20).burst(5)).timeSource(time).build();
        node = Limiters.single(Rate.perSecond(6), time);
    }

    void oneLimit(String userId, long permits, Response response) {
        Decision decision = perUser.decide(userId, permits);
        HttpFields.of("per-user", decision).forEach(response::setHeader);
        if (decision.allowed()) {
            response.write("hello " + userId);
        } else {
            refuse(ProblemDetails.of("per-user", decision), response);
        }
    }

    void twoLimits(String userId, Response response) {
        Decision own = perUser.decide(userId);
        Decision shared = own.allowed() ? node.decide() : node.peek();
        if (own.allowed() && !shared.allowed()) {
            perUser.refund(userId, 1);
            own = perUser.peek(userId);
        }
        var limits = List.of(ServiceLimit.of("per-user", own), ServiceLimit.of("node", shared));
        HttpFields.of(limits).forEach(response::setHeader);
        if (own.allowed() && shared.allowed()) {
            response.write("hello " + userId);
        } else {
            refuse(ProblemDetails.of(limits), response);
        }
    }

    private static void refuse(ProblemDetails problem, Response response) {
        response.setStatus(problem.status());
        response.setHeader("Content-Type", ProblemDetails.MEDIA_TYPE);
        response.write(problem.json());
    }
}
