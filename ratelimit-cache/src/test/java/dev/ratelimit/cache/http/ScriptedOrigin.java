package dev.ratelimit.cache.http;

import dev.ratelimit.testing.ManualTime;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** An origin that answers as a script says, in virtual time, and notes what it was asked. */
public final class ScriptedOrigin implements Origin {

    /** Half a second after a full one, so that a date in whole seconds is never the time itself. */
    private static final Instant START = Instant.parse("2026-11-23T12:00:00.500Z");

    private static final Pattern DATE = Pattern.compile("\\{([+-]?\\d+)}");

    public final ManualTime time = new ManualTime();
    public final List<RequestHead> asked = new ArrayList<>();
    private final long begun = time.nanos();
    private HttpReply last = HttpReply.of(200, Fields.none(), new byte[0]);
    private String content = "";
    private boolean down;

    public ScriptedOrigin() {}

    public InstantSource clock() {
        return () -> START.plusNanos(time.nanos() - begun);
    }

    public HttpCacheBuilder shared() {
        return inVirtualTime(HttpCache.shared("test"));
    }

    public HttpCacheBuilder inVirtualTime(HttpCacheBuilder builder) {
        return builder.clock(clock())
                .with(cache -> cache.timeSource(time).executor(Runnable::run).jitter(0));
    }

    /** Answers by this from now on. */
    public ScriptedOrigin says(int status, @Nullable String fields, String content) {
        this.content = content;
        last = HttpReply.of(status, fields(fields), stream());
        down = false;
        return this;
    }

    public ScriptedOrigin says(@Nullable String fields) {
        return says(200, fields, "0123456789");
    }

    /** Does not answer from now on. */
    public ScriptedOrigin isDown() {
        down = true;
        return this;
    }

    /** Fields of a test, where a number in braces is a date: so many seconds from now. */
    public Fields fields(@Nullable String text) {
        String dated = text == null
                ? ""
                : DATE.matcher(text)
                        .replaceAll(match ->
                                HttpDate.format(clock().instant().plusSeconds(Long.parseLong(match.group(1)))));
        return dated.isBlank() ? Fields.none() : TestFields.parse(dated);
    }

    public void passes(long seconds) {
        time.advance(Duration.ofSeconds(seconds));
    }

    /** Answers as the script says; by 304 if that answer's entity tag or date is the condition. */
    @Override
    public HttpReply send(RequestHead request) throws IOException {
        asked.add(request);
        if (down) {
            throw new IOException("down");
        }
        Fields fields = last.fields();
        boolean matches = request.fields().contains("If-None-Match")
                ? request.fields().lines("If-None-Match").equals(fields.lines("ETag"))
                : request.fields().contains("If-Modified-Since")
                        && request.fields().lines("If-Modified-Since").equals(fields.lines("Last-Modified"));
        return matches && last.status() == 200
                ? HttpReply.of(304, fields, new byte[0])
                : HttpReply.of(last.status(), fields, stream());
    }

    private InputStream stream() {
        return new ByteArrayInputStream(content.getBytes(StandardCharsets.UTF_8));
    }

    public RequestHead lastAsked() {
        return asked.get(asked.size() - 1);
    }

    public static RequestHead request(String method, String path, Fields fields) {
        return new RequestHead(method, URI.create("http://shop.test" + path), fields);
    }

    public HttpReply get(HttpCache cache, @Nullable String fields) throws InterruptedException {
        return cache.answer(request("GET", "/a", fields(fields)), this);
    }

    public static String text(HttpReply reply) {
        try (HttpReply read = reply) {
            return new String(read.content().readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
