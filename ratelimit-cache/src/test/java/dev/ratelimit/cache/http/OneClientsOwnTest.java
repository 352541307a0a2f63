package dev.ratelimit.cache.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.ratelimit.cache.Scope;
import java.io.ByteArrayInputStream;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.junit.jupiter.api.Test;

/** What is for one client only reaches that client, whole and once, and no other. */
class OneClientsOwnTest {

    private final ScriptedOrigin origin = new ScriptedOrigin();

    /** A stream that knows whether it was closed. */
    private static final class Content extends ByteArrayInputStream {

        private boolean closed;

        Content(int length) {
            super(new byte[length]);
        }

        @Override
        public void close() {
            closed = true;
        }
    }

    /** RFC 9111, section 7.3. */
    @Test
    void setCookieIsTheAskersOwn() throws InterruptedException {
        String response = "Cache-Control: max-age=60; Set-Cookie: session=1; RateLimit: x; Retry-After: 1";
        HttpCache shared = origin.shared().build();
        HttpCache own = origin.inVirtualTime(HttpCache.ofOneUser("test")).build();
        origin.says(response);
        assertThat(origin.get(shared, null).fields().lines("Set-Cookie")).containsExactly("session=1");
        assertThat(shared.fresh(request("shared"))).as("not kept for all").isEmpty();
        HttpReply first = own.answer(request("alice"), origin);
        assertThat(first.fields().lines("Set-Cookie")).containsExactly("session=1");
        assertThat(first.fields().lines("RateLimit")).containsExactly("x");
        HttpReply hit = own.answer(request("alice"), origin);
        assertThat(hit.isFromCache()).isTrue();
        assertThat(hit.fields().asMap()).doesNotContainKeys("Set-Cookie", "RateLimit", "Retry-After");
    }

    @Test
    void aCacheOfOneUserEachNeverMixesThemUp() throws InterruptedException {
        HttpCache own = origin.inVirtualTime(HttpCache.ofOneUser("test")).build();
        origin.says(200, "Cache-Control: private, max-age=60", "alice");
        own.answer(request("alice"), origin).close();
        origin.says(200, "Cache-Control: private, max-age=60", "bob");
        assertThat(ScriptedOrigin.text(own.answer(request("bob"), origin))).isEqualTo("bob");
        assertThat(ScriptedOrigin.text(own.answer(request("alice"), origin))).isEqualTo("alice");
        RequestHead careless = ScriptedOrigin.request("GET", "/a", Fields.none());
        assertThatIllegalArgumentException()
                .isThrownBy(() -> own.answer(careless, origin))
                .withMessageContaining("withScope(Scope.principal");
    }

    /** RFC 9111, section 3.5, for what stands in for {@code Authorization}. */
    @Test
    void otherCredentialsCountAsAuthorization() throws InterruptedException {
        HttpCache cache =
                origin.shared().rules(rules -> rules.credentials("X-Api-Key")).build();
        for (String credentials : new String[] {"X-Api-Key: 1", "Authorization: 1"}) {
            origin.says("Cache-Control: max-age=60");
            origin.get(cache, credentials).close();
            assertThat(cache.fresh(request("shared"))).isEmpty();
        }
    }

    @Test
    void contentThatIsNotKeptIsNotReadAhead() throws Exception {
        HttpCache cache = origin.shared().maxContentBytes(100).build();
        for (String control : new String[] {"no-store", "max-age=60"}) {
            Content content = new Content(1000);
            HttpReply reply = cache.answer(
                    request("shared"),
                    asked -> HttpReply.of(200, Fields.none().with("Cache-Control", control), content));
            assertThat(content.available()).isGreaterThanOrEqualTo(899);
            assertThat(content.closed).isFalse();
            assertThat(reply.content().readAllBytes()).hasSize(1000);
            reply.close();
            assertThat(content.closed).as(control).isTrue();
            assertThat(cache.fresh(request("shared"))).isEmpty();
        }
    }

    @Test
    void contentThatNobodyComesForIsClosed() throws Exception {
        BlockingQueue<Runnable> refreshes = new ArrayBlockingQueue<>(1);
        HttpCache cache = origin.shared()
                .with(settings -> settings.timeSource(origin.time).executor(refreshes::add))
                .build();
        Thread first = new Thread(() -> {
            try {
                cache.answer(request("shared"), origin.says("Cache-Control: max-age=1, stale-while-revalidate=9"));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        first.start();
        refreshes.take().run();
        first.join();
        origin.passes(5);
        Content content = new Content(3);
        HttpReply stale = cache.answer(request("shared"), asked -> HttpReply.of(200, Fields.none(), content));
        assertThat(stale.fields().lines("Cache-Status").get(0)).contains("detail=stale");
        assertThat(content.closed).isFalse();
        refreshes.take().run();
        assertThat(content.closed)
                .as("the refresh is private, and its caller was answered")
                .isTrue();
    }

    @Test
    void anErrorThatAStaleResponseStandsInForIsClosed() throws InterruptedException {
        HttpCache cache = origin.shared().build();
        origin.says("Cache-Control: max-age=1, stale-if-error=9");
        origin.get(cache, null).close();
        origin.passes(5);
        Content content = new Content(3);
        HttpReply stale = cache.answer(request("shared"), asked -> HttpReply.of(500, Fields.none(), content));
        assertThat(stale.status()).isEqualTo(200);
        assertThat(content.closed).isTrue();
    }

    private static RequestHead request(String user) {
        RequestHead request = ScriptedOrigin.request("GET", "/a", Fields.none());
        return user.equals("shared") ? request : request.withScope(Scope.principal(user));
    }
}
