package dev.ratelimit.cache.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.cache.CacheStatistics;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a HEAD does with the kept response to GET (RFC 9111, section 4.3.5), and what each request counts. */
class HttpHeadTest {

    private static final String KEPT = "Cache-Control: max-age=60; ETag: \"a\"; Last-Modified: {-1000}; X: old";

    private final ScriptedOrigin origin = new ScriptedOrigin();
    private final HttpCache cache = origin.shared().build();

    private HttpReply head(String fields) throws InterruptedException {
        return cache.answer(ScriptedOrigin.request("HEAD", "/a", origin.fields(fields)), origin);
    }

    private boolean isFresh() {
        return cache.fresh(ScriptedOrigin.request("GET", "/a", Fields.none())).isPresent();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "renews it             | true  | Cache-Control: max-age=60; ETag: \"a\"; X: new",
                "with its length       | true  | Cache-Control: max-age=60; ETag: \"a\"; Content-Length: 10; X: new",
                "another tag           | false | Cache-Control: max-age=60; ETag: \"b\"",
                "another length        | false | Cache-Control: max-age=60; ETag: \"a\"; Content-Length: 11",
                "nothing to compare    | false | Cache-Control: max-age=60; X: new",
                "not for the cache     | false | Cache-Control: no-store; ETag: \"a\"",
                "old already           | false | Cache-Control: max-age=60; Age: 60; ETag: \"a\""
            })
    void aHeadRenewsTheKeptResponseIfItIsItsHead(String what, boolean isFresh, String fields)
            throws InterruptedException {
        origin.says(KEPT);
        origin.get(cache, null).close();
        origin.passes(100);
        origin.says(200, fields, "");
        HttpReply reply = head("");
        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.isFromCache()).isFalse();
        reply.close();

        assertThat(isFresh()).as(what).isEqualTo(isFresh);
        if (isFresh) {
            HttpReply kept = origin.get(cache, null);
            assertThat(kept.fields().lines("X")).containsExactly("new");
            assertThat(kept.fields().lines("Content-Length")).containsExactly("10");
            assertThat(ScriptedOrigin.text(kept)).isEqualTo("0123456789");
        }
        assertThat(origin.asked).hasSize(2);
    }

    @Test
    void aHeadOfAnotherResponseEndsTheKeptOneAndAnErrorDoesNot() throws InterruptedException {
        origin.says(KEPT);
        origin.get(cache, null).close();
        origin.passes(1);
        for (int status : new int[] {503, 404, 403}) {
            origin.says(status, null, "");
            head("Cache-Control: no-cache").close();
            assertThat(isFresh()).as("status " + status).isTrue();
        }
        assertThat(origin.asked).hasSize(4);
        origin.says(200, "ETag: \"b\"", "");
        head("Cache-Control: no-cache").close();
        assertThat(isFresh()).isFalse();
    }

    @Test
    void aHeadWithCredentialsOrNoStoreRenewsAndEndsNothing() throws InterruptedException {
        origin.says(KEPT);
        origin.get(cache, null).close();
        origin.passes(100);
        for (String odd : new String[] {"Authorization: x", "Cache-Control: no-store"}) {
            origin.says(200, "Cache-Control: max-age=60; ETag: \"a\"", "");
            head(odd).close();
            assertThat(isFresh()).as(odd).isFalse();
            origin.says(200, "ETag: \"b\"", "");
            head(odd).close();
        }
        origin.says(KEPT);
        origin.get(cache, null).close();
        assertThat(origin.lastAsked().fields().lines("If-None-Match"))
                .as("it is still kept, to be validated")
                .containsExactly("\"a\"");
    }

    /** A HEAD that began before what is kept now was loaded does not change it. */
    @Test
    void anOlderHeadRenewsNothingNewer() throws InterruptedException {
        origin.says(KEPT);
        origin.get(cache, null).close();
        origin.passes(100);
        HttpReply reply = cache.answer(ScriptedOrigin.request("HEAD", "/a", Fields.none()), request -> {
            origin.says("Cache-Control: max-age=60; ETag: \"b\"; X: newer");
            origin.get(cache, null).close();
            return HttpReply.of(200, origin.fields("Cache-Control: max-age=60; ETag: \"a\"; X: older"), new byte[0]);
        });
        reply.close();
        assertThat(ScriptedOrigin.text(origin.get(cache, null))).isEqualTo("0123456789");
        assertThat(origin.get(cache, null).fields().lines("X")).containsExactly("newer");
    }

    @Test
    void eachRequestCountsOnce() throws InterruptedException {
        origin.says("Cache-Control: max-age=60, stale-if-error=600; ETag: \"a\"");
        origin.get(cache, null).close();
        head("").close();
        origin.get(cache, "Range: bytes=0-1").close();
        origin.passes(100);
        origin.get(cache, "Range: bytes=0-1").close();
        head("").close();
        origin.get(cache, "Cache-Control: only-if-cached").close();
        origin.passes(100);
        origin.says(503, null, "sorry");
        origin.get(cache, "Authorization: x").close();

        CacheStatistics figures = cache.statistics();
        assertThat(figures.misses()).as("the first").isEqualTo(1);
        assertThat(figures.hits())
                .as("HEAD and a range from what is fresh, and one after the HEAD that has renewed it")
                .isEqualTo(3);
        assertThat(figures.bypasses()).as("HEAD").isEqualTo(1);
        assertThat(figures.staleHits()).as("the one whose own load has failed").isEqualTo(1);
        assertThat(figures.coalesced() + figures.negativeHits()).isZero();
        assertThat(figures.loads()).isEqualTo(3);
    }
}
