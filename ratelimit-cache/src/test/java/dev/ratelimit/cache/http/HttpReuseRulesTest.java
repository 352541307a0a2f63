package dev.ratelimit.cache.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * When a cache may use a response again, as a table: section, first request, first response, seconds that pass, second
 * request, and whether the cache {@code hit}, {@code asked} the origin, or {@code validated} its response there. A
 * number in braces is a date, so many seconds from the first request.
 */
class HttpReuseRulesTest {

    private final ScriptedOrigin origin = new ScriptedOrigin();

    @ParameterizedTest(name = "{0}: {2} | {3} s | {4}")
    @CsvSource(delimiter = '|', textBlock = """
        # Freshness by Cache-Control
        RFC 9111 3         |              |                                                          | 0    |             | asked
        RFC 9111 4.2.1     |              | Cache-Control: max-age=3600                              | 3599 |             | hit
        RFC 9111 4.2.1     |              | Cache-Control: max-age=3600                              | 3600 |             | asked
        RFC 9111 4.2.1     |              | Cache-Control: max-age=0                                 | 0    |             | asked
        RFC 9111 1.2.2     |              | Cache-Control: max-age=2147483647                        | 9999 |             | hit
        RFC 9111 1.2.2     |              | Cache-Control: max-age=2147483649                        | 9999 |             | hit
        RFC 9111 1.2.2     |              | Cache-Control: max-age=99999999999                       | 9999 |             | hit
        RFC 9111 4.2.3     |              | Cache-Control: max-age=3600; Age: 7200; Date: {0}        | 0    |             | asked
        RFC 9111 4.2.3     |              | Cache-Control: max-age=3600; Date: {-7200}               | 0    |             | asked
        RFC 9111 5.3       |              | Cache-Control: max-age=3600; Expires: {-7200}; Date: {0} | 3599 |             | hit
        RFC 9111 5.3       |              | Cache-Control: max-age=3600; Expires: 0; Date: {0}       | 3599 |             | hit
        RFC 9111 5.3       |              | Cache-Control: max-age=0; Expires: {3600}; Date: {0}     | 0    |             | asked
        RFC 9111 5.2.3     |              | Cache-Control: foobar, max-age=3600                      | 60   |             | hit
        RFC 9111 5.2       |              | Cache-Control: MaX-aGe=3600                              | 60   |             | hit
        RFC 9111 4.2.1     |              | Cache-Control: max-age=-3600                             | 0    |             | asked
        RFC 9111 5.2.2.10  |              | Cache-Control: s-maxage=3600, max-age=1                  | 60   |             | hit
        RFC 9111 5.2.2.10  |              | Cache-Control: s-maxage=1, max-age=3600                  | 60   |             | asked
        RFC 9111 5.2.2.10  |              | Cache-Control: s-maxage=3600; Expires: {-9}; Date: {0}   | 60   |             | hit
        # Directives as text
        RFC 9110 5.6.4     |              | Cache-Control: extension="max-age=3600", max-age=1       | 3    |             | asked
        RFC 9110 5.6.4     |              | Cache-Control: max-age=1, extension="max-age=3600"       | 3    |             | asked
        RFC 9110 5.6.4     |              | Cache-Control: max-age=60, foo="bar, no-store            | 0    |             | asked
        RFC 9111 1.2.2     |              | Cache-Control: max-age=003600                            | 60   |             | hit
        RFC 9111 1.2.2     |              | Cache-Control: max-age='3600'                            | 0    |             | asked
        RFC 9111 4.2.1     |              | Cache-Control: max-age=1800, max-age=1                   | 0    |             | asked
        RFC 9111 4.2.1     |              | Cache-Control: max-age=a3600                             | 0    |             | asked
        # Age as text
        RFC 9111 5.1       |              | Cache-Control: max-age=3600; Age: abc; Date: {0}         | 60   |             | hit
        RFC 9111 5.1       |              | Cache-Control: max-age=3600; Age: -7200; Date: {0}       | 60   |             | hit
        RFC 9111 5.1       |              | Cache-Control: max-age=3600; Age: 7200.0; Date: {0}      | 60   |             | hit
        RFC 9111 1.2.2     |              | Cache-Control: max-age=3600; Age: 2147483647; Date: {0}  | 0    |             | asked
        RFC 9111 1.2.2     |              | Cache-Control: max-age=3600; Age: 2147483649; Date: {0}  | 0    |             | asked
        RFC 9111 5.1       |              | Cache-Control: max-age=3600; Age: 7200, 0; Date: {0}     | 0    |             | asked
        RFC 9111 5.1       |              | Cache-Control: max-age=3600; Age: 0, 7200; Date: {0}     | 60   |             | hit
        RFC 9111 5.1       |              | Cache-Control: max-age=3600; Age: 7200; Age: 0           | 0    |             | asked
        RFC 9111 5.1       |              | Cache-Control: max-age=3600; Age: 0; Age: 7200           | 60   |             | hit
        RFC 9111 5.1       |              | Cache-Control: max-age=9000; Age: 3600; Age: 3600        | 60   |             | hit
        # Expires
        RFC 9111 5.3       |              | Expires: {60}; Date: {0}                                 | 59   |             | hit
        RFC 9111 5.3       |              | Expires: {60}; Date: {0}                                 | 60   |             | asked
        RFC 9111 5.3       |              | Expires: {60}                                            | 59   |             | hit
        RFC 9111 5.3       |              | Expires: {-60}                                           | 0    |             | asked
        RFC 9111 5.3       |              | Expires: {0}; Date: {0}                                  | 0    |             | asked
        RFC 9111 5.3       |              | Expires: {300}; Date: {-3600}                            | 299  |             | hit
        RFC 9111 5.3       |              | Expires: {10}; Date: {-10}; Age: 25                      | 0    |             | asked
        RFC 9111 5.3       |              | Expires: {20}; Date: {10}; Age: 15                       | 0    |             | asked
        RFC 9111 5.3       |              | Expires: 0                                               | 0    |             | asked
        RFC 9111 5.3       |              | Expires: {60}; Expires: {61}                             | 0    |             | asked
        RFC 9110 5.6.7     |              | Expires: Thu, 18 AUG 2050 02:01:18 gMT                   | 60   |             | hit
        RFC 9110 5.6.7     |              | Expires: Thursday, 18-Aug-50 02:01:18 GMT                | 60   |             | hit
        RFC 9110 5.6.7     |              | Expires: Thu Aug 18 02:01:18 2050                        | 60   |             | hit
        RFC 9110 5.6.7     |              | Expires: Thu, 18 Aug 2050 02:01:18 UTC                   | 0    |             | asked
        RFC 9110 5.6.7     |              | Expires: Thu, 18 Aug 2050 02:01:18 AEST                  | 0    |             | asked
        RFC 9110 5.6.7     |              | Expires: Thu, 18 Aug 50 02:01:18 GMT                     | 0    |             | asked
        RFC 9110 5.6.7     |              | Expires: Thu 18 Aug 2050 02:01:18 GMT                    | 0    |             | asked
        RFC 9110 5.6.7     |              | Expires: Thu, 18  Aug  2050 02:01:18 GMT                 | 0    |             | asked
        RFC 9110 5.6.7     |              | Expires: Thu, 18-Aug-2050 02:01:18 GMT                   | 0    |             | asked
        RFC 9110 5.6.7     |              | Expires: Thu, 18 Aug 2050 02.01.18 GMT                   | 0    |             | asked
        RFC 9110 5.6.7     |              | Expires: Thu, 18 Aug 2050 2:01:18 GMT                    | 0    |             | asked
        # Who may keep it
        RFC 9111 5.2.2.7   |              | Cache-Control: private, max-age=3600                     | 0    |             | asked
        RFC 9111 5.2.2.5   |              | Cache-Control: nO-StOrE, max-age=60; Expires: {60}       | 0    |             | asked
        RFC 9111 5.2.2.4   |              | Cache-Control: No-CaChE, max-age=60; Expires: {60}       | 0    |             | asked
        RFC 9111 5.2.2.4   |              | Cache-Control: no-cache, max-age=60; ETag: "a"           | 0    |             | validated
        RFC 9111 5.2.2.2   |              | Cache-Control: max-age=1, must-revalidate; ETag: "a"     | 2    |             | validated
        RFC 8246 2         |              | Cache-Control: max-age=1, immutable                      | 2    |             | asked
        RFC 9111 3.5       | Authorization: x | Cache-Control: max-age=3600                          | 0    |             | asked
        RFC 9111 3.5       | Authorization: x | Cache-Control: max-age=3600, public                  | 60   |             | hit
        RFC 9111 3.5       | Authorization: x | Cache-Control: max-age=3600, must-revalidate         | 60   |             | hit
        RFC 9111 3.5       | Authorization: x | Cache-Control: s-maxage=3600                         | 60   |             | hit
        RFC 9111 3.5       |              | Cache-Control: max-age=3600                              | 60   | Authorization: x | hit
        RFC 9111 5.2.1.5   | Cache-Control: no-store | Cache-Control: max-age=3600                   | 0    |             | asked
        # Variants
        RFC 9111 4.1       | Foo: 1       | Cache-Control: max-age=3600; Vary: Foo                   | 60   | Foo: 1      | hit
        RFC 9111 4.1       | Foo: 1       | Cache-Control: max-age=3600; Vary: Foo                   | 0    | Foo: 2      | asked
        RFC 9111 4.1       |              | Cache-Control: max-age=3600; Vary: Foo                   | 0    | Foo: 1      | asked
        RFC 9111 4.1       | Foo: 1       | Cache-Control: max-age=3600; Vary: Foo                   | 0    |             | asked
        RFC 9111 4.1       | Foo: 1; X: 1 | Cache-Control: max-age=3600; Vary: Foo                   | 60   | Foo: 1; X: 2 | hit
        RFC 9111 4.1       | Foo: 1; X: 1 | Cache-Control: max-age=3600; Vary: Foo, X                | 0    | Foo: 1; X: 2 | asked
        RFC 9111 4.1       | Foo: 1; X: 1 | Cache-Control: max-age=3600; Vary: Foo; Vary: X          | 0    | Foo: 1      | asked
        RFC 9111 4.1       | Foo: 1; X: 2 | Cache-Control: max-age=3600; Vary: Foo, X                | 0    | Foo: 2; X: 1 | asked
        RFC 9111 4.1       |              | Cache-Control: max-age=3600; Vary: Foo, X                | 60   |             | hit
        RFC 9111 4.1       | Accept-Language: en, de | Cache-Control: max-age=3600; Vary: Accept-Language | 60 | Accept-Language:  en ,   de | hit
        RFC 9111 4.1       | Foo: 1       | Cache-Control: max-age=3600; Vary: *                     | 0    | Foo: 1      | asked
        RFC 9111 4.1       | Foo: 1       | Cache-Control: max-age=3600; Vary: *, *                  | 0    | Foo: 1      | asked
        RFC 9111 4.1       | Foo: 1       | Cache-Control: max-age=3600; Vary: *; Vary: *            | 0    | Foo: 1      | asked
        RFC 9111 4.1       | Foo: 1       | Cache-Control: max-age=3600; Vary: , *                   | 0    | Foo: 1      | asked
        RFC 9111 4.1       | Foo: 1       | Cache-Control: max-age=3600; Vary: ; Vary: *             | 0    | Foo: 1      | asked
        RFC 9111 4.1       | Foo: 1       | Cache-Control: max-age=3600; Vary: *, Foo                | 0    | Foo: 1      | asked
        RFC 9111 4.1       | Foo: 1       | Cache-Control: max-age=3600; Vary: Foo, *                | 0    | Foo: 1      | asked
        # Pragma
        RFC 9111 5.4       |              | Cache-Control: max-age=3600                              | 60   | Pragma: no-cache | asked
        RFC 9111 5.4       |              | Cache-Control: max-age=3600                              | 60   | Pragma: x   | hit
        RFC 9111 5.4       |              | Cache-Control: max-age=3600; Pragma: no-cache            | 60   |             | hit
        # What the client asks for
        RFC 9111 5.2.1.1   |              | Cache-Control: max-age=3600; ETag: "a"                   | 60   | Cache-Control: max-age=0 | validated
        RFC 9111 5.2.1.4   |              | Cache-Control: max-age=3600; Last-Modified: {-60}        | 60   | Cache-Control: no-cache | validated
        RFC 9111 5.2.1.3   |              | Cache-Control: max-age=3600                              | 60   | Cache-Control: min-fresh=3541 | asked
        RFC 9111 5.2.1.3   |              | Cache-Control: max-age=3600; Age: 1000                   | 0    | Cache-Control: min-fresh=2000 | hit
        RFC 9111 5.2.1.5   |              | Cache-Control: max-age=3600                              | 60   | Cache-Control: no-store | hit
        """)
    void reuse(
            String section,
            @Nullable String first,
            @Nullable String response,
            long seconds,
            @Nullable String second,
            String expected)
            throws InterruptedException {
        assertThat(outcome(origin.shared().build(), first, 200, response, seconds, second))
                .as(section)
                .isEqualTo(expected);
    }

