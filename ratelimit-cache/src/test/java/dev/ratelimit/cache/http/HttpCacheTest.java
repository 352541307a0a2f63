package dev.ratelimit.cache.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

/** What the cache makes of requests in a row: what it asks the origin for, keeps, and gives to whom. */
class HttpCacheTest {

    private final ScriptedOrigin origin = new ScriptedOrigin();
    private final HttpCache cache = origin.shared().build();

    /** RFC 9111, section 4.2.3: dates are whole seconds, so the age is counted in them. */
    @Test
    void aResponseOfOneSecondIsLoadedOnceASecond() throws InterruptedException {
        for (int i = 0; i < 600_000; i++) {
            if (i % 100 == 0) {
                origin.says("Cache-Control: max-age=1; Date: {0}");
            }
            origin.get(cache, null).close();
            origin.time.advance(Duration.ofMillis(1));
        }
        assertThat(origin.asked).hasSize(600);
    }

    /** RFC 9111, section 5.2.1: what one request asks for concerns no other. */
    @Test
    void oneOddRequestAMinuteLeavesTheOthersTheirHits() throws InterruptedException {
        origin.says("Cache-Control: max-age=3600");
        for (int second = 0; second < 3_600; second++) {
            if (second % 60 == 30) {
                origin.get(cache, "Cache-Control: no-cache, no-store").close();
            }
            origin.get(cache, null).close();
            origin.passes(1);
        }
        assertThat(origin.asked).as("60 of the odd client, one of the others").hasSize(61);
    }

    @Test
    void errorsForASecondAMinuteDoNotEndWhatIsKept() throws InterruptedException {
        for (int second = 0; second < 600; second++) {
            if (second % 60 == 30) {
                origin.says(503, null, "sorry");
            } else {
                origin.says("Cache-Control: max-age=10, stale-if-error=60");
            }
            assertThat(origin.get(cache, null).status()).isEqualTo(200);
            origin.passes(1);
        }
        assertThat(origin.asked).hasSizeBetween(60, 75);
    }

    /** The whole answers all clients, so it is loaded; the client that has it already is told so (RFC 9111, section 4.3.2). */
    @Test
    void aClientsConditionsAreAnsweredByTheCacheAndNotPassedOn() throws InterruptedException {
        origin.says("Cache-Control: max-age=60; ETag: \"a\"");
        HttpReply reply = origin.get(cache, "If-None-Match: \"a\"");
        assertThat(reply.status()).isEqualTo(304);
        assertThat(reply.length()).isZero();
        assertThat(origin.lastAsked().fields().contains("If-None-Match")).isFalse();
        assertThat(ScriptedOrigin.text(origin.get(cache, null))).isEqualTo("0123456789");
        assertThat(origin.asked).hasSize(1);
    }

    @Test
    void aClientOfItsOwnLoadMayHaveTheOriginJudgeItsConditions() throws InterruptedException {
        origin.says("Cache-Control: private; ETag: \"a\"");
        HttpReply reply = origin.get(cache, "Authorization: x; If-None-Match: \"a\"");
        assertThat(reply.status()).isEqualTo(304);
        assertThat(origin.lastAsked().fields().lines("If-None-Match")).containsExactly("\"a\"");
    }

