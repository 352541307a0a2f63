package dev.ratelimit.cache.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.cache.CacheKey;
import dev.ratelimit.cache.CacheState;
import dev.ratelimit.cache.Freshness;
import dev.ratelimit.cache.ResponseCache;
import dev.ratelimit.cache.Scope;
import dev.ratelimit.testing.ManualTime;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The rules as a table: section, whether for many users, method, status, request's fields, response's fields, and what
 * follows: {@code no}, {@code gone}, {@code error}, or seconds of freshness / age / stale while revalidate / stale if
 * error, with {@code -} for the cache's own, and whether the response is kept for validation.
 */
class HttpCachingTest {

    private static final Instant NOW = Instant.parse("2026-11-23T12:00:00Z");
    private static final URI TARGET = URI.create("http://shop.test/a");
    private static final RequestHead GET = new RequestHead("GET", TARGET, Fields.none());

    @ParameterizedTest(name = "{0}: {3} {4} | {5}")
    @CsvSource(delimiter = '|', textBlock = """
        # Who may keep it
        RFC 9111 3         | shared | GET  | 200 |                   | Cache-Control: max-age=60                          | 60 0 - -
        RFC 9111 4.3.5     | shared | HEAD | 200 |                   | Cache-Control: max-age=60                          | no
        RFC 9111 3         | shared | POST | 200 |                   | Cache-Control: max-age=60                          | no
        RFC 9111 3         | shared | GET  | 200 |                   |                                                    | no
        RFC 9111 3         | shared | GET  | 404 |                   | Cache-Control: max-age=5                           | 5 0 - -
        RFC 9111 3.3       | shared | GET  | 206 |                   | Cache-Control: max-age=60                          | no
        RFC 9111 4.3.4     | shared | GET  | 304 |                   | Cache-Control: max-age=60                          | no
        RFC 6585 4         | shared | GET  | 429 |                   | Cache-Control: public, max-age=60                  | error
        RFC 5861 4         | shared | GET  | 503 |                   | Cache-Control: max-age=60                          | error
        RFC 5861 4         | shared | GET  | 500 | Authorization: x  | Cache-Control: private                             | error
        RFC 9110 15.6.2    | shared | GET  | 501 |                   | Cache-Control: max-age=60                          | 60 0 - -
        RFC 9111 4.3.3     | shared | GET  | 404 |                   |                                                    | gone
        RFC 9111 4.3.3     | shared | GET  | 410 |                   | Vary: Accept                                       | gone
        RFC 9111 5.2.2.7   | shared | GET  | 404 |                   | Cache-Control: private                             | no
        RFC 9111 5.2.2.5   | shared | GET  | 404 |                   | Cache-Control: no-store                            | no
        RFC 9111 3         | shared | GET  | 400 |                   | Cache-Control: max-age=60                          | no
        RFC 9111 3         | shared | GET  | 303 |                   | Cache-Control: max-age=60                          | 60 0 - -
        RFC 9111 3         | shared | GET  | 599 |                   | Cache-Control: max-age=60                          | error
        RFC 9111 5.2.2.5   | shared | GET  | 200 |                   | Cache-Control: no-store, max-age=60                | no
        RFC 9111 5.2.2.5   | shared | GET  | 200 |                   | Cache-Control: max-age=60; Cache-Control: no-store | no
        RFC 9111 5.2.2.3   | shared | GET  | 200 |                   | Cache-Control: no-store, must-understand, max-age=60 | 60 0 - -
        RFC 9111 5.2.2.3   | shared | GET  | 299 |                   | Cache-Control: no-store, must-understand, max-age=60 | no
        RFC 9111 5.2.1.5   | shared | GET  | 200 | Cache-Control: no-store | Cache-Control: max-age=60                    | no
        RFC 9111 5.2.2.4   | shared | GET  | 200 |                   | Cache-Control: no-cache, max-age=60                | no
        RFC 9111 5.2.2.4   | shared | GET  | 200 |                   | Cache-Control: no-cache="X-Y", max-age=60          | no
        RFC 9111 5.2.2.4   | shared | GET  | 200 |                   | Cache-Control: no-cache, max-age=60; ETag: "a"     | 0 0 0 0 validated
        RFC 9111 5.2.2.4   | shared | GET  | 200 |                   | Cache-Control: no-cache; Last-Modified: Mon, 23 Nov 2026 11:00:00 GMT | 0 0 0 0 validated
        RFC 9111 5.2.2.9   | shared | GET  | 200 |                   | Cache-Control: public; ETag: "a"                   | 0 0 - - validated
        RFC 9111 3         | shared | GET  | 200 |                   | ETag: "a"                                          | no
        RFC 9111 4.3       | shared | GET  | 200 |                   | Cache-Control: max-age=60; ETag: "a"               | 60 0 - - validated
        RFC 9111 4.2.2     | shared | GET  | 200 |                   | Last-Modified: Mon, 23 Nov 2026 11:00:00 GMT       | no
        RFC 9110 5.6.4     | shared | GET  | 200 |                   | Cache-Control: max-age=60, foo="bar, no-store      | no
        RFC 9110 5.6.4     | shared | GET  | 200 |                   | Cache-Control: max-age=60, must-understand, foo="  | no
        RFC 9110 5.6.4     | shared | GET  | 200 | Cache-Control: x="| Cache-Control: max-age=60                          | no
        RFC 9110 5.6.4     | shared | GET  | 200 |                   | Cache-Control: max-age=60, foo="bar, no-store"     | 60 0 - -
        RFC 9111 7.3       | shared | GET  | 200 |                   | Cache-Control: max-age=60; Set-Cookie2: a=b        | no
        RFC 9111 5.2.2.7   | shared | GET  | 200 |                   | Cache-Control: private, max-age=60                 | no
        RFC 9111 5.2.2.7   | shared | GET  | 200 |                   | Cache-Control: private="x,no-store", max-age=60    | no
        RFC 9111 5.2.2.7   | one    | GET  | 200 |                   | Cache-Control: private, max-age=60                 | 60 0 - -
        RFC 9111 5.2       | shared | GET  | 200 |                   | Cache-Control: PRIVATE, max-age=60                 | no
        RFC 9111 5.2.3     | shared | GET  | 200 |                   | Cache-Control: community="UCI, no-store", max-age=60 | 60 0 - -
        RFC 9111 3.5       | shared | GET  | 200 | Authorization: x  | Cache-Control: max-age=60                          | no
        RFC 9111 3.5       | shared | GET  | 200 | Authorization: x  | Cache-Control: public, max-age=60                  | 60 0 - -
        RFC 9111 3.5       | shared | GET  | 200 | Authorization: x  | Cache-Control: s-maxage=60                         | 60 0 0 0
        RFC 9111 3.5       | shared | GET  | 200 | Authorization: x  | Cache-Control: must-revalidate, max-age=60         | 60 0 0 0
        RFC 9111 3.5       | one    | GET  | 200 | Authorization: x  | Cache-Control: max-age=60                          | 60 0 - -
        RFC 9111 7.3       | shared | GET  | 200 |                   | Cache-Control: public, max-age=60; set-cookie: a=b | no
        RFC 9111 7.3       | one    | GET  | 200 |                   | Cache-Control: max-age=60; Set-Cookie: a=b         | 60 0 - -
        RFC 9111 4.1       | shared | GET  | 200 |                   | Cache-Control: max-age=60; Vary: *                 | no
        RFC 9111 4.1       | shared | GET  | 200 |                   | Cache-Control: max-age=60; Vary: Accept; Vary: A, * | no
        RFC 9111 4.1       | shared | GET  | 200 |                   | Cache-Control: max-age=60; Vary: Accept            | 60 0 - -
        # For how long
        RFC 9111 4.2.1     | shared | GET  | 200 |                   | Cache-Control: max-age=60, s-maxage=5              | 5 0 0 0
        RFC 9111 4.2.1     | one    | GET  | 200 |                   | Cache-Control: max-age=60, s-maxage=5              | 60 0 - -
        RFC 9111 4.2.1     | shared | GET  | 200 |                   | Cache-Control: max-age=60; Expires: 0              | 60 0 - -
        RFC 9111 4.2.1     | shared | GET  | 200 |                   | Cache-Control: max-age=60; Cache-Control: max-age=9 | 0 0 - -
        RFC 9111 4.2.1     | shared | GET  | 200 |                   | Cache-Control: max-age=9, max-age=9                | 9 0 - -
        RFC 9111 4.2.1     | shared | GET  | 200 |                   | Cache-Control: max-age=-1                          | 0 0 - -
        RFC 9111 4.2.1     | shared | GET  | 200 |                   | Cache-Control: max-age=1.5                         | 0 0 - -
        RFC 9111 4.2.1     | shared | GET  | 200 |                   | Cache-Control: max-age                             | 0 0 - -
        RFC 9111 5.2       | shared | GET  | 200 |                   | Cache-Control: max-age="60"                        | 60 0 - -
        RFC 9111 1.2.2     | shared | GET  | 200 |                   | Cache-Control: max-age=99999999999999999999        | 2147483648 0 - -
        RFC 9111 5.3       | shared | GET  | 200 |                   | Expires: Mon, 23 Nov 2026 12:01:00 GMT             | 60 0 - -
        RFC 9111 5.3       | shared | GET  | 200 |                   | Expires: Mon, 23 Nov 2026 12:01:00 GMT; Date: Mon, 23 Nov 2026 11:59:00 GMT | 120 60 - -
        RFC 9111 5.3       | shared | GET  | 200 |                   | Expires: Mon, 23 Nov 2026 11:00:00 GMT             | 0 0 - -
        RFC 9111 5.3       | shared | GET  | 200 |                   | Expires: 0                                         | 0 0 - -
        RFC 9111 5.3       | shared | GET  | 200 |                   | Expires: Mon, 23 Nov 2026 12:01:00 CET             | 0 0 - -
        RFC 9110 5.6.7     | shared | GET  | 200 |                   | Expires: Monday, 23-Nov-26 12:01:00 GMT            | 60 0 - -
        RFC 9110 5.6.7     | shared | GET  | 200 |                   | Expires: Sunday, 06-Nov-94 08:49:37 GMT            | 0 0 - -
        RFC 9110 5.6.7     | shared | GET  | 200 |                   | Expires: Mon Nov 23 12:01:00 2026                  | 60 0 - -
        RFC 9110 5.6.7     | shared | GET  | 200 |                   | Expires: Tue Dec  1 12:00:00 2026                  | 691200 0 - -
        # How old it comes
        RFC 9111 5.1       | shared | GET  | 200 |                   | Cache-Control: max-age=60; Age: 20                 | 60 20 - -
        RFC 9111 5.1       | shared | GET  | 200 |                   | Cache-Control: max-age=60; Age: 20, 40             | 60 20 - -
        RFC 9111 5.1       | shared | GET  | 200 |                   | Cache-Control: max-age=60; Age: old                | 60 0 - -
        RFC 9111 4.2.3     | shared | GET  | 200 |                   | Cache-Control: max-age=60; Date: Mon, 23 Nov 2026 11:59:30 GMT; Age: 20 | 60 30 - -
        RFC 9111 4.2.3     | shared | GET  | 200 |                   | Cache-Control: max-age=60; Date: Mon, 23 Nov 2026 12:09:30 GMT          | 60 0 - -
        # When it is stale
        RFC 5861 3         | shared | GET  | 200 |                   | Cache-Control: max-age=60, stale-while-revalidate=30 | 60 0 30 -
        RFC 9111 5.2.2.2   | shared | GET  | 200 |                   | Cache-Control: max-age=60, must-revalidate, stale-while-revalidate=9 | 60 0 0 0
        RFC 9111 4.2.1     | shared | GET  | 200 |                   | Cache-Control: max-age=60, stale-if-error=x        | 60 0 - 0
        RFC 5861 4         | shared | GET  | 200 |                   | Cache-Control: max-age=60, stale-if-error=90       | 60 0 - 90
        RFC 9111 5.2.2.2   | shared | GET  | 200 |                   | Cache-Control: max-age=60, must-revalidate, stale-if-error=90 | 60 0 0 0
        RFC 9111 5.2.2.8   | shared | GET  | 200 |                   | Cache-Control: max-age=60, proxy-revalidate        | 60 0 0 0
        RFC 9111 5.2.2.8   | one    | GET  | 200 |                   | Cache-Control: max-age=60, proxy-revalidate        | 60 0 - -
        RFC 9111 5.2.2.10  | shared | GET  | 200 |                   | Cache-Control: s-maxage=60, stale-if-error=90      | 60 0 0 0
        """)
    void rule(
            String section, String users, String method, int status, String request, String response, String expected) {
        HttpCaching rules = users.equals("shared") ? HttpCaching.shared(() -> NOW) : HttpCaching.ofOneUser(() -> NOW);

        Judgement judgement = rules.judge(
                new RequestHead(method, TARGET, TestFields.parse(request)),
                new ResponseHead(status, TestFields.parse(response)),
                Duration.ZERO);

        assertThat(inShort(judgement.freshness())).as(section).isEqualTo(expected);
    }

