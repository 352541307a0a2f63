package dev.ratelimit.examples;

import dev.ratelimit.Limiter;
import dev.ratelimit.Policy;
import dev.ratelimit.Rate;
import dev.ratelimit.TimeSource;
import dev.ratelimit.core.Limiters;
import java.time.Duration;
import java.util.function.Function;

/** Calls of remote hosts, which may ask for a pause: nobody calls a host before its time is over. */
final class RemoteHosts {

    /** What a host answered: after "429 Too Many Requests", with the time of its Retry-After field. */
    record Response(int status, Duration retryAfter) {}

    private final Limiter<String> perHost;
    private final Function<String, Response> client;

    RemoteHosts(Function<String, Response> client, TimeSource time) {
        this.client = client;
        Policy policy = Policy.of("hosts", Rate.perSecond(10)).shape(Duration.ofMinutes(1));
        perHost = Limiters.builder(policy).timeSource(time).build();
    }

    int get(String host) throws InterruptedException {
        if (!perHost.acquire(host)) return 503;
        Response response = client.apply(host);
        if (response.status() == 429) perHost.blackout(host, response.retryAfter());
        return response.status();
    }

    void isBack(String host) {
        perHost.blackout(host, Duration.ZERO);
    }
}
