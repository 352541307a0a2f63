package dev.ratelimit.examples.gateway;

import com.sun.net.httpserver.HttpExchange;
import dev.ratelimit.Decision;
import java.io.IOException;
import java.util.Locale;

/** The answer to a refused request: 429, when to come again, and why. */
final class Refusal {

    static final int TOO_MANY_REQUESTS = 429;

    /** Says whose limit refused: {@code tier} or {@code node}. */
    static final String REFUSED_BY = "X-Refused-By";

    private static final long NANOS_PER_SECOND = 1_000_000_000;

    private Refusal() {}

    static void send(HttpExchange exchange, Client client, Verdict.Refused refused) throws IOException {
        long seconds = retryAfterSeconds(refused.decision());
        exchange.getResponseHeaders().set("Retry-After", Long.toString(seconds));
        exchange.getResponseHeaders().set(REFUSED_BY, refused.by().name().toLowerCase(Locale.ROOT));
        PlainText.send(exchange, TOO_MANY_REQUESTS, reason(client, refused) + "; retry after " + seconds + " s");
    }

    /**
     * Returns the wait in whole seconds, rounded up: who waits as long as he was told must not be refused for having
     * come too early. At least 1, because a zero would invite to retry at once.
     */
    static long retryAfterSeconds(Decision decision) {
        long nanos = decision.retryAfterNanos();
        return Math.max(1, nanos / NANOS_PER_SECOND + (nanos % NANOS_PER_SECOND == 0 ? 0 : 1));
    }

    private static String reason(Client client, Verdict.Refused refused) {
        Decision decision = refused.decision();
        if (decision.reason() == Decision.Reason.SATURATED) {
            return "too many clients at once";
        }
        String rate = decision.rate()
                .map(limit -> limit.permits() + " requests in " + DurationText.of(limit.period()))
                .orElse("none");
        return refused.by() == Verdict.Limit.NODE
                ? "the gateway is at its limit of " + rate + " for all clients together"
                : "over the limit of " + rate + " for each client of tier "
                        + client.tier().label();
    }
}
