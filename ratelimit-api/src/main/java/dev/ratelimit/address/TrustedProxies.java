package dev.ratelimit.address;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * Trusted proxies are the hops on the way to this server whose word about their own peer is believed.
 *
 * <p>A hop earns that if it appends the address of its peer to the field on every request, or replaces the field by
 * it, and quotes what it copies from the request. A load balancer that only passes bytes on does not.
 *
 * <pre>{@code
 * TrustedProxies.prefixes("10.0.0.0/28", "fd00:1::/64")    // by address
 * TrustedProxies.hops(2)                                   // by number: client, proxy, proxy, this server
 * }</pre>
 *
 * <p>Choose <b>prefixes</b> where the proxies' addresses are known, and name only the proxies: whatever else has an
 * address of theirs may write any field it likes, and is believed. Choose <b>hops</b> where they change, and see to it
 * that no request reaches this server by a shorter way: by the number alone, a client that connects directly cannot be
 * told from a proxy.
 *
 * <p>Immutable and thread-safe.
 */
public final class TrustedProxies {

    /** The most hops: enough for any chain of proxies, and too few to mean "all that the client writes". */
    private static final int MAX_HOPS = 32;

    /** Which hops are believed. */
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
     * @throws IllegalArgumentException if there is none, or one is not a prefix
     */
    public static TrustedProxies prefixes(String... prefixes) {
        return prefixes(Arrays.asList(Objects.requireNonNull(prefixes, "prefixes")));
    }

    /**
     * Returns the proxies with the given addresses. Each text is a prefix in CIDR notation with no bits set behind its
     * length, such as {@code 10.0.0.0/8} or {@code fd00::/8}, or a single address.
     *
     * <p>They are compared with addresses as the network shows them: IPv4-mapped IPv6 is IPv4, everything else is what
     * it is. An address by NAT64 or 6to4 is never taken for the IPv4 address in it. Scopes do not count: a trusted
     * link-local address is trusted on every link.
     *
     * @param prefixes prefixes in CIDR notation, or single addresses; at least one
     * @return the proxies
     * @throws IllegalArgumentException if there is none, one is not a prefix, or one has the length 0, which would
     *     believe every client
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
     * @param count how many proxies each request passes, from 1 to 32
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

    /** Returns whether a hop is believed: the peer has the distance 0, the one that it names 1. */
    boolean trust(InetAddress hop, int distance) {
        return rule.trusts(hop, distance);
    }

    @Override
    public String toString() {
        return "TrustedProxies[" + rule + "]";
    }
}
