package dev.ratelimit.cache.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a kept response becomes: by storing, by a 304, by unsafe requests, by errors; and what of it a client is given. */
class HttpUpdateRulesTest {

    private final ScriptedOrigin origin = new ScriptedOrigin();

    /** Of a response that is kept: what stands in a later answer. */
    @ParameterizedTest(name = "RFC 9111 3.1: {0}: {1}")
    @CsvSource(delimiter = '|', quoteCharacter = '^', textBlock = """
        Test-Header               | a             | kept
        X-Content-Foo             | a             | kept
        Content-Encoding          | gzip          | kept
        Content-Location          | /foo          | kept
        Content-MD5               | a             | kept
        Content-Security-Policy   | default-src 'self' | kept
        Content-Type              | text/plain    | kept
        ETag                      | "abc"         | kept
        Expires                   | Fri, 01 Jan 2038 01:01:01 GMT | kept
        Last-Modified             | Wed, 01 Jan 2020 00:00:00 GMT | kept
        X-Frame-Options           | deny          | kept
        Via                       | 1.1 far       | kept
        Connection                | x             | dropped
        Keep-Alive                | timeout=5     | dropped
        Proxy-Authenticate        | Basic         | dropped
        Proxy-Authentication-Info | x             | dropped
        Proxy-Authorization       | x             | dropped
        Proxy-Connection          | x             | dropped
        TE                        | trailers      | dropped
        Transfer-Encoding         | chunked       | dropped
        Upgrade                   | h2c           | dropped
        """)
    void fields(String name, String value, String expected) throws InterruptedException {
        HttpCache cache = origin.shared().build();
        origin.says("Cache-Control: max-age=60; C: 3; " + name + ": " + value);
        origin.get(cache, null).close();
        HttpReply hit = origin.get(cache, null);
        assertThat(origin.asked).hasSize(1);
        assertThat(hit.fields().lines(name)).isEqualTo(expected.equals("kept") ? List.of(value) : List.of());
        assertThat(hit.fields().lines("C")).containsExactly("3");
    }

    /** Section 3.2: what a 304 says replaces what is kept, but for what describes the content that came before. */
    @ParameterizedTest(name = "RFC 9111 3.2: {0}")
    @CsvSource(delimiter = '|', quoteCharacter = '^', textBlock = """
        Test-Header             | A   | B   | B
        Content-Foo             | A   | B   | B
        Content-Type            | a/a | b/b | b/b
        Content-Location        | /a  | /b  | /b
        Content-Security-Policy | A   | B   | B
        X-Frame-Options         | A   | B   | B
        Cache-Control           | max-age=2 | max-age=3600 | max-age=3600
        Expires                 | Fri, 01 Jan 2038 01:01:01 GMT | Mon, 11 Jan 2038 11:11:11 GMT | Mon, 11 Jan 2038 11:11:11 GMT
        Content-Length          | 10  | 99  | 10
        Content-Encoding        | a   | b   | a
        Content-Range           | a   | b   | a
        Test-Header             | A   |     | A
        """)
    void notModified(String name, String first, @Nullable String second, String expected) throws InterruptedException {
        HttpCache cache = origin.shared().build();
        String common = "Date: {0}; ETag: \"1\"" + (name.equals("Cache-Control") ? "" : "; Cache-Control: max-age=2");
        origin.says(common + "; " + name + ": " + first);
        origin.get(cache, null).close();
        origin.passes(3);
        origin.says(common + (second == null ? "" : "; " + name + ": " + second));
        HttpReply validated = origin.get(cache, null);
        assertThat(validated.fields().lines("Cache-Status")).first().asString().contains("fwd=stale; fwd-status=304");
        assertThat(validated.fields().lines(name)).containsExactly(expected);
        assertThat(validated.length()).isEqualTo(10);
        assertThat(ScriptedOrigin.text(validated)).isEqualTo("0123456789");
        HttpReply hit = origin.get(cache, null);
        assertThat(origin.asked).as("fresh again").hasSize(2);
        assertThat(hit.fields().lines(name)).containsExactly(expected);
        assertThat(hit.fields().lines("Age")).containsExactly("0");
        assertThat(ScriptedOrigin.text(hit)).isEqualTo("0123456789");
    }

