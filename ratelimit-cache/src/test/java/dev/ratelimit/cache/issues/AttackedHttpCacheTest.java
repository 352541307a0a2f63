package dev.ratelimit.cache.issues;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.cache.CacheStatistics;
import dev.ratelimit.cache.http.Fields;
import dev.ratelimit.cache.http.HttpCache;
import dev.ratelimit.cache.http.HttpReply;
import dev.ratelimit.cache.http.Origin;
import dev.ratelimit.cache.http.ScriptedOrigin;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What attacks on the cache have found. */
class AttackedHttpCacheTest {

    private static final String KEPT = "Cache-Control: max-age=60; ETag: \"a\"";

    private final ScriptedOrigin origin = new ScriptedOrigin();

    /** RFC 9111, sections 4 and 4.1: a response that varies is for those that ask alike, also if it is a 404. */
    @Test
    void oneUsersNotFoundReachesNobodyElse() throws Exception {
        HttpCache cache = HttpCache.shared("test").build();
        CountDownLatch bothAsk = new CountDownLatch(1);
        Origin own = asked -> {
            bothAsk.await(1, TimeUnit.SECONDS);
            String user = asked.fields().lines("Cookie").get(0);
            Fields fields = Fields.none().with("Vary", "Cookie");
            return HttpReply.of(404, fields, user.getBytes(java.nio.charset.StandardCharsets.UTF_8));
        };
        ExecutorService callers = Executors.newFixedThreadPool(8);
        try {
            List<Future<String>> answers = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                Fields fields = Fields.none().with("Cookie", "user" + i);
                answers.add(callers.submit(
                        () -> ScriptedOrigin.text(cache.answer(ScriptedOrigin.request("GET", "/a", fields), own))));
            }
            for (int i = 0; i < 8; i++) {
                assertThat(answers.get(i).get()).isEqualTo("user" + i);
            }
        } finally {
            callers.shutdownNow();
            cache.close();
        }
    }

    @Test
    void aPageThatABackgroundRefreshFindsGoneIsForgotten() throws InterruptedException {
        HttpCache cache = origin.shared().build();
        origin.says("Cache-Control: max-age=1, stale-while-revalidate=600");
        origin.get(cache, null).close();
        origin.passes(2);
        origin.says(404, "Cache-Control: no-store", "gone");
        origin.get(cache, null).close();
        assertThat(origin.get(cache, null).status()).isEqualTo(404);
    }

    @Test
    void aRestrictionInATargetedFieldCountsWithAnyArgument() throws InterruptedException {
        HttpCache cache = origin.shared()
                .rules(rules -> rules.targetedFields("CDN-Cache-Control"))
                .build();
        for (String control : List.of("private=\"x\", max-age=60", "no-store=\"x\", max-age=60")) {
            origin.says("CDN-Cache-Control: " + control);
            origin.get(cache, null).close();
            int before = origin.asked.size();
            origin.get(cache, null).close();
            assertThat(origin.asked).hasSize(before + 1);
        }
        origin.says("CDN-Cache-Control: private=?0, max-age=60");
        origin.get(cache, null).close();
        int before = origin.asked.size();
        origin.get(cache, null).close();
        assertThat(origin.asked).hasSize(before);
    }

    @Test
    void aVariantOfShortLifeEndsNoOther() throws InterruptedException {
        HttpCache cache = origin.shared().build();
        origin.says("Vary: X; Cache-Control: max-age=1");
        origin.get(cache, "X: bad").close();
        origin.says("Vary: X; Cache-Control: max-age=3600");
        origin.get(cache, "X: good").close();
        int before = origin.asked.size();
        for (int i = 0; i < 100; i++) {
            origin.passes(10);
            origin.get(cache, "X: good").close();
        }
        assertThat(origin.asked).hasSize(before);
    }

    @Test
    void aClientsOddRequestsForgetNothingOfOthers() throws InterruptedException {
        HttpCache cache = origin.shared().build();
        origin.says(KEPT);
        origin.get(cache, null).close();
        int before = origin.asked.size();
        origin.passes(1);

        origin.says("Cache-Control: private; ETag: \"mallory\"");
        Fields odd = origin.fields("Authorization: mallory; Cache-Control: no-cache");
        cache.answer(ScriptedOrigin.request("HEAD", "/a", odd), origin).close();
        origin.says(404, "Cache-Control: no-store", "none for you");
        origin.get(cache, "Authorization: mallory; Cache-Control: no-cache").close();
        origin.get(cache, "Cache-Control: no-store, no-cache").close();

        assertThat(origin.asked).hasSize(before + 3);
        assertThat(origin.get(cache, null).isFromCache()).isTrue();
    }

    @Test
    void whereClientsAreNotHeardTheirNoStoreKeepsNothingOut() throws InterruptedException {
        HttpCache cache = origin.shared().ignoreRequestDirectives().build();
        origin.says(KEPT);
        origin.get(cache, "Cache-Control: no-store").close();
        assertThat(origin.get(cache, null).isFromCache()).isTrue();
    }

    /** The origin has done what it was asked for, so the client is told so. */
    @Test
    void aCacheThatIsClosedMeanwhileGivesTheOriginsAnswer() throws Exception {
        for (String method : List.of("POST", "DELETE")) {
            HttpCache cache = origin.shared().build();
            origin.says(KEPT);
            origin.get(cache, null).close();
            origin.passes(100);
            boolean[] streamIsClosed = {false};
            InputStream content = new ByteArrayInputStream(new byte[3]) {
                @Override
                public void close() {
                    streamIsClosed[0] = true;
                }
            };
            HttpReply reply = cache.answer(ScriptedOrigin.request(method, "/a", Fields.none()), request -> {
                cache.close();
                return HttpReply.of(200, Fields.none().with("ETag", "\"b\""), content);
            });
            assertThat(reply.status()).as(method).isEqualTo(200);
            assertThat(streamIsClosed[0]).isFalse();
            reply.close();
            assertThat(streamIsClosed[0]).isTrue();
        }
    }

    /** RFC 9111, section 5.2.1.7: whatever else the request says. */
    @Test
    void aRequestThatIsOnlyForTheCacheNeverReachesTheOrigin() throws InterruptedException {
        HttpCache cache = origin.shared().build();
        origin.says(KEPT);
        origin.get(cache, null).close();
        origin.passes(100);
        for (String others : List.of("If-Match: \"b\"", "Range: bytes=0-1", "Content-Length: 3", "Authorization: x")) {
            Fields fields = origin.fields("Cache-Control: only-if-cached; " + others);
            for (String method : List.of("GET", "HEAD", "POST")) {
                HttpReply reply = cache.answer(ScriptedOrigin.request(method, "/a", fields), origin);
                assertThat(reply.status()).as(method + " " + others).isEqualTo(504);
                assertThat(reply.failure()).isPresent();
                reply.close();
            }
        }
        assertThat(origin.asked).hasSize(1);
    }

    @Test
    void madeUpVariantsKeepNoRealOneOut() throws InterruptedException {
        HttpCache cache = origin.shared().build();
        origin.says("Cache-Control: max-age=3600; Vary: Accept-Language");
        for (int i = 0; i < 1_000; i++) {
            origin.get(cache, "Accept-Language: made-up-" + i).close();
        }
        int before = origin.asked.size();
        for (int i = 0; i < 1_000; i++) {
            origin.get(cache, "Accept-Language: de").close();
            origin.get(cache, "Accept-Language: made-up-again-" + i).close();
        }
        assertThat(origin.asked).as("1,000 of the client's, one of the others").hasSize(before + 1_001);
    }

    /** RFC 9111, section 5.2.2.4: each needs the origin's word, and is one request of the statistics nevertheless. */
    @Test
    void clientsThatWaitForAResponseToBeValidatedEachTimeCountOnce() throws Exception {
        HttpCache cache = HttpCache.shared("test").build();
        AtomicInteger asked = new AtomicInteger();
        Origin own = request -> {
            asked.incrementAndGet();
            return HttpReply.of(200, origin.fields("Cache-Control: no-cache; ETag: \"a\""), new byte[3]);
        };
        ExecutorService callers = Executors.newFixedThreadPool(8);
        try {
            List<Future<HttpReply>> answers = new ArrayList<>();
            for (int i = 0; i < 400; i++) {
                answers.add(
                        callers.submit(() -> cache.answer(ScriptedOrigin.request("GET", "/a", Fields.none()), own)));
            }
            for (Future<HttpReply> answer : answers) {
                assertThat(answer.get().isFromCache()).isFalse();
                answer.get().close();
            }
        } finally {
            callers.shutdownNow();
        }
        CacheStatistics figures = cache.statistics();
        cache.close();
        assertThat(asked).hasValue(400);
        assertThat(figures.misses() + figures.bypasses()).isEqualTo(400);
        assertThat(figures.hits() + figures.staleHits() + figures.coalesced() + figures.negativeHits())
                .isZero();
    }
}
