package dev.ratelimit.address;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;

/** Random passages, and random fields for a client to send. */
final class Passages {

    private static final TrustedProxies BY_PREFIX = TrustedProxies.prefixes("10.0.0.0/8", "fd00::/8");

    private static final List<String> FRAGMENTS = List.of(
            "\"",
            "\\",
            "\\\"",
            "\\\\",
            ",",
            ", ",
            ";",
            "=",
            "=\"",
            " ",
            "\t",
            "[",
            "]",
            ":",
            "::",
            "for=",
            "For=\"",
            "for=6.6.6.6",
            "for=\"6.6.6.6\"",
            "for=\"[2001:db8:bad::1]\"",
            "for=10.0.0.66",
            "6.6.6.6",
            "10.0.0.66",
            "2001:db8:bad::1",
            "fd00::bad",
            "unknown",
            "_hidden",
            "x=\"",
            "x=\"\\",
            "host=a",
            "\0",
            "\r\n",
            "\uD83D",
            "é");

    private Passages() {}

    /** What a client sends: no line or some, of any characters or of those that mean something. */
    static Arbitrary<List<String>> sent() {
        Arbitrary<String> fragments =
                Arbitraries.of(FRAGMENTS).list().ofMaxSize(12).map(parts -> String.join("", parts));
        return Arbitraries.frequencyOf(
                        Tuple.of(3, fragments),
                        Tuple.of(1, Arbitraries.strings().ofMaxLength(80)))
                .list()
                .ofMaxSize(3);
    }

    /** Up to four proxies, each of which knows the one before it; the first may hide the client. */
    static Arbitrary<Passage> passages(boolean forwarded) {
        Arbitrary<InetAddress> proxy = Arbitraries.oneOf(
                Arbitraries.integers().between(1, 60).map(i -> parsed("10.0.0." + i)),
                Arbitraries.integers().between(1, 60).map(i -> parsed("fd00::" + i)));
        Arbitrary<List<Written>> writing =
                (forwarded ? ofForwarded() : ofXForwardedFor()).list().ofSize(4);
        return Combinators.combine(
                        proxy.list().ofMaxSize(4),
                        clients(),
                        writing,
                        Arbitraries.of(true, false).list().ofSize(4),
                        Arbitraries.of(true, false),
                        Arbitraries.frequency(Tuple.of(4, false), Tuple.of(1, true)))
                .as((hops, client, writings, ownLine, counted, hidden) -> {
                    List<String> appended = new ArrayList<>();
                    InetAddress before = client;
                    for (int i = 0; i < hops.size(); i++) {
                        Written written = writings.get(i);
                        appended.add(i == 0 && hidden ? written.hiding() : written.naming(before));
                        before = hops.get(i);
                    }
                    TrustedProxies proxies = counted && !hops.isEmpty() ? TrustedProxies.hops(hops.size()) : BY_PREFIX;
                    return new Passage(
                            forwarded ? ClientAddress.fromForwarded(proxies) : ClientAddress.fromXForwardedFor(proxies),
                            proxies,
                            before,
                            appended,
                            ownLine,
                            hidden && !hops.isEmpty() ? hops.get(0) : client);
                });
    }

    /** How one proxy writes its element. */
    private interface Written {
        String naming(InetAddress peer);

        String hiding();
    }

    private static Arbitrary<InetAddress> clients() {
        return Arbitraries.oneOf(
                        Arbitraries.bytes().array(byte[].class).ofSize(4).map(AddressLiteral::toAddress),
                        Arbitraries.bytes().array(byte[].class).ofSize(16).map(AddressLiteral::toAddress))
                .filter(address -> !BY_PREFIX.trust(address, 0));
    }

    private static Arbitrary<Written> ofXForwardedFor() {
        return Combinators.combine(
                        Arbitraries.of(true, false), Arbitraries.of("", ":4711"), Arbitraries.of("unknown", "-", "_x"))
                .as((bracketed, port, hidden) -> new Written() {
                    @Override
                    public String naming(InetAddress peer) {
                        return bracketed || peer.getAddress().length == 4 ? node(peer, port) : peer.getHostAddress();
                    }

                    @Override
                    public String hiding() {
                        return hidden;
                    }
                });
    }

    /** Elements with a {@code host} that the client chose, and that the proxy has quoted as it must. */
    private static Arbitrary<Written> ofForwarded() {
        Arbitrary<String> hosts = Arbitraries.of(FRAGMENTS)
                .filter(fragment -> fragment.chars().noneMatch(c -> c < ' ' && c != '\t'))
                .list()
                .ofMaxSize(6)
                .map(parts ->
                        "\"" + String.join("", parts).replace("\\", "\\\\").replace("\"", "\\\"") + "\"");
        return Combinators.combine(
                        Arbitraries.of("for", "For", "FOR"),
                        Arbitraries.of("", ":4711", ":_port"),
                        Arbitraries.of("host=%s;%s", "%2$s;host=%1$s", "proto=https;%2$s ; host=%1$s", "%2$s"),
                        hosts,
                        Arbitraries.of("unknown", "_hidden", "\"_h:_p\""))
                .as((name, port, order, host, hidden) -> new Written() {
                    @Override
                    public String naming(InetAddress peer) {
                        return order.formatted(host, name + "=\"" + node(peer, port) + "\"");
                    }

                    @Override
                    public String hiding() {
                        return order.formatted(host, name + "=" + hidden);
                    }
                });
    }

    private static String node(InetAddress address, String port) {
        String text = address.getHostAddress();
        return address.getAddress().length == 4 ? text + port : "[" + text + "]" + port;
    }

    private static InetAddress parsed(String text) {
        return AddressLiteral.parse(text).orElseThrow();
    }
}
