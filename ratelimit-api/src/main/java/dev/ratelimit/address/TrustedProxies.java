package dev.ratelimit.address;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * Trusted proxies are the hops on the way to this server that are trusted to name their own peer.
 *
 * <p>Trust a hop only if it appends the address of its peer to the field of every request, or replaces the field by it,
 * and if it quotes text that it copies from the request. A load balancer that only forwards bytes does not do this.
 *
 * <pre>{@code
 * TrustedProxies.prefixes("10.0.0.0/28", "fd00:1::/64")    // by address
 * TrustedProxies.hops(2)                                   // by number: client, proxy, proxy, this server
 * }</pre>
 *
 * <p>Choose <b>prefixes</b> if the proxies' addresses are known, and name only the proxies: any other host within the
 * prefixes is trusted, too, and may write any field. Choose <b>hops</b> if the addresses change, and make sure that no
 * request reaches this server by a shorter way: by the number alone, a client that connects directly looks like a
 * proxy.
 *
 * <p>Immutable and thread-safe.
 */
public final class TrustedProxies {

    /** The most hops: enough for any chain of proxies, and too few to cover all that a client may write. */
    private static final int MAX_HOPS = 32;

    /** The rule that says which hops are trusted. */
    private interface Rule {
        boolean trusts(InetAddress hop, int distance);
    }

    private record Prefixes(List<AddressPrefix> prefixes) implements Rule {
        @Override
        public boolean trusts(InetAddress hop, int distance) {
            byte[] address = hop.getAddress();
            for (AddressPrefix prefix : prefixes) {
                if (prefix.contains(address)) {
                    return true;
                }
            }
            return false;
        }
    }

    private record Hops(int count) implements Rule {
        @Override
        public boolean trusts(InetAddress hop, int distance) {
            return distance < count;
        }
    }

    private final Rule rule;

    private TrustedProxies(Rule rule) {
        this.rule = rule;
    }

    /**
     * Returns the proxies with the given addresses; see {@link #prefixes(List)}.
     *
     * @param prefixes prefixes in CIDR notation, or single addresses; at least one
     * @return the proxies
     * @throws IllegalArgumentException if there is none, or a text is not a prefix
     */
    public static TrustedProxies prefixes(String... prefixes) {
        return prefixes(Arrays.asList(Objects.requireNonNull(prefixes, "prefixes")));
    }

    /**
     * Returns the proxies with the given addresses. Each text is a prefix in CIDR notation with no bits set behind its
     * length, such as {@code 10.0.0.0/8} or {@code fd00::/8}, or a single address.
     *
     * <p>They are compared with the addresses of hops. An IPv4-mapped IPv6 address counts as IPv4. A NAT64 or 6to4
     * address does not count as the IPv4 address in it. Scopes do not count: a trusted link-local address is trusted on
     * every link.
     *
     * @param prefixes prefixes in CIDR notation, or single addresses; at least one
     * @return the proxies
     * @throws IllegalArgumentException if there is none, a text is not a prefix, or a prefix has the length 0, which
     *     would trust every client
     */
    public static TrustedProxies prefixes(List<String> prefixes) {
        List<AddressPrefix> parsed = new ArrayList<>();
        for (String prefix : Objects.requireNonNull(prefixes, "prefixes")) {
            parsed.add(AddressPrefix.parse(Objects.requireNonNull(prefix, "prefix")));
        }
        if (parsed.isEmpty()) {
            throw new IllegalArgumentException("name at least one trusted proxy; without any, the peer is the client");
        }
        return new TrustedProxies(new Prefixes(List.copyOf(parsed)));
    }

    /**
     * Returns the last proxies before this server, whatever their addresses: the peer of the connection is the first
     * of them, the peer that it names the second, and so on.
     *
     * @param count the number of proxies that each request passes, from 1 to 32
     * @return the proxies
     * @throws IllegalArgumentException if the count is out of range
     */
    public static TrustedProxies hops(int count) {
        if (count < 1 || count > MAX_HOPS) {
            throw new IllegalArgumentException("the number of trusted hops must be from 1 to " + MAX_HOPS + ", but was "
                    + count + "; without a trusted proxy, the peer is the client");
        }
        return new TrustedProxies(new Hops(count));
    }

    /**
     * Returns whether a hop is trusted. The peer has the distance 0, the hop that it names has the distance 1, and so
     * on.
     */
    boolean trust(InetAddress hop, int distance) {
        return rule.trusts(hop, distance);
    }

    @Override
    public String toString() {
        return "TrustedProxies[" + rule + "]";
    }
}