    /** What each status allows: with a lifetime, with a stale one, and with the last change only where guessing is asked for. */
    @ParameterizedTest(name = "RFC 9111 3: {0}")
    @CsvSource({
        "200, hit, hit", "203, hit, hit", "204, hit, hit", "299, asked, asked", "201, asked, asked",
                "202, asked, asked",
        "206, asked, asked", "301, hit, hit", "302, hit, asked", "303, hit, asked", "304, asked, asked",
                "307, hit, asked",
        "308, hit, hit", "400, asked, asked", "403, asked, asked", "404, hit, hit", "405, hit, hit", "410, hit, hit",
        "414, hit, hit", "429, asked, asked", "499, asked, asked", "500, asked, asked", "501, hit, hit",
                "502, asked, asked",
        "503, asked, asked", "504, asked, asked", "599, asked, asked"
    })
    void status(int status, String withLifetime, String guessed) throws InterruptedException {
        HttpCache cache = origin.shared().build();
        assertThat(outcome(cache, "", status, "Cache-Control: max-age=60", 59, ""))
                .isEqualTo(withLifetime);
        assertThat(outcome(origin.shared().build(), "", status, "Cache-Control: max-age=60", 60, ""))
                .isEqualTo("asked");
        String changed = "Last-Modified: {-86400}; Date: {0}";
        assertThat(outcome(origin.shared().build(), "", status, changed, 0, "")).isEqualTo("asked");
        HttpCache guessing = origin.shared()
                .rules(rules -> rules.heuristicFreshness(0.1, Duration.ofHours(1)))
                .build();
        assertThat(outcome(guessing, "", status, changed, 3599, "")).isEqualTo(guessed);
    }

