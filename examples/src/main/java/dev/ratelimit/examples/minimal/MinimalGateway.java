package dev.ratelimit.examples.minimal;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import dev.ratelimit.Decision;
import dev.ratelimit.Limiter;
import dev.ratelimit.Policy;
import dev.ratelimit.Rate;
import dev.ratelimit.TimeSource;
import dev.ratelimit.WhenUnavailable;
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
import java.util.List;
import java.util.Set;

/**
 * A gateway in front of an endpoint, behind a proxy on the same machine: each API key has a limit and a quota, and each
 * client without a known key has a limit by its address.
 */
final class MinimalGateway implements HttpHandler {

    private final ClientAddress clientAddress =
            ClientAddress.fromXForwardedFor(TrustedProxies.prefixes("127.0.0.1", "::1"));
    private final HttpHandler endpoint;
    private final Set<String> apiKeys;
    private final Limiter<String> perKey;
    private final Limiter<InetAddress> perAddress;
    private final QuotaService calls;

    MinimalGateway(
            HttpHandler endpoint, Set<String> apiKeys, QuotaStore store, TimeSource timeSource, InstantSource clock) {
        this.endpoint = endpoint;
        this.apiKeys = apiKeys;
        perKey = Limiters.builder(Policy.of("per-key", Rate.perSecond(50).burst(20)))
                .timeSource(timeSource)
                .build();
        perAddress = Limiters.builder(Policy.of("per-address", Rate.perSecond(5)))
                .timeSource(timeSource)
                .build(AddressKey.perClient()::of);
        calls = Quotas.builder(store)
                .quota(Quota.of("calls-a-month", 20_000, CalendarWindow.monthly()))
                .whenUnavailable(WhenUnavailable.local(0.01))
                .clock(clock)
                .build();
    }

    @Override
    public void handle(HttpExchange exchange) throws IOException {
        List<ServiceLimit> limits = decide(exchange);
        HttpFields.of(limits).forEach(exchange.getResponseHeaders()::set);
        if (limits.stream().allMatch(ServiceLimit::allowed)) {
            endpoint.handle(exchange);
            return;
        }
        ProblemDetails problem = ProblemDetails.of(limits);
        exchange.getResponseHeaders().set("Content-Type", ProblemDetails.MEDIA_TYPE);
        byte[] body = problem.json().getBytes(StandardCharsets.US_ASCII);
        boolean isHead = exchange.getRequestMethod().equals("HEAD");
        exchange.sendResponseHeaders(problem.status(), isHead ? -1 : body.length);
        if (!isHead) exchange.getResponseBody().write(body);
        exchange.close();
    }

    private List<ServiceLimit> decide(HttpExchange exchange) {
        String apiKey = exchange.getRequestHeaders().getFirst("X-Api-Key");
        if (apiKey == null || !apiKeys.contains(apiKey)) {
            // A made-up key gets no budget of its own: the address of its sender is charged.
            InetAddress peer = exchange.getRemoteAddress().getAddress();
            List<String> forwarded = exchange.getRequestHeaders().get(clientAddress.fieldName());
            return ServiceLimit.each(perAddress.decide(clientAddress.of(peer, forwarded)));
        }
        Decision decision = perKey.decide(apiKey);
        if (!decision.allowed()) return ServiceLimit.each(decision);
        // Last, so that a call that the limit refuses is not counted.
        return ServiceLimit.each(decision, calls.consume(apiKey));
    }
}