    /** Section 4.4: what a request of another method makes of kept responses. Those of /a, /b and /c are kept before. */
    @ParameterizedTest(name = "RFC 9111 4.4: {0} {1} {2}")
    @CsvSource(delimiter = '|', textBlock = """
        POST     | 200 |                                      | /a
        PUT      | 201 |                                      | /a
        DELETE   | 204 |                                      | /a
        PATCH    | 200 |                                      | /a
        M-SEARCH | 200 |                                      | /a
        post     | 302 |                                      | /a
        POST     | 303 | Location: /b                         | /a /b
        POST     | 200 | Location: b; Content-Location: /c    | /a /b /c
        PUT      | 200 | Content-Location: http://SHOP.test:80/c | /a /c
        POST     | 201 | Location: http://other.test/b        | /a
        POST     | 201 | Location: https://shop.test/b        | /a
        POST     | 201 | Location: http://shop.test:81/b      | /a
        POST     | 201 | Location: ht tp:/b                   | /a
        POST     | 400 | Location: /b                         | none
        DELETE   | 500 |                                      | none
        OPTIONS  | 200 | Content-Location: /b                 | none
        TRACE    | 200 |                                      | none
        HEAD     | 200 | Content-Location: /b                 | none
        """)
    void invalidation(String method, int status, @Nullable String response, String expected)
            throws InterruptedException {
        HttpCache cache = origin.shared().build();
        for (String path : List.of("/a", "/b", "/c")) {
            origin.says("Cache-Control: max-age=60; Vary: X");
            cache.answer(ScriptedOrigin.request("GET", path, Fields.none()), origin)
                    .close();
        }
        origin.says(status, response, "");
        RequestHead request = ScriptedOrigin.request(method, "/a", Fields.none());
        assertThat(HttpCaching.invalidated(method, request.target(), new ResponseHead(status, origin.fields(response))))
                .extracting(uri -> uri.getPath())
                .containsExactlyInAnyOrder(expected.equals("none") ? new String[0] : expected.split(" "));
        cache.answer(ScriptedOrigin.request(method, "/a", Fields.none()), origin)
                .close();
        StringBuilder gone = new StringBuilder();
        for (String path : List.of("/a", "/b", "/c")) {
            boolean kept = cache.fresh(ScriptedOrigin.request("GET", path, Fields.none()))
                    .isPresent();
            gone.append(kept ? "" : " " + path);
        }
        assertThat(gone.toString().strip()).isEqualTo(expected.equals("none") ? "" : expected);
    }

    /** What stands in for an origin that fails when the response has been stale for 3 s, and for one that answers by an error. */
    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource(delimiter = '|', textBlock = """
        RFC 9111 4.2.4    | Cache-Control: max-age=2                          | failed
        RFC 5861 4        | Cache-Control: max-age=2, stale-if-error=60       | stale
        RFC 5861 4        | Cache-Control: max-age=2, stale-if-error=2        | failed
        RFC 5861 3        | Cache-Control: max-age=2, stale-while-revalidate=60 | stale
        RFC 5861 3        | Cache-Control: max-age=2, stale-while-revalidate=2 | failed
        RFC 9111 5.2.2.2  | Cache-Control: max-age=2, stale-if-error=60, must-revalidate | failed
        RFC 9111 5.2.2.8  | Cache-Control: max-age=2, stale-if-error=60, proxy-revalidate | failed
        RFC 9111 5.2.2.4  | Cache-Control: max-age=2, stale-if-error=60, no-cache; ETag: "a" | failed
        RFC 9111 5.2.2.10 | Cache-Control: s-maxage=2, stale-if-error=60      | failed
        """)
    void stale(String section, String response, String expected) throws InterruptedException {
        for (boolean error : new boolean[] {true, false}) {
            HttpCache cache = origin.shared().build();
            origin.says(response);
            origin.get(cache, null).close();
            origin.passes(5);
            if (error) {
                origin.says(503, "Retry-After: 1", "sorry");
            } else {
                origin.isDown();
            }
            HttpReply reply = origin.get(cache, null);
            assertThat(reply.status()).as(section).isEqualTo(expected.equals("stale") ? 200 : error ? 503 : 502);
            assertThat(reply.failure().isPresent()).isEqualTo(expected.equals("failed") && !error);
            if (expected.equals("stale")) {
                assertThat(reply.fields().lines("Age")).containsExactly("5");
            }
            reply.close();
            origin.says("Cache-Control: max-age=60");
            origin.passes(60);
            assertThat(origin.get(cache, null).status()).as("it is well again").isEqualTo(200);
        }
    }

