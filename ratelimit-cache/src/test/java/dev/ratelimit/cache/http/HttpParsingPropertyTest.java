package dev.ratelimit.cache.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.cache.CacheKey;
import dev.ratelimit.cache.Cached;
import dev.ratelimit.cache.ResponseCache;
import dev.ratelimit.cache.Scope;
import dev.ratelimit.testing.ManualTime;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;

/** No text of a backend or client makes the rules throw, and what forbids keeping a response cannot be hidden. */
class HttpParsingPropertyTest {

    private static final Instant NOW = Instant.parse("2026-11-23T12:00:00Z");
    private static final URI TARGET = URI.create("http://shop.test/a");
    private static final Duration LONG = Duration.ofDays(9);
    private static final Cached<String> ANSWER = ResponseCache.<String>builder("any")
            .timeSource(new ManualTime())
            .executor(Runnable::run)
            .build()
            .get(CacheKey.of(Scope.shared()), () -> "v");
    private static final DateTimeFormatter FIXED =
            DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ROOT);

    private final HttpCaching rules = HttpCaching.shared(() -> NOW);

    @Property
    void noTextMakesItThrow(@ForAll("hostile") String one, @ForAll("hostile") String two) {
        Fields fields = Fields.of(Map.of(
                        "cache-control", List.of(one, two),
                        "Expires", List.of(two),
                        "Date", List.of(one),
                        "Age", List.of(two),
                        "Vary", List.of(one),
                        "Connection", List.of(two),
                        "Location", List.of(one, two),
                        "CDN-Cache-Control", List.of(one, two)))
                .replacedBy(conditions(one, two));
        ResponseHead response = new ResponseHead(200, fields);

        for (HttpCaching each :
                List.of(rules, rules.targetedFields("CDN-Cache-Control").heuristicFreshness(1, LONG))) {
            Judgement judgement = each.judge(get(fields), response, Duration.ZERO);
            assertThat(judgement.freshness().freshFor().isNegative()).isFalse();
            assertThat(judgement.toKeep().contains("Age")).isFalse();
            each.judge(get(fields), response, new ResponseHead(304, fields), Duration.ZERO);
            assertThat(each.readOptions(fields)).isNotNull();
        }
        assertThat(HttpCaching.invalidated("POST", TARGET, response)).contains(TARGET);
        assertThat(Vary.of(fields).secondaryKey(CacheKey.of(Scope.shared()), fields))
                .isNotNull();
        Preconditions.clientHasIt(fields, fields, NOW);
        assertThat(ByteRange.of(fields, 10).filter(range -> range.end() > 10)).isEmpty();
        CachedFields.validated(fields, ANSWER, "test");
        HttpReply.of(200, fields, new byte[0]).undated(NOW).close();
    }

    private static Fields conditions(String one, String two) {
        return Fields.of(Map.of(
                "ETag", List.of(one),
                "Last-Modified", List.of(two),
                "If-None-Match", List.of(two, one),
                "If-Modified-Since", List.of(one),
                "If-Range", List.of(two),
                "Range", List.of(one)));
    }

    private static RequestHead get(Fields fields) {
        return new RequestHead("GET", TARGET, fields);
    }

    /** A range never reaches beyond the content, and each position is as the text says. */
    @Property
    void rangesLieInTheContent(
            @ForAll @IntRange(max = 20) int first,
            @ForAll @IntRange(max = 20) int last,
            @ForAll @IntRange(max = 10) int length) {
        Optional<ByteRange> range = ByteRange.of(Fields.none().with("Range", "bytes=" + first + "-" + last), length);

        assertThat(range.isPresent()).isEqualTo(first <= last);
        range.ifPresent(bytes -> {
            assertThat(bytes.isSatisfiable()).isEqualTo(first < length);
            assertThat(Math.max(0, bytes.end() - bytes.first()))
                    .isEqualTo(Math.max(0, Math.min(last + 1, length) - first));
        });
    }

    @Property
    void noStoreIsSeenWhereverItStands(
            @ForAll("directives") List<String> before, @ForAll("directives") List<String> after) {
        String lines = String.join(", ", before) + ", No-Store ," + String.join(",", after);
        Fields response = Fields.none().with("Cache-Control", lines);

        Judgement judgement = rules.judge(get(Fields.none()), new ResponseHead(200, response), Duration.ZERO);
        assertThat(judgement.action()).isEqualTo(Judgement.Action.PASS_ON);
    }

    @Property
    void datesAreReadBack(@ForAll @LongRange(min = 0, max = 4_102_444_800L) long second) {
        Instant date = Instant.ofEpochSecond(second);

        assertThat(HttpDate.parse(FIXED.format(date.atOffset(ZoneOffset.UTC)), NOW))
                .contains(date);
        assertThat(HttpDate.format(date)).isEqualTo(FIXED.format(date.atOffset(ZoneOffset.UTC)));
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
                        "http://shop.test",
                        "bytes=",
                        "-",
                        "W/",
                        "?1",
                        "(",
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
