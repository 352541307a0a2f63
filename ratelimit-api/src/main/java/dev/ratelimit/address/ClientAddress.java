package dev.ratelimit.address;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A client address finds the address from which a request reached the trusted proxies, or the server if the request did
 * not pass them.
 *
 * <pre>{@code
 * ClientAddress clientAddress = ClientAddress.fromXForwardedFor(TrustedProxies.prefixes("10.0.0.0/28", "fd00:1::/64"));
 * InetAddress client = clientAddress.of(peer, headers.get(clientAddress.fieldName()));
 * }</pre>
 *
 * <p><b>Trusted elements.</b> The peer of the connection is certain. If it is a trusted proxy, the last element of the
 * field is the address of that proxy's own peer, and is trusted. If this address is a trusted proxy, too, so is the
 * element left of it, and so on. The first address that is not a trusted proxy is the client. The client, or hops
 * before it, wrote everything left of that element. It is not read, so even broken content there does not change the
 * result.
 *
 * <p><b>Elements without an address.</b> An element that is broken, is {@code unknown}, or has an obfuscated identifier
 * hides the peer of the proxy that wrote it. Then the result is the address of that proxy, which is the last certain
 * one, for all clients that it hides. The elements before come from an unknown source, and are not read. The same holds
 * if the field ends at a trusted proxy. Empty elements are skipped.
 *
 * <p><b>One field.</b> {@code Forwarded} (RFC 7239) or {@code X-Forwarded-For}: the one that the proxies write. The
 * other is never read. Proxies forward a field that they do not know unchanged, so a reader of both fields would trust
 * the client.
 *
 * <p><b>Field lines.</b> The caller must give all lines of the field, in the order of the request; they are one list
 * (RFC 9110, section 5.3). A server method that returns only the first of several lines may return the client's own
 * text.
 *
 * <p><b>Cost.</b> Elements of trusted proxies are read in linear time. Text of the client costs nothing, however long
 * it is. Immutable and thread-safe. Does not wait, and calls no name service.
 */
public final class ClientAddress {

    private enum Field {
        FORWARDED("Forwarded", true),
        X_FORWARDED_FOR("X-Forwarded-For", false);

        private final String title;
        private final boolean quotes;

        Field(String title, boolean quotes) {
            this.title = title;
            this.quotes = quotes;
        }

        /** Returns the address that an element names; null if the element is broken or hides the address. */
        @Nullable
        InetAddress named(FieldElements element) {
            return switch (this) {
                case FORWARDED -> ForwardedElement.address(element.line(), element.from(), element.to());
                case X_FORWARDED_FOR -> NodeIdentifier.address(element.line(), element.from(), element.to());
            };
        }
    }

    private final Field field;
    private final TrustedProxies proxies;

    private ClientAddress(Field field, TrustedProxies proxies) {
        this.field = field;
        this.proxies = Objects.requireNonNull(proxies, "proxies");
    }

    /**
     * Returns the client address behind proxies that write {@code Forwarded} (RFC 7239).
     *
     * @param proxies the proxies to trust
     * @return the client address
     */
    public static ClientAddress fromForwarded(TrustedProxies proxies) {
        return new ClientAddress(Field.FORWARDED, proxies);
    }

    /**
     * Returns the client address behind proxies that write {@code X-Forwarded-For}.
     *
     * @param proxies the proxies to trust
     * @return the client address
     */
    public static ClientAddress fromXForwardedFor(TrustedProxies proxies) {
        return new ClientAddress(Field.X_FORWARDED_FOR, proxies);
    }

    /**
     * Returns the name of the field that is read, so that the application need not repeat it.
     *
     * @return {@code Forwarded} or {@code X-Forwarded-For}
     */
    public String fieldName() {
        return field.title;
    }

    /**
     * Returns the address that a request came from.
     *
     * @param peer the address of the connection's other end
     * @param fieldLines the values of all lines of the field {@link #fieldName()}, in the order of the request; null or
     *     empty if it has none
     * @return the address; without a scope, and an IPv4-mapped one as IPv4
     */
    public InetAddress of(InetAddress peer, @Nullable List<String> fieldLines) {
        return walk(Objects.requireNonNull(peer, "peer"), fieldLines == null ? List.of() : fieldLines);
    }

    /**
     * Returns the address that a request came from, for servers that give the peer as text, such as
     * {@code ServletRequest.getRemoteAddr()}.
     *
     * @param peer the address of the connection's other end: an IP address, also in brackets, with a port, or with the
     *     scope of a link-local address; never a host name
     * @param fieldLines the values of all lines of the field {@link #fieldName()}, in the order of the request; null or
     *     empty if it has none
     * @return the address; without a scope, and an IPv4-mapped one as IPv4
     * @throws IllegalArgumentException if the peer is not an IP address
     */
    public InetAddress of(String peer, @Nullable List<String> fieldLines) {
        int scope = Objects.requireNonNull(peer, "peer").indexOf('%');
        int end = peer.indexOf(']', Math.max(0, scope));
        String plain = scope < 0 ? peer : peer.substring(0, scope) + (end < 0 ? "" : peer.substring(end));
        InetAddress address = NodeIdentifier.address(plain, 0, plain.length());
        if (address == null) {
            throw new IllegalArgumentException(
                    "peer must be an IP address, such as 192.0.2.1 or 2001:db8::1, but was \"" + peer + "\"");
        }
        return of(address, fieldLines);
    }

    /** Walks from the peer towards the client, as long as each hop is trusted and names the next one. */
    InetAddress walk(InetAddress peer, List<? extends CharSequence> fieldLines) {
        InetAddress believed = plain(peer);
        FieldElements elements = new FieldElements(fieldLines, field.quotes);
        for (int distance = 0; proxies.trust(believed, distance) && elements.previous(); distance++) {
            InetAddress named = field.named(elements);
            if (named == null) {
                return believed;
            }
            believed = named;
        }
        return believed;
    }

    private static InetAddress plain(InetAddress address) {
        return address instanceof Inet4Address ? address : AddressLiteral.toAddress(address.getAddress());
    }

    @Override
    public String toString() {
        return "ClientAddress[" + field.title + ", " + proxies + "]";
    }
}
