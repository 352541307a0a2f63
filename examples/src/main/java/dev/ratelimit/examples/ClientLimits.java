package dev.ratelimit.examples;

import dev.ratelimit.Limiter;
import dev.ratelimit.Rate;
import dev.ratelimit.TimeSource;
import dev.ratelimit.address.AddressKey;
import dev.ratelimit.address.ClientAddress;
import dev.ratelimit.address.TrustedProxies;
import dev.ratelimit.core.Limiters;
import java.net.InetAddress;
import java.util.List;

/** A limit for each client address, and one for each site, behind proxies that write {@code X-Forwarded-For}. */
final class ClientLimits {

    private final ClientAddress clientAddress =
            ClientAddress.fromXForwardedFor(TrustedProxies.prefixes("10.0.0.0/28", "fd00:1::/64"));

    private final Limiter<InetAddress> perClient;
    private final Limiter<InetAddress> perSite;

    ClientLimits(TimeSource time) {
        perClient = Limiters.builder(Rate.perSecond(10)).timeSource(time).build(AddressKey.perClient()::of);
        perSite = Limiters.builder(Rate.perSecond(100))
                .timeSource(time)
                .build(AddressKey.perClient().ipv4Prefix(24).ipv6Prefix(48)::of);
    }

    /** Takes the address of the socket's other end, and all lines of the field {@code X-Forwarded-For}. */
    boolean allows(InetAddress peer, List<String> forwardedFor) {
        InetAddress client = clientAddress.of(peer, forwardedFor);
        if (!perClient.tryAcquire(client)) return false;
        if (perSite.tryAcquire(client)) return true;
        perClient.refund(client, 1);
        return false;
    }

    /** Who is charged behind exactly two proxies whose addresses change, and which write {@code Forwarded}. */
    static InetAddress behindTwo(InetAddress peer, List<String> forwarded) {
        ClientAddress behindTwo = ClientAddress.fromForwarded(TrustedProxies.hops(2));
        return behindTwo.of(peer, forwarded);
    }
}
