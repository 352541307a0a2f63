package dev.ratelimit.address;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Shrinkable;
import org.jspecify.annotations.Nullable;

/**
 * Whatever a client sends, its key stays the same: against an adversary who writes all of the field but what trusted
 * proxies append. Readers that are wrong on purpose are caught by the same check.
 */
class ClientAddressPropertyTest {

    /** A way to find the client. */
    private interface Reader {
        InetAddress client(Passage passage, List<String> lines);
    }

    private static final Reader OURS = (passage, lines) -> passage.field().of(passage.peer(), lines);

    @Property(tries = 30_000)
    void nothingThatIsSentMovesTheClientOfXForwardedFor(
            @ForAll("ofXForwardedFor") Passage passage, @ForAll("sent") List<String> sent) {
        assertThat(clientBy(OURS, passage, sent)).isEqualTo(passage.client());
    }

    @Property(tries = 30_000)
    void nothingThatIsSentMovesTheClientOfForwarded(
            @ForAll("ofForwarded") Passage passage, @ForAll("sent") List<String> sent) {
        assertThat(clientBy(OURS, passage, sent)).isEqualTo(passage.client());
    }

    /** Without a proxy that appends, the result may be anything; it is always one. */
    @Property(tries = 20_000)
    void neverThrows(@ForAll("ofForwarded") Passage passage, @ForAll("sent") List<String> lines) {
        assertThat(passage.field().of(passage.peer(), lines)).isNotNull();
        assertThat(ClientAddress.fromXForwardedFor(passage.proxies()).of(passage.peer(), lines))
                .isNotNull();
    }

    @Example
    void theReaderFromTheLeftIsCaught() {
        Reader leftmost = (passage, lines) -> {
            List<String> elements = elements(lines, passage.isForwarded());
            InetAddress first = elements.isEmpty() ? null : named(passage, elements.get(0));
            return first == null ? passage.peer() : first;
        };
        assertThat(isCaught(leftmost, false)).isTrue();
        assertThat(isCaught(leftmost, true)).isTrue();
    }

    @Example
    void theReaderThatPassesOverWhatIsNoAddressIsCaught() {
        Reader lenient = (passage, lines) -> walk(passage, elements(lines, false), true);
        assertThat(isCaught(lenient, false)).isTrue();
    }

    @Example
    void theReaderOfTheFirstLineIsCaught() {
        Reader firstLine = (passage, lines) -> OURS.client(passage, lines.subList(0, Math.min(1, lines.size())));
        assertThat(isCaught(firstLine, false)).isTrue();
        assertThat(isCaught(firstLine, true)).isTrue();
    }

    /** It walks from the right as it should, but finds the quotes from the left. */
    @Example
    void theReaderOfQuotesFromTheLeftIsCaught() {
        Reader quotesFromTheLeft = (passage, lines) -> walk(passage, elements(lines, true), false);
        assertThat(isCaught(quotesFromTheLeft, true)).isTrue();
        // Where there are no quotes, the same walk is right: it is the quotes that it is caught by.
        Reader noQuotes = (passage, lines) -> walk(passage, elements(lines, false), false);
        assertThat(isCaught(noQuotes, false)).isFalse();
    }

    /** It takes each comma for the end of an element, also one in a host that the client has chosen. */
    @Example
    void theReaderWithoutQuotesIsCaught() {
        Reader withoutQuotes = (passage, lines) -> walk(passage, elements(lines, false), false);
        assertThat(isCaught(withoutQuotes, true)).isTrue();
    }

    @Example
    void oursIsNotCaught() {
        assertThat(isCaught(OURS, false)).isFalse();
        assertThat(isCaught(OURS, true)).isFalse();
    }

    private static InetAddress clientBy(Reader reader, Passage passage, List<String> sent) {
        return reader.client(passage, passage.arriving(sent));
    }

    private static boolean isCaught(Reader reader, boolean forwarded) {
        List<Passage> passages = samples(Passages.passages(forwarded), 1);
        List<List<String>> sent = samples(Passages.sent(), 2);
        for (int i = 0; i < passages.size(); i++) {
            if (!clientBy(reader, passages.get(i), sent.get(i))
                    .equals(passages.get(i).client())) {
                return true;
            }
        }
        return false;
    }

    private static <T> List<T> samples(Arbitrary<T> arbitrary, long seed) {
        return arbitrary.generator(1_000).stream(new Random(seed))
                .limit(3_000)
                .map(Shrinkable::value)
                .toList();
    }

    /** The rule of trust, on elements that somebody else has cut out. */
    private static InetAddress walk(Passage passage, List<String> elements, boolean lenient) {
        InetAddress believed = passage.peer();
        int next = elements.size() - 1;
        for (int distance = 0; next >= 0 && passage.proxies().trust(believed, distance); next--) {
            InetAddress named = named(passage, elements.get(next));
            if (named != null) {
                believed = named;
                distance++;
            } else if (!lenient) {
                return believed;
            }
        }
        return believed;
    }

    private static @Nullable InetAddress named(Passage passage, String element) {
        return passage.isForwarded()
                ? ForwardedElement.address(element, 0, element.length())
                : NodeIdentifier.address(element, 0, element.length());
    }

    /** Joins the lines, and cuts the list into its elements from the left. */
    private static List<String> elements(List<String> lines, boolean quotes) {
        String list = String.join(", ", lines);
        List<String> elements = new ArrayList<>();
        boolean quoted = false;
        int start = 0;
        for (int i = 0; i <= list.length(); i++) {
            char c = i == list.length() ? ',' : list.charAt(i);
            if (quoted && c == '\\') {
                i++;
            } else if (quotes && c == '"') {
                quoted = !quoted;
            } else if (i == list.length() || (c == ',' && !quoted)) {
                elements.add(list.substring(start, i).replaceAll("^[ \t]+|[ \t]+$", ""));
                start = i + 1;
            }
        }
        elements.removeAll(Collections.singleton(""));
        return elements;
    }

    @Provide
    Arbitrary<Passage> ofXForwardedFor() {
        return Passages.passages(false);
    }

    @Provide
    Arbitrary<Passage> ofForwarded() {
        return Passages.passages(true);
    }

    @Provide
    Arbitrary<List<String>> sent() {
        return Passages.sent();
    }
}