    /** RFC 9111, section 4.3.4: a 304 about another response updates nothing. */
    @Test
    void a304OfAnotherResponseIsAskedAgainWithoutConditions() throws InterruptedException {
        Origin confused = request -> {
            origin.asked.add(request);
            boolean validates = request.fields().contains("If-None-Match");
            Fields fields = origin.fields("Cache-Control: max-age=2; ETag: " + (validates ? "\"b\"" : "\"a\""));
            return HttpReply.of(validates ? 304 : 200, fields, new byte[validates ? 0 : 3]);
        };
        RequestHead request = ScriptedOrigin.request("GET", "/a", Fields.none());
        cache.answer(request, confused).close();
        origin.passes(2);
        HttpReply reply = cache.answer(request, confused);
        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.length()).isEqualTo(3);
        assertThat(origin.asked).hasSize(3);
        assertThat(origin.lastAsked().fields().contains("If-None-Match")).isFalse();
        assertThat(cache.fresh(request)).isPresent();
    }

    /** RFC 9111, section 4.3.3: a 404 is the answer, and no error that a stale response stands in for. */
    @Test
    void whatIsGoneIsNotServedStale() throws InterruptedException {
        for (String gone : new String[] {"X: y", "Cache-Control: no-store", "Cache-Control: max-age=0"}) {
            origin.says("Cache-Control: max-age=1, stale-if-error=3600, stale-while-revalidate=0");
            origin.get(cache, "Cache-Control: no-cache").close();
            origin.passes(5);
            origin.says(404, gone, "none");
            assertThat(origin.get(cache, null).status()).isEqualTo(404);
            origin.isDown();
            assertThat(origin.get(cache, null).status()).as(gone).isEqualTo(502);
            origin.passes(100);
        }
    }

    @Test
    void headComesFromAKeptResponseAndElseFromTheOrigin() throws InterruptedException {
        RequestHead head = ScriptedOrigin.request("HEAD", "/a", Fields.none());
        origin.says(200, "Cache-Control: max-age=60; ETag: \"a\"; Content-Length: 10", "");
        HttpReply passed = cache.answer(head, origin);
        assertThat(passed.fields().lines("Cache-Status")).containsExactly("\"test\"; fwd=bypass");
        assertThat(passed.length()).isEqualTo(10);
        assertThat(cache.fresh(head)).as("a HEAD's response is no GET's").isEmpty();
        origin.says("Cache-Control: max-age=60, stale-if-error=600; ETag: \"a\"");
        origin.get(cache, null).close();
        HttpReply kept = cache.answer(head, origin);
        assertThat(kept.isFromCache()).isTrue();
        assertThat(kept.fields().lines("Content-Length")).containsExactly("10");
        assertThat(ScriptedOrigin.text(kept)).isEmpty();
        assertThat(origin.asked).hasSize(2);
        origin.passes(61);
        origin.says(200, "Cache-Control: max-age=60; ETag: \"b\"; Content-Length: 9", "");
        cache.answer(head, origin).close();
        origin.isDown();
        assertThat(origin.get(cache, null).status())
                .as("4.3.5: what is kept is another one")
                .isEqualTo(502);
    }

    @Test
    void aRangeOfWhatIsNotKeptIsTheOriginsToGive() throws InterruptedException {
        origin.says(206, "Cache-Control: max-age=60; Content-Range: bytes 0-1/10", "01");
        HttpReply part = origin.get(cache, "Range: bytes=0-1");
        assertThat(part.status()).isEqualTo(206);
        assertThat(origin.lastAsked().fields().contains("Range")).isTrue();
        origin.says("Cache-Control: max-age=60");
        assertThat(ScriptedOrigin.text(origin.get(cache, null)))
                .as("the part was not kept")
                .isEqualTo("0123456789");
    }

    @Test
    void onlyIfCachedAsksNobody() throws InterruptedException {
        HttpReply none = origin.get(cache, "Cache-Control: only-if-cached");
        assertThat(none.status()).isEqualTo(504);
        assertThat(none.failure()).isPresent();
        origin.says("Cache-Control: max-age=60");
        origin.get(cache, null).close();
        assertThat(origin.get(cache, "Cache-Control: only-if-cached").status()).isEqualTo(200);
        assertThat(origin.get(cache, "Cache-Control: only-if-cached, max-age=0; Range: bytes=0-0")
                        .status())
                .isEqualTo(206);
        origin.passes(1);
        assertThat(origin.get(cache, "Cache-Control: only-if-cached, max-age=0").status())
                .isEqualTo(504);
        assertThat(origin.asked).hasSize(1);
    }

    @Test
    void aCacheThatIgnoresDirectivesOfClientsAsksNoMoreForThem() throws InterruptedException {
        HttpCache deaf = origin.shared().ignoreRequestDirectives().build();
        origin.says("Cache-Control: max-age=60");
        for (String asks : new String[] {"no-cache", "no-store", "max-age=0", "only-if-cached"}) {
            assertThat(origin.get(deaf, "Pragma: no-cache; Cache-Control: " + asks)
                            .status())
                    .isEqualTo(200);
            origin.passes(1);
        }
        assertThat(origin.asked).hasSize(1);
    }

    @Test
    @SuppressWarnings("NullAway") // a careless origin
    void failuresOfTheOriginAreRepliesWithTheirReason() throws InterruptedException {
        RequestHead get = ScriptedOrigin.request("GET", "/a", Fields.none());
        for (RequestHead request : new RequestHead[] {get, ScriptedOrigin.request("POST", "/a", Fields.none())}) {
            IOException down = new IOException("down");
            HttpReply unreachable = cache.answer(request, asked -> {
                throw down;
            });
            assertThat(unreachable.status()).isEqualTo(502);
            assertThat(unreachable.failure()).contains(down);
            assertThat(ScriptedOrigin.text(unreachable)).hasSize((int) unreachable.length());
            HttpReply late = cache.answer(request, asked -> {
                throw new TimeoutException("late");
            });
            assertThat(late.status()).isEqualTo(504);
            HttpReply careless = cache.answer(request, asked -> null);
            assertThat(careless.status()).isEqualTo(502);
            assertThat(careless.failure().orElseThrow()).hasMessageContaining("origin's reply");
        }
    }

    /** RFC 9111, section 3.3. */
    @Test
    void contentThatIsNotWholeIsAFailureAndNotKept() throws InterruptedException {
        origin.says("Cache-Control: max-age=60; Content-Length: 11");
        assertThat(origin.get(cache, null).status()).isEqualTo(502);
        origin.says("Cache-Control: max-age=60; Content-Length: 10");
        assertThat(ScriptedOrigin.text(origin.get(cache, null))).isEqualTo("0123456789");
    }

    /** For servers that write a date of their own: RFC 9111, section 4.2.1, takes the lifetime as Expires − Date. */
    @Test
    void aLifetimeByExpiresDoesNotDependOnTheDateOfTheServer() {
        Instant now = origin.clock().instant();
        Fields fields = origin.fields("Date: {-100}; Expires: {200}; Age: 100; X: y");
        HttpReply reply = HttpReply.of(200, fields, new byte[0]).undated(now);
        assertThat(reply.fields()).isEqualTo(fields.without("Date").with("Cache-Control", "max-age=300"));
        Fields past = origin.fields("Date: {0}; Expires: {-9}");
        assertThat(HttpReply.of(200, past, new byte[0]).undated(now).fields().lines("Cache-Control"))
                .containsExactly("max-age=0");
        for (String other : new String[] {"Date: x; Expires: 0", "Date: {0}; Expires: {9}; Cache-Control: public"}) {
            Fields same = origin.fields(other);
            assertThat(HttpReply.of(200, same, new byte[0]).undated(now).fields())
                    .isEqualTo(same.without("Date"));
        }
    }

    @Test
    void settingsThatMakeNoSenseAreRefused() {
        HttpCacheBuilder builder = HttpCache.shared("a");
        assertThatIllegalArgumentException().isThrownBy(() -> HttpCache.shared("a\n"));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.maxContentBytes(0))
                .withMessageContaining("0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.maxVariants(0))
                .withMessageContaining("1");
        HttpCaching rules = HttpCaching.shared(origin.clock());
        assertThatIllegalArgumentException().isThrownBy(() -> rules.heuristicFreshness(0, Duration.ofDays(1)));
        assertThatIllegalArgumentException().isThrownBy(() -> rules.heuristicFreshness(0.1, Duration.ZERO));
        assertThatIllegalArgumentException().isThrownBy(() -> rules.validateFor(Duration.ofNanos(-1)));
        assertThat(cache.toString().toLowerCase(Locale.ROOT)).contains("test");
    }
}
