package dev.ratelimit.address;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Fields of a megabyte cost at most a few looks at each character; those of a client cost none. */
class FieldWorkTest {

    private static final int MEGABYTE = 1 << 20;
    private static final int LOOKS = 10;

    /** Text that counts how often somebody looks at a character. */
    private static final class CountedText implements CharSequence {
        private final String text;
        private long looks;

        CountedText(String text) {
            this.text = text;
        }

        @Override
        public int length() {
            return text.length();
        }

        @Override
        public char charAt(int index) {
            looks++;
            return text.charAt(index);
        }

        @Override
        public CharSequence subSequence(int start, int end) {
            throw new UnsupportedOperationException("copies are not counted");
        }
    }

    private static final InetAddress PROXY = AddressLiteral.parse("10.0.0.1").orElseThrow();
    private static final TrustedProxies PRIVATE = TrustedProxies.prefixes("10.0.0.0/8");

    @ParameterizedTest
    @ValueSource(
            strings = {
                ",",
                ", ",
                "\t",
                "\"",
                "\\",
                "\\\"",
                "\"\\\\",
                "\"\\\\\"",
                "\",",
                "=\"\\\",",
                ";",
                "; ",
                "x=y;",
                "x=\"\";",
                "for=",
                "for=10.0.0.1,",
                "for=\"10.0.0.1\", ",
                "for=\"1\\0.0.0.1\";x=\"\\\\,\",",
                "10.0.0.1,",
                "10.0.0.1:1, ",
                "[::ffff:10.0.0.1]:1,",
                ":",
                "::",
                "1",
                "1:",
                "1.",
                "[",
                "]",
                "[:",
                "_",
                "10.0.0.1:_a",
                "for=\"\\1",
                "a",
                "\0"
            })
    void timeIsLinear(String fragment) {
        for (String end : List.of("", "\"", "]", ",10.0.0.1", ", for=10.0.0.1;x=\"", "10.0.0.1:_")) {
            String field = fragment.repeat(MEGABYTE / fragment.length()) + end;
            for (ClientAddress reader : List.of(
                    ClientAddress.fromForwarded(PRIVATE),
                    ClientAddress.fromForwarded(TrustedProxies.hops(32)),
                    ClientAddress.fromXForwardedFor(PRIVATE),
                    ClientAddress.fromXForwardedFor(TrustedProxies.hops(32)))) {
                CountedText text = new CountedText(field);
                assertThat(reader.walk(PROXY, List.of(text))).isNotNull();
                assertThat(text.looks)
                        .as("%s of %s", reader, fragment)
                        .isLessThanOrEqualTo((long) LOOKS * field.length());
            }
        }
    }

    @Test
    void whatTheClientWroteIsNotLookedAt() {
        String sent = ",\"\\for=10.0.0.1".repeat(MEGABYTE / 16);
        CountedText xForwardedFor = new CountedText(sent + ", 203.0.113.9, 10.0.0.2");
        CountedText forwarded = new CountedText(sent + ", for=203.0.113.9;host=\"a,b\", for=\"10.0.0.2\"");
        InetAddress client = AddressLiteral.parse("203.0.113.9").orElseThrow();
        assertThat(ClientAddress.fromXForwardedFor(PRIVATE).walk(PROXY, List.of(xForwardedFor)))
                .isEqualTo(client);
        assertThat(ClientAddress.fromForwarded(PRIVATE).walk(PROXY, List.of(forwarded)))
                .isEqualTo(client);
        assertThat(xForwardedFor.looks).isLessThan(250);
        assertThat(forwarded.looks).isLessThan(500);
        CountedText direct = new CountedText(sent);
        assertThat(ClientAddress.fromForwarded(PRIVATE).walk(client, List.of(direct)))
                .isEqualTo(client);
        assertThat(direct.looks).isZero();
    }

    @Test
    void manyLinesAreReadOnce() {
        CountedText line = new CountedText(" , ");
        assertThat(ClientAddress.fromForwarded(PRIVATE).walk(PROXY, Collections.nCopies(100_000, line)))
                .isEqualTo(PROXY);
        assertThat(line.looks).isLessThanOrEqualTo(100_000L * 3 * LOOKS);
    }

    /** The count sees it: who looks for each element from the start again does more than the bound on a short field. */
    @Test
    void theReaderThatStartsAgainForEachElementIsCaught() {
        CountedText text = new CountedText(",".repeat(1_000));
        List<Integer> ends = new ArrayList<>();
        for (int end = text.length(); end >= 0; end = ends.get(ends.size() - 1)) {
            int last = -1;
            for (int i = 0; i < end; i++) {
                last = text.charAt(i) == ',' ? i : last;
            }
            ends.add(last);
        }
        assertThat(text.looks).isGreaterThan((long) LOOKS * text.length());
    }
}
