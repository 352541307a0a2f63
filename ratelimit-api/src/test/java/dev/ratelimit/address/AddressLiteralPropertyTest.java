package dev.ratelimit.address;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Locale;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.statistics.Statistics;

/** The parser against the text that the JDK writes, and the text that the JDK reads. */
class AddressLiteralPropertyTest {

    @Property(tries = 20_000)
    void readsWhatIsWrittenOfIpv4(@ForAll @Size(4) byte[] bytes) throws UnknownHostException {
        InetAddress address = InetAddress.getByAddress(bytes);
        assertThat(AddressLiteral.parse(address.getHostAddress())).contains(address);
    }

    @Property(tries = 20_000)
    void readsWhatIsWrittenOfIpv6(@ForAll("ipv6") byte[] bytes, @ForAll boolean upperCase) throws UnknownHostException {
        InetAddress address = InetAddress.getByAddress(bytes);
        String text = address.getHostAddress();
        assertThat(AddressLiteral.parse(upperCase ? text.toUpperCase(Locale.ROOT) : text))
                .contains(address);
    }

    /** Any run of zero groups may be left out, and the last two groups may be written as IPv4. */
    @Property(tries = 20_000)
    void readsEachFormOfIpv6(
            @ForAll("ipv6") byte[] bytes,
            @ForAll @IntRange(max = 7) int from,
            @ForAll @IntRange(min = 1, max = 8) int length,
            @ForAll boolean ipv4AtTheEnd,
            @ForAll boolean leadingZeros)
            throws UnknownHostException {
        int end = Math.min(from + length, ipv4AtTheEnd ? 6 : 8);
        for (int i = from; i < end; i++) {
            bytes[2 * i] = 0;
            bytes[2 * i + 1] = 0;
        }
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 8; i++) {
            if (i >= from && i < end) {
                text.append(i == from ? "::" : "");
                continue;
            }
            text.append(text.isEmpty() || text.charAt(text.length() - 1) == ':' ? "" : ":");
            if (i == 6 && ipv4AtTheEnd) {
                text.append("%d.%d.%d.%d"
                        .formatted(bytes[12] & 0xFF, bytes[13] & 0xFF, bytes[14] & 0xFF, bytes[15] & 0xFF));
                break;
            }
            int group = ((bytes[2 * i] & 0xFF) << 8) | (bytes[2 * i + 1] & 0xFF);
            text.append((leadingZeros ? "%04x" : "%x").formatted(group));
        }
        assertThat(AddressLiteral.parse(text)).as(text.toString()).contains(InetAddress.getByAddress(bytes));
    }

    @Property(tries = 50_000)
    void neverThrowsAndReadsNothingThatTheJdkReadsOtherwise(@ForAll("texts") String text) throws UnknownHostException {
        InetAddress address = AddressLiteral.parse(text).orElse(null);
        Statistics.label("is a literal")
                .collect(address != null)
                .coverage(coverage -> coverage.check(true).percentage(share -> share > 1));
        if (address != null) {
            // Brackets, or four decimal numbers, which the JDK takes for a literal, too.
            String literal = text.indexOf(':') >= 0 ? "[" + text + "]" : text;
            assertThat(address).as(text).isEqualTo(InetAddress.getByName(literal));
        }
    }

    @Provide
    Arbitrary<byte[]> ipv6() {
        Arbitrary<Byte> mostlyZero =
                Arbitraries.frequencyOf(Tuple.of(3, Arbitraries.just((byte) 0)), Tuple.of(2, Arbitraries.bytes()));
        return mostlyZero.array(byte[].class).ofSize(16);
    }

    @Provide
    Arbitrary<String> texts() {
        return Arbitraries.oneOf(
                Arbitraries.strings().ofMaxLength(60),
                Arbitraries.strings().withChars("0123456789abcdefF:.%").ofMaxLength(20),
                Arbitraries.of("0", "1", "255", "ffff", "00", "::", ":", ".", "%", "1.2.3.4", "g", " ")
                        .list()
                        .ofMaxSize(18)
                        .map(parts -> String.join("", parts)),
                Arbitraries.of("0", "9", "19", "255", "256", "01", "f", "")
                        .list()
                        .ofMinSize(3)
                        .ofMaxSize(5)
                        .map(parts -> String.join(".", parts)),
                Arbitraries.of("0", "1", "abcd", "ffff", "", "12345")
                        .list()
                        .ofMinSize(3)
                        .ofMaxSize(9)
                        .map(parts -> String.join(":", parts)));
    }
}
