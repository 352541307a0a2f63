package dev.ratelimit.cache.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.cache.CacheKey;
import dev.ratelimit.cache.Freshness;
import dev.ratelimit.cache.Scope;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.LongRange;

/** No text of a backend or client makes the rules throw, and what forbids keeping a response cannot be hidden. */
class HttpParsingPropertyTest {

    private static final Instant NOW = Instant.parse("2026-11-23T12:00:00Z");
    private static final DateTimeFormatter FIXED =
            DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ROOT);

    private final HttpCaching rules = HttpCaching.shared(() -> NOW);

    @Property
    void noTextMakesItThrow(@ForAll("hostile") String one, @ForAll("hostile") String two) {
        Fields response = Fields.of(Map.of(
                "cache-control", List.of(one, two),
                "Expires", List.of(two),
                "Date", List.of(one),
                "Age", List.of(two),
                "Vary", List.of(one),
                "Connection", List.of(two)));

        Freshness freshness = rules.freshness("GET", response, 200, response);
        assertThat(freshness.freshFor().isNegative()).isFalse();
        assertThat(HttpCaching.readOptions(response)).isNotNull();
        assertThat(CachedFields.kept(response).contains("Age")).isFalse();
        assertThat(Vary.of(response).secondaryKey(CacheKey.of(Scope.shared()), response))
                .isNotNull();
    }

    @Property
    void noStoreIsSeenWhereverItStands(
            @ForAll("directives") List<String> before, @ForAll("directives") List<String> after) {
        String lines = String.join(", ", before) + ", No-Store ," + String.join(",", after);
        Fields response = Fields.none().with("Cache-Control", lines);

        assertThat(rules.freshness("GET", Fields.none(), 200, response).isCacheable())
                .isFalse();
    }

    @Property
    void datesAreReadBack(@ForAll @LongRange(min = 0, max = 4_102_444_800L) long second) {
        Instant date = Instant.ofEpochSecond(second);

        assertThat(HttpDate.parse(FIXED.format(date.atOffset(ZoneOffset.UTC)), NOW))
                .contains(date);
    }

    @Provide
    Arbitrary<String> hostile() {
        Arbitrary<String> pieces = Arbitraries.oneOf(
                Arbitraries.of(
                        "max-age=",
                        "s-maxage=",
                        "no-cache",
                        "\"",
                        "\\",
                        ",",
                        "=",
                        ";",
                        "60",
                        "-1",
                        "*",
                        "GMT",
                        "Mon, ",
                        "Nov ",
                        "23-Nov-26 ",
                        "12:00:00 ",
                        "99999999999999999999",
                        "Connection",
                        " ",
                        "\u0000"),
                Arbitraries.strings().ofMaxLength(3));
        return pieces.list().ofMaxSize(8).map(list -> String.join("", list));
    }

    @Provide
    Arbitrary<List<String>> directives() {
        return Arbitraries.of(
                        "max-age=60",
                        "public",
                        "x=\"a, b\"",
                        "x=\"\\\"\"",
                        "private=\"a,no-such\"",
                        "",
                        "max-age",
                        "stale-if-error=5")
                .list()
                .ofMaxSize(4);
    }
}
