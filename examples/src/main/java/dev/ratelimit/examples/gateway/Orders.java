package dev.ratelimit.examples.gateway;

import dev.ratelimit.Lease;
import dev.ratelimit.Limiter;
import dev.ratelimit.Policy;
import dev.ratelimit.core.Limiters;
import java.io.IOException;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/**
 * The orders on their way to the backend, one at a time of each account: requests with an XML body.
 *
 * <p>{@code Content-Type} decides whether a body is XML. A backend that relies on this check must accept XML under no
 * other media type.
 */
final class Orders {

    /** The longest body in bytes: it is kept in memory, and read as a tree. */
    static final int MAX_BODY = 65_536;

    /**
     * A client that sends its next order as soon as it has the answer to the last one may be here before that one's
     * lease is closed; it is not to be refused for being quick.
     */
    private static final Duration GRACE = Duration.ofMillis(10);

    private final Limiter<String> accounts =
            Limiters.perKey(Policy.unlimited().named("account").maxConcurrent(1));

    /** Returns whether a request has a body, and says that it is XML, in any of its fields. */
    static boolean isOrder(Exchange exchange) {
        boolean body = exchange.has("Content-Length") || exchange.has("Transfer-Encoding");
        return body && exchange.lines("Content-Type").stream().anyMatch(Orders::isXml);
    }

    private static boolean isXml(String contentType) {
        String type = contentType.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
        return type.equals("application/xml") || type.equals("text/xml") || type.endsWith("+xml");
    }

    /** Returns the body, which can be read from the exchange once more; empty if it is too long. */
    static Optional<byte[]> body(Exchange exchange) throws IOException {
        byte[] body = exchange.body().readNBytes(MAX_BODY + 1);
        if (body.length > MAX_BODY) {
            return Optional.empty();
        }
        exchange.unread(body);
        return Optional.of(body);
    }

    /** Returns the account's lease, granted or not; to be closed when the answer has been sent. */
    Lease enter(String account) throws InterruptedException {
        return accounts.enter(account, GRACE);
    }
}
