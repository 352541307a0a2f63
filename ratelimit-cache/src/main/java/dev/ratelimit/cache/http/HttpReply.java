package dev.ratelimit.cache.http;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP reply is a response with its content: whole in memory, or a stream that is read once.
 *
 * <p>A reply of a stream holds the origin's connection until it is closed; the caller closes each reply that it gets. A
 * reply is read by one thread. No parameter and no result is null.
 */
public final class HttpReply implements AutoCloseable {

    private static final long UNKNOWN = -1;

    private final ResponseHead head;
    private final byte @Nullable [] whole;
    private final int from;
    private final int length;
    private final InputStream stream;
    private final boolean fromCache;
    private final @Nullable Throwable failure;

    private HttpReply(
            ResponseHead head,
            byte @Nullable [] whole,
            ByteRange range,
            InputStream stream,
            boolean fromCache,
            @Nullable Throwable failure) {
        this.head = head;
        this.whole = whole;
        this.from = range.first();
        this.length = range.end() - range.first();
        this.stream = stream;
        this.fromCache = fromCache;
        this.failure = failure;
    }

    /**
     * Returns a reply whose content is in memory.
     *
     * @param status the status
     * @param fields the fields
     * @param content the content; not copied, and not to be changed afterwards
     * @return the reply
     */
    public static HttpReply of(int status, Fields fields, byte[] content) {
        return whole(new ResponseHead(status, fields), content, new ByteRange(0, content.length));
    }

    /**
     * Returns a reply whose content is a stream.
     *
     * @param status the status
     * @param fields the fields, with {@code Content-Length} if the length is known
     * @param content the content, read once and closed with the reply
     * @return the reply
     */
    public static HttpReply of(int status, Fields fields, InputStream content) {
        return streaming(new ResponseHead(status, fields), content);
    }

    static HttpReply whole(ResponseHead head, byte[] content, ByteRange range) {
        InputStream stream = new ByteArrayInputStream(content, range.first(), range.end() - range.first());
        return new HttpReply(head, content, range, stream, false, null);
    }

    static HttpReply streaming(ResponseHead head, InputStream content) {
        return new HttpReply(head, null, new ByteRange(0, 0), Objects.requireNonNull(content, "content"), false, null);
    }

    HttpReply withFields(Fields fields) {
        ByteRange range = new ByteRange(from, from + length);
        return new HttpReply(head.withFields(fields), whole, range, stream, fromCache, failure);
    }

    HttpReply withField(String name, String value) {
        return withFields(fields().with(name, value));
    }

    HttpReply answeredFromCache() {
        return new HttpReply(head, whole, new ByteRange(from, from + length), stream, true, failure);
    }

    HttpReply because(Throwable reason) {
        return new HttpReply(head, whole, new ByteRange(from, from + length), stream, fromCache, reason);
    }

    /** The same head with no content, as for HEAD and 304; the stream is closed. */
    HttpReply withoutContent(int status, Fields fields) {
        close();
        return new HttpReply(
                new ResponseHead(status, fields),
                new byte[0],
                new ByteRange(0, 0),
                InputStream.nullInputStream(),
                fromCache,
                failure);
    }

    /**
     * Returns the status.
     *
     * @return the status
     */
    public int status() {
        return head.status();
    }

    /**
     * Returns the fields.
     *
     * @return the fields
     */
    public Fields fields() {
        return head.fields();
    }

    ResponseHead head() {
        return head;
    }

    /**
     * Returns the number of bytes of the content; for the origin's answer to HEAD, the number that GET would have.
     *
     * @return the number of bytes; −1 if it is not known yet
     */
    public long length() {
        if (whole != null) {
            return length;
        }
        return head.fields()
                .first("Content-Length")
                .map(String::strip)
                .filter(text -> CacheControl.isDigits(text) && text.length() < 19)
                .map(Long::parseLong)
                .orElse(UNKNOWN);
    }

    /**
     * Returns the content, which is read once.
     *
     * @return the content; empty for an answer to HEAD and for 304
     */
    public InputStream content() {
        return stream;
    }

    /**
     * Writes the content and closes this reply.
     *
     * @param target the stream to write to; not closed
     * @throws IOException if the origin or the target fails; the content is then incomplete
     */
    public void writeTo(OutputStream target) throws IOException {
        try (InputStream content = stream) {
            content.transferTo(target);
        }
    }

    /**
     * Returns whether this caller caused no call of the origin: the answer was in the cache, or another caller's load
     * returned it.
     *
     * @return whether the origin was not called for this caller
     */
    public boolean isFromCache() {
        return fromCache;
    }

    /**
     * Returns the reason why the cache itself made this reply, such as a 502 or 504 if the origin could not be reached.
     *
     * @return the failure; empty if the reply is the origin's
     */
    public Optional<Throwable> failure() {
        return Optional.ofNullable(failure);
    }

    /**
     * Returns this reply without {@code Date}, for servers that write their own. {@code Expires} counts from
     * {@code Date}, so a reply with only {@code Expires} also gets {@code max-age}, which counts from {@code Age}.
     *
     * @param now the current instant
     * @return a reply whose lifetime does not depend on the date that the server writes
     */
    public HttpReply undated(Instant now) {
        Optional<Instant> date = fields().first("Date").flatMap(text -> HttpDate.parse(text, now));
        Optional<Instant> end = fields().first("Expires").flatMap(text -> HttpDate.parse(text, now));
        Fields fields = fields().without("Date");
        if (date.isEmpty() || end.isEmpty() || fields.contains("Cache-Control")) {
            return withFields(fields);
        }
        long seconds = Math.max(0, end.get().getEpochSecond() - date.get().getEpochSecond());
        return withFields(fields.with("Cache-Control", "max-age=" + seconds));
    }

    /** Closes the stream from the origin if the content is not read to its end; otherwise does nothing. Never fails. */
    @Override
    public void close() {
        try {
            stream.close();
        } catch (IOException | RuntimeException e) {
            // The stream is not read any more, so its failure does not matter.
            return;
        }
    }

    @Override
    public String toString() {
        return "HttpReply[" + status() + ", " + (length() == UNKNOWN ? "?" : length()) + " bytes]";
    }
}
