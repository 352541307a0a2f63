package dev.ratelimit.cache.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Clients on threads of their own that ask for one address at once: which of them share an answer, and how much of it. */
@Timeout(60)
class HttpCacheIT {

    private static final int CLIENTS = 8;

    private final AtomicInteger asked = new AtomicInteger();
    private final CountDownLatch allWait = new CountDownLatch(1);
    private final ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
    private final HttpCache cache = HttpCache.shared("test").build();

    @AfterEach
    void stop() {
        allWait.countDown();
        clients.shutdownNow();
        cache.close();
    }

    @Test
    void whatMayBeKeptIsLoadedOnce() throws Exception {
        List<HttpReply> replies = askAtOnce(200, "max-age=60");
        assertThat(asked).hasValue(1);
        assertThat(replies).filteredOn(HttpReply::isFromCache).hasSize(CLIENTS - 1);
        assertThat(replies)
                .allSatisfy(reply -> assertThat(ScriptedOrigin.text(reply)).isEqualTo("page 1"));
    }

    /** RFC 9111, section 5.2.2.4: each answer needs the origin's word, so none is another client's. */
    @Test
    void whatMustBeValidatedEachTimeIsNotShared() throws Exception {
        List<HttpReply> replies = askAtOnce(200, "no-cache");
        assertThat(asked).hasValue(CLIENTS);
        assertThat(replies).noneMatch(HttpReply::isFromCache);
    }

    @Test
    void whatIsPrivateIsNotShared() throws Exception {
        List<HttpReply> replies = askAtOnce(200, "private, max-age=60");
        assertThat(asked).hasValue(CLIENTS);
        assertThat(replies).extracting(ScriptedOrigin::text).doesNotHaveDuplicates();
    }

    /** The content of an error may be meant for the client whose request it was. */
    @Test
    void anErrorIsSharedByItsStatusOnly() throws Exception {
        List<HttpReply> replies = askAtOnce(503, "no-store");
        assertThat(asked).hasValue(1);
        assertThat(replies).allMatch(reply -> reply.status() == 503);
        assertThat(replies).extracting(ScriptedOrigin::text).containsOnlyOnce("page 1");
        assertThat(replies).filteredOn(reply -> reply.fields().contains("Own")).hasSize(1);
    }

    @Test
    void aClientThatIsInterruptedLeavesAndWhatComesForItIsClosed() throws Exception {
        CountDownLatch asks = new CountDownLatch(1);
        CountDownLatch closed = new CountDownLatch(1);
        Future<HttpReply> client = clients.submit(() -> cache.answer(request(), head -> {
            asks.countDown();
            allWait.await();
            return HttpReply.of(200, Fields.none(), new ByteArrayInputStream(new byte[1]) {
                @Override
                public void close() {
                    closed.countDown();
                }
            });
        }));
        asks.await();
        clients.shutdownNow();
        assertThatThrownBy(client::get)
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(InterruptedException.class);
        allWait.countDown();
        closed.await();
    }

    private static RequestHead request() {
        return ScriptedOrigin.request("GET", "/a", Fields.none());
    }

    /** The origin answers once all clients have joined the first one's load. */
    private List<HttpReply> askAtOnce(int status, String control) throws Exception {
        Origin origin = head -> {
            int number = asked.incrementAndGet();
            allWait.await();
            Fields fields =
                    TestFields.parse("ETag: \"" + number + "\"; Own: " + number + "; Cache-Control: " + control);
            byte[] content = ("page " + number).getBytes(StandardCharsets.US_ASCII);
            return HttpReply.of(status, fields, new ByteArrayInputStream(content));
        };
        List<Future<HttpReply>> answers = new ArrayList<>();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            answers.add(clients.submit(() -> {
                synchronized (threads) {
                    threads.add(Thread.currentThread());
                }
                return cache.answer(request(), origin);
            }));
        }
        while (!allWaitIn(threads)) {
            Thread.sleep(1);
        }
        allWait.countDown();
        List<HttpReply> replies = new ArrayList<>();
        for (Future<HttpReply> answer : answers) {
            replies.add(answer.get());
        }
        return replies;
    }

    private static boolean allWaitIn(List<Thread> threads) {
        synchronized (threads) {
            return threads.size() == CLIENTS
                    && threads.stream()
                            .allMatch(thread -> thread.getState() == Thread.State.WAITING
                                    || thread.getState() == Thread.State.TIMED_WAITING);
        }
    }
}