    /** What a client gets of a kept response of ten digits, with the entity tag "a" and changed a minute ago. */
    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource(delimiter = '|', quoteCharacter = '^', textBlock = """
        RFC 9110 13.1.2 | If-None-Match: "a"                         | 304 |            |
        RFC 9110 13.1.2 | If-None-Match: W/"a"                       | 304 |            |
        RFC 9110 13.1.2 | If-None-Match: "x", "a"                    | 304 |            |
        RFC 9110 13.1.2 | If-None-Match: "x"; If-None-Match: "a"     | 304 |            |
        RFC 9110 13.1.2 | If-None-Match: *                           | 304 |            |
        RFC 9110 13.1.2 | If-None-Match: "x,a"                       | 200 | 0123456789 |
        RFC 9110 13.1.2 | If-None-Match: a                           | 200 | 0123456789 |
        RFC 9110 13.2.2 | If-None-Match: "x"; If-Modified-Since: {0} | 200 | 0123456789 |
        RFC 9110 13.1.3 | If-Modified-Since: {-60}                   | 304 |            |
        RFC 9110 13.1.3 | If-Modified-Since: {0}                     | 304 |            |
        RFC 9110 13.1.3 | If-Modified-Since: {-61}                   | 200 | 0123456789 |
        RFC 9110 13.1.3 | If-Modified-Since: yesterday               | 200 | 0123456789 |
        RFC 9110 14.2   | Range: bytes=0-0                           | 206 | 0          | bytes 0-0/10
        RFC 9110 14.2   | Range: bytes=2-4                           | 206 | 234        | bytes 2-4/10
        RFC 9110 14.2   | Range: BYTES=7-                            | 206 | 789        | bytes 7-9/10
        RFC 9110 14.2   | Range: bytes=-3                            | 206 | 789        | bytes 7-9/10
        RFC 9110 14.2   | Range: bytes=-99                           | 206 | 0123456789 | bytes 0-9/10
        RFC 9110 14.2   | Range: bytes=8-99                          | 206 | 89         | bytes 8-9/10
        RFC 9110 15.5.17 | Range: bytes=10-                          | 416 |            | bytes */10
        RFC 9110 15.5.17 | Range: bytes=-0                           | 416 |            | bytes */10
        RFC 9110 14.2   | Range: bytes=0-1,3-4                       | 200 | 0123456789 |
        RFC 9110 14.2   | Range: bytes=4-2                           | 200 | 0123456789 |
        RFC 9110 14.2   | Range: bytes=a-                            | 200 | 0123456789 |
        RFC 9110 14.2   | Range: lines=0-1                           | 200 | 0123456789 |
        RFC 9110 13.1.5 | Range: bytes=2-4; If-Range: "a"            | 206 | 234        | bytes 2-4/10
        RFC 9110 13.1.5 | Range: bytes=2-4; If-Range: "b"            | 200 | 0123456789 |
        RFC 9110 13.1.5 | Range: bytes=2-4; If-Range: W/"a"          | 200 | 0123456789 |
        RFC 9110 13.1.5 | Range: bytes=2-4; If-Range: {-60}          | 206 | 234        | bytes 2-4/10
        RFC 9110 13.1.5 | Range: bytes=2-4; If-Range: {0}            | 200 | 0123456789 |
        RFC 9110 13.2.2 | Range: bytes=2-4; If-None-Match: "a"       | 304 |            |
        """)
    void selection(String section, String request, int status, @Nullable String content, @Nullable String range)
            throws InterruptedException {
        HttpCache cache = origin.shared().build();
        Fields asked = origin.fields(request);
        origin.says("Cache-Control: max-age=60; ETag: \"a\"; Last-Modified: {-60}; Content-Type: a/b; Vary: X");
        origin.get(cache, null).close();
        origin.passes(9);
        HttpReply reply = cache.answer(ScriptedOrigin.request("GET", "/a", asked), origin);
        assertThat(origin.asked).hasSize(1);
        assertThat(reply.isFromCache()).isTrue();
        assertThat(reply.status()).as(section).isEqualTo(status);
        assertThat(reply.fields().lines("Content-Range")).isEqualTo(range == null ? List.of() : List.of(range));
        assertThat(reply.fields().lines("ETag")).containsExactly("\"a\"");
        assertThat(reply.fields().lines("Age")).containsExactly("9");
        assertThat(reply.fields().contains("Content-Type")).isEqualTo(status != 304);
        assertThat(reply.length()).isEqualTo(content == null ? 0 : content.length());
        assertThat(ScriptedOrigin.text(reply)).isEqualTo(content == null ? "" : content);
    }
}
