package dev.ratelimit.examples.gateway;

import com.sun.net.httpserver.HttpExchange;
import dev.ratelimit.http.ProblemDetails;
import dev.ratelimit.http.ServiceLimit;
import java.io.IOException;
import java.util.Locale;
import java.util.OptionalLong;

/** The answer to a refused request: the status, and the problem in JSON, by the limit that refused. */
final class Refusal {

    /** Says whose limit refused: {@code tier}, {@code node}, {@code quota} or {@code account}. */
    static final String REFUSED_BY = "X-Refused-By";

    private Refusal() {}

    static void send(HttpExchange exchange, Verdict.Refused refused) throws IOException {
        LimitFields.set(exchange, refused.limits());
        exchange.getResponseHeaders().set(REFUSED_BY, refused.by().name().toLowerCase(Locale.ROOT));
        ProblemDetails problem = ProblemDetails.of(refused.limits());
        if (refused.by() == Verdict.Limit.QUOTA) {
            ServiceLimit quota = refused.limits().get(refused.limits().size() - 1);
            OptionalLong seconds = quota.retryAfterSeconds();
            problem = problem.detail("The quota " + quota.name() + " is used up."
                    + (seconds.isPresent() ? " Try again in " + seconds.getAsLong() + " s." : ""));
        }
        ShortAnswer.send(exchange, problem.status(), ProblemDetails.MEDIA_TYPE, problem.json());
    }
}
