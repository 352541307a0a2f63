package dev.ratelimit.examples.gateway;

import com.sun.net.httpserver.HttpExchange;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;

/**
 * The address that a request is charged to: the peer's, or the one that a trusted proxy vouches for.
 *
 * <p>{@code X-Forwarded-For} is believed only where the gateway was told to, only from a proxy on this machine, and
 * only its last element, which is the one that the proxy itself has added; all before it is the client's word.
 *
 * <p>IPv6 addresses count by their /64: that is what one subscriber is given, and may rotate through at will.
 */
final class ClientAddress {

    private static final String FORWARDED_FOR = "X-Forwarded-For";
    private static final int PREFIX_BYTES = 8;

    private ClientAddress() {}

    static String of(HttpExchange exchange, boolean trustForwarded) {
        InetAddress peer = exchange.getRemoteAddress().getAddress();
        if (trustForwarded && peer.isLoopbackAddress()) {
            List<String> forwarded = exchange.getRequestHeaders().get(FORWARDED_FOR);
            if (forwarded != null && !forwarded.isEmpty()) {
                String last = forwarded.get(forwarded.size() - 1);
                return canonical(last.substring(last.lastIndexOf(',') + 1).strip());
            }
        }
        return canonical(peer.getHostAddress());
    }

    /** Returns the address as it is counted. Never asks the name service: only a text with a colon is looked at. */
    static String canonical(String address) {
        if (address.indexOf(':') < 0) {
            return address;
        }
        try {
            InetAddress parsed = InetAddress.getByName(address);
            if (!(parsed instanceof Inet6Address)) {
                return parsed.getHostAddress();
            }
            byte[] prefix = Arrays.copyOf(Arrays.copyOf(parsed.getAddress(), PREFIX_BYTES), 2 * PREFIX_BYTES);
            return InetAddress.getByAddress(prefix).getHostAddress() + "/64";
        } catch (UnknownHostException e) {
            return address;
        }
    }
}