    /** Section 4.2.3: the delay is added to the age that the response says, and the greater of this and its date's counts. */
    @ParameterizedTest(name = "RFC 9111 4.2.3: {0}, {1} s delay")
    @CsvSource(delimiter = '|', textBlock = """
        Cache-Control: max-age=60                                                   | 3  | 60 3 - -
        Cache-Control: max-age=60; Age: 20                                          | 3  | 60 23 - -
        Cache-Control: max-age=60; Age: 20; Date: Mon, 23 Nov 2026 11:59:30 GMT     | 3  | 60 30 - -
        Cache-Control: max-age=60; Age: 20; Date: Mon, 23 Nov 2026 11:59:30 GMT     | 13 | 60 33 - -
        Cache-Control: max-age=60; Date: Mon, 23 Nov 2026 12:00:00 GMT              | 0  | 60 0 - -
        """)
    void delay(String response, long seconds, String expected) {
        Judgement judgement = HttpCaching.shared(() -> NOW.plusMillis(999))
                .judge(GET, new ResponseHead(200, TestFields.parse(response)), Duration.ofSeconds(seconds));

        assertThat(inShort(judgement.freshness())).isEqualTo(expected);
    }

    /** A response of 8 s, which is fresh for 5 s or 60 s, and may be used for another 20 s while it is renewed. */
    @ParameterizedTest(name = "RFC 9111 {0}: {2}, fresh for {1} s")
    @CsvSource(delimiter = '|', textBlock = """
        5.2.1   | 60 |                                        | HIT
        5.2.1   | 5  |                                        | STALE
        5.2.1.1 | 60 | Cache-Control: max-age=8               | HIT
        5.2.1.1 | 60 | Cache-Control: max-age=7               | MISS
        5.2.1.1 | 60 | Cache-Control: max-age=old             | MISS
        5.2.1.1 | 60 | Cache-Control: max-age=8, max-age=9    | MISS
        5.2.1.1 | 5  | Cache-Control: max-age=60              | MISS
        5.2.1.2 | 5  | Cache-Control: max-age=60, max-stale   | STALE
        5.2.1.2 | 5  | Cache-Control: max-stale=3             | STALE
        5.2.1.2 | 5  | Cache-Control: max-stale=2             | MISS
        5.2.1.2 | 5  | Cache-Control: max-stale=x             | MISS
        5.2.1.4 | 60 | Cache-Control: no-cache                | MISS
        5.2.1.4 | 60 | Cache-Control: max-age=60; Cache-Control: no-cache | MISS
        5.2.1.3 | 60 | Cache-Control: min-fresh=52            | HIT
        5.2.1.3 | 60 | Cache-Control: min-fresh=53            | MISS
        5.2.1.5 | 60 | Cache-Control: no-store                | HIT
        5.2.1.5 | 5  | Cache-Control: no-store                | BYPASS
        5.2.1.7 | 60 | Cache-Control: only-if-cached          | HIT
        5.4     | 60 | Pragma: no-cache                       | MISS
        5.4     | 60 | Pragma: no-cache; Cache-Control: x     | HIT
        5.4     | 60 | Pragma: other                          | HIT
        3.5     | 5  | Authorization: x                       | STALE
        3.5     | 60 | Authorization: x; Cache-Control: max-age=1 | BYPASS
        """)
    void request(String section, long freshFor, String request, CacheState expected) {
        ManualTime time = new ManualTime();
        ResponseCache<String> cache = ResponseCache.<String>builder("test")
                .executor(Runnable::run)
                .timeSource(time)
                .jitter(0)
                .freshFor(Duration.ofSeconds(freshFor))
                .staleWhileRevalidate(Duration.ofSeconds(20))
                .build();
        CacheKey key = CacheKey.of(Scope.shared(), section);
        cache.put(key, "v");
        time.advance(Duration.ofSeconds(8));

        assertThat(cache.get(key, HttpCaching.shared(() -> NOW).readOptions(TestFields.parse(request)), () -> "v")
                        .state())
                .isEqualTo(expected);
    }

    private static String inShort(Freshness freshness) {
        if (freshness.isError() || freshness.isGone()) {
            return freshness.isError() ? "error" : "gone";
        }
        return freshness.isCacheable()
                ? freshness.freshFor().toSeconds() + " " + freshness.age().toSeconds() + " "
                        + inShort(freshness.staleWhileRevalidate()) + " " + inShort(freshness.staleIfError())
                        + (freshness.validateFor().isZero() ? "" : " validated")
                : "no";
    }

    private static String inShort(Optional<Duration> time) {
        return time.map(duration -> Long.toString(duration.toSeconds())).orElse("-");
    }
}