    /** Section 4.2.2: a tenth of the time since the last change, an hour at most. */
    @ParameterizedTest(name = "RFC 9111 4.2.2: changed {0} s ago, {1} s later")
    @CsvSource({
        "600, 59, hit",
        "600, 60, validated",
        "9, 0, validated",
        "864000, 3599, hit",
        "864000, 3600, validated",
        "-600, 0, validated"
    })
    void guesses(long changed, long seconds, String expected) throws InterruptedException {
        HttpCache guessing = origin.shared()
                .rules(rules -> rules.heuristicFreshness(0.1, Duration.ofHours(1)))
                .build();
        String response = "Last-Modified: {" + -changed + "}; Date: {0}";
        assertThat(outcome(guessing, "", 200, response, seconds, "")).isEqualTo(expected);
    }

    /** RFC 9213, section 2.2; structured fields by RFC 8941, section 4.2. */
    @ParameterizedTest(name = "RFC 9213 2.2: {0} | {1} s")
    @CsvSource(delimiter = '|', textBlock = """
        CDN-Cache-Control: max-age=60; Cache-Control: max-age=1                 | 59 | hit
        CDN-Cache-Control: max-age=1; Cache-Control: max-age=60                 | 5  | asked
        CDN-Cache-Control: max-age=60; Cache-Control: no-store                  | 59 | hit
        CDN-Cache-Control: max-age=60; Expires: {-60}                           | 59 | hit
        CDN-Cache-Control: max-age=0; Expires: {60}                             | 0  | asked
        CDN-Cache-Control: must-revalidate; Expires: {60}; Cache-Control: max-age=60 | 0 | asked
        CDN-Cache-Control: max-age=60; Age: 90                                  | 0  | asked
        CDN-Cache-Control: private, max-age=60; Cache-Control: max-age=60       | 0  | asked
        CDN-Cache-Control: no-store; Cache-Control: max-age=60; Expires: {60}   | 0  | asked
        CDN-Cache-Control: no-cache; Cache-Control: max-age=60; Expires: {60}   | 0  | asked
        CDN-Cache-Control: max-age=60, foo=bar, x=:YQ==:, y=(1 "2"), z=1.5, w=?0 | 59 | hit
        CDN-Cache-Control: max-age=1, max-age=60                                | 59 | hit
        CDN-Cache-Control: max-age=60, &&&&&; Cache-Control: no-store           | 0  | asked
        CDN-Cache-Control: max-age="60"; Cache-Control: no-store                | 0  | asked
        CDN-Cache-Control: MaX-aGe=60; Cache-Control: max-age=5                 | 4  | hit
        CDN-Cache-Control: max-age =60; Cache-Control: max-age=5                | 6  | asked
        CDN-Cache-Control: ; Cache-Control: max-age=60                          | 59 | hit
        CDN-Cache-Control: no-store; Shop-Cache-Control: max-age=60             | 59 | hit
        CDN-Cache-Control: max-age=60; Shop-Cache-Control: ?                    | 59 | hit
        Other-Cache-Control: no-store; Cache-Control: max-age=60                | 59 | hit
        """)
    void targeted(String response, long seconds, String expected) throws InterruptedException {
        HttpCache cache = origin.shared()
                .rules(rules -> rules.targetedFields("Shop-Cache-Control", "CDN-Cache-Control"))
                .build();
        assertThat(outcome(cache, "", 200, response, seconds, "")).isEqualTo(expected);
    }

    private String outcome(
            HttpCache cache,
            @Nullable String first,
            int status,
            @Nullable String response,
            long seconds,
            @Nullable String second)
            throws InterruptedException {
        origin.says(status, response, status == 204 || status == 304 ? "" : "0123456789");
        origin.get(cache, first).close();
        int before = origin.asked.size();
        origin.passes(seconds);
        HttpReply reply = origin.get(cache, second);
        reply.close();
        String told = reply.fields().lines("Cache-Status").get(0);
        assertThat(reply.status()).isEqualTo(status);
        if (origin.asked.size() == before) {
            assertThat(told).startsWith("\"test\"; hit");
            return "hit";
        }
        boolean validated = told.contains("fwd-status=304");
        assertThat(reply.isFromCache()).isFalse();
        return validated ? "validated" : "asked";
    }
}
