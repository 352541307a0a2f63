package dev.ratelimit.examples.gateway;

import dev.ratelimit.http.ProblemDetails;
import java.io.IOException;
import java.util.Locale;

/** The answer to a refused request: the status, and the problem in JSON, by the limit that refused. */
final class Refusal {

    /** Says whose limit refused: {@code tier}, {@code node}, {@code quota} or {@code account}. */
    static final String REFUSED_BY = "X-Refused-By";

    private Refusal() {}

    static void send(Exchange exchange, Verdict.Refused refused) throws IOException {
        LimitFields.set(exchange, refused.limits());
        exchange.set(REFUSED_BY, refused.by().name().toLowerCase(Locale.ROOT));
        ProblemDetails problem = ProblemDetails.of(refused.limits());
        ShortAnswer.send(exchange, problem.status(), ProblemDetails.MEDIA_TYPE, problem.json());
    }
}
