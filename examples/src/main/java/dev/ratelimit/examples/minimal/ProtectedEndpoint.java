package dev.ratelimit.examples.minimal;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import dev.ratelimit.Decision;
import dev.ratelimit.Limit;
import dev.ratelimit.Policy;
import dev.ratelimit.Rate;
import dev.ratelimit.TimeSource;
import dev.ratelimit.address.AddressKey;
import dev.ratelimit.address.ClientAddress;
import dev.ratelimit.address.TrustedProxies;
import dev.ratelimit.core.Limiters;
import dev.ratelimit.http.HttpFields;
import dev.ratelimit.http.ProblemDetails;
import dev.ratelimit.http.ServiceLimit;
import dev.ratelimit.quota.CalendarWindow;
import dev.ratelimit.quota.Quota;
import dev.ratelimit.quota.QuotaService;
import dev.ratelimit.quota.service.Quotas;
import dev.ratelimit.quota.spi.QuotaStore;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * An endpoint with three limits: of the API key, of the client's address behind a proxy on the same machine, and of the
 * customer's month. A client without a known key has only the limit of its address.
 */
final class ProtectedEndpoint {

    private record Caller(String apiKey, InetAddress address) {}

    private static final Policy PER_KEY = Policy.of("per-key", Rate.perSecond(20));
    private static final Policy PER_ADDRESS = Policy.of("per-address", Rate.perSecond(5));
    private static final Quota CALLS = Quota.of("calls-a-month", 20_000, CalendarWindow.monthly());
    private static final Map<String, String> CUSTOMERS = Map.of("key-of-ada", "ada", "key-of-grace", "grace");

    private final ClientAddress clientAddress = ClientAddress.fromXForwardedFor(TrustedProxies.prefixes("127.0.0.1"));
    private final Limit<Caller> perAddress;
    private final Limit<Caller> both;
    private final QuotaService calls;

    ProtectedEndpoint(QuotaStore store, TimeSource timeSource, InstantSource clock) {
        perAddress = Limiters.builder(PER_ADDRESS).timeSource(timeSource).build(Caller::address);
        both = Limiters.all(Limiters.builder(PER_KEY).timeSource(timeSource).build(Caller::apiKey), perAddress);
        calls = Quotas.builder(store).quota(CALLS).clock(clock).build();
    }

    void handle(HttpExchange exchange) throws IOException {
        Headers request = exchange.getRequestHeaders();
        InetAddress peer = exchange.getRemoteAddress().getAddress();
        InetAddress client = clientAddress.of(peer, request.get(clientAddress.fieldName()));
        String apiKey = Objects.requireNonNullElse(request.getFirst("X-Api-Key"), "");
        String customer = CUSTOMERS.get(apiKey);
        Caller caller = new Caller(apiKey, AddressKey.perClient().of(client));
        Decision decision = customer == null ? perAddress.decide(caller) : both.decide(caller);
        List<ServiceLimit> limits = new ArrayList<>(ServiceLimit.each(decision));
        if (customer != null && decision.allowed()) limits.addAll(ServiceLimit.each(calls.consume(customer)));
        HttpFields.of(limits).forEach(exchange.getResponseHeaders()::set);
        boolean allowed = limits.stream().allMatch(ServiceLimit::allowed);
        String body = allowed ? "hello\n" : ProblemDetails.of(limits).json();
        exchange.getResponseHeaders().set("Content-Type", allowed ? "text/plain" : ProblemDetails.MEDIA_TYPE);
        boolean isHead = exchange.getRequestMethod().equals("HEAD");
        exchange.sendResponseHeaders(allowed ? 200 : ProblemDetails.of(limits).status(), isHead ? -1 : body.length());
        if (!isHead) exchange.getResponseBody().write(body.getBytes(StandardCharsets.US_ASCII));
        exchange.close();
    }
}
