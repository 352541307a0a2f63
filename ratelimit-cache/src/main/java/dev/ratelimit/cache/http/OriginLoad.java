package dev.ratelimit.cache.http;

import dev.ratelimit.cache.Cached;
import dev.ratelimit.cache.Freshness;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One caller's load of a response that may be kept. The parts for this caller alone, such as a stream and
 * {@code Set-Cookie}, do not go through the cache. The load leaves them in a {@link Handover} for the caller.
 */
final class OriginLoad {

    private final HttpCache.Setup setup;
    private final RequestHead request;
    private final boolean passConditions;
    private final Origin origin;
    private final Runnable forget;

    private final Handover own = new Handover();

    /**
     * @param passConditions whether the client's own conditions are forwarded to the origin if nothing is stored: no
     *     other caller waits for this load, so a 304 answers it as well as the whole response
     * @param forget removes the stored response if the resource no longer exists
     */
    OriginLoad(HttpCache.Setup setup, RequestHead request, boolean passConditions, Origin origin, Runnable forget) {
        this.setup = setup;
        this.request = request;
        this.passConditions = passConditions;
        this.origin = origin;
        this.forget = forget;
    }

    StoredReply load(@Nullable StoredReply stored) throws Exception {
        StoredReply before = stored != null && Preconditions.hasValidator(stored.fields()) ? stored : null;
        Fields whole = passConditions && before == null ? request.fields() : Preconditions.without(request.fields());
        Fields fields = before == null ? whole : Preconditions.validating(request.fields(), before.fields());
        Instant sent = setup.clock().instant();
        HttpReply reply = send(fields);
        try {
            Judgement judgement = judge(request, before == null ? null : before.head(), reply.head(), sent);
            if (judgement.action() == Judgement.Action.ASK_AGAIN) {
                reply.close();
                Instant again = setup.clock().instant();
                reply = send(whole);
                judgement = judge(request, null, reply.head(), again);
            }
            return take(reply, judgement, before);
        } catch (Exception | Error e) {
            reply.close();
            throw e;
        }
    }

    /**
     * Requests only the head, and passes it on. A head of the stored response updates it. A head of another response
     * removes the stored one (RFC 9111, section 4.3.5).
     */
    StoredReply head(@Nullable StoredReply stored) throws Exception {
        Instant sent = setup.clock().instant();
        HttpReply reply = send(request.fields());
        try {
            Judgement passed = judge(request, null, reply.head(), sent);
            if (stored == null || reply.status() != ResponseHead.OK) {
                return passOn(reply, passed);
            }
            if (!Preconditions.isHeadOf(reply, stored)) {
                forget.run();
                return passOn(reply, passed);
            }
            if (!Preconditions.isSameByValidator(reply.fields(), stored.fields())) {
                return passOn(reply, passed);
            }
            RequestHead get = new RequestHead("GET", request.target(), request.fields(), request.scope());
            ResponseHead notModified = new ResponseHead(ResponseHead.NOT_MODIFIED, reply.fields());
            Judgement renewed = judge(get, stored.head(), notModified, sent);
            StoredReply updated = StoredReply.of(renewed, stored.head().status(), stored.content());
            return leave(new Handover.Own(updated, passed.toSend(), reply.content(), false));
        } catch (Exception | Error e) {
            reply.close();
            throw e;
        }
    }

    private HttpReply send(Fields fields) throws Exception {
        HttpReply reply = origin.send(request.withFields(fields));
        return Objects.requireNonNull(reply, "the origin's reply");
    }

    private Judgement judge(RequestHead asked, @Nullable ResponseHead stored, ResponseHead response, Instant sent) {
        Duration delay = Duration.between(sent, setup.clock().instant());
        // If clients' directives are ignored, they do not decide what is kept either.
        RequestHead heard =
                setup.hearsClients() ? asked : asked.withFields(asked.fields().without("Cache-Control"));
        return setup.rules().judge(heard, stored, response, delay.isNegative() ? Duration.ZERO : delay);
    }

    private StoredReply take(HttpReply reply, Judgement judgement, @Nullable StoredReply before) throws Exception {
        return switch (judgement.action()) {
            case REFRESH -> {
                reply.close();
                StoredReply validated = Objects.requireNonNull(before);
                StoredReply updated = StoredReply.of(judgement, validated.head().status(), validated.content());
                yield leave(new Handover.Own(updated, judgement.toSend(), null, true));
            }
            case KEEP -> whole(reply, judgement);
            case FORGET -> {
                if (judgement.freshness().isGone()) {
                    yield whole(reply, judgement);
                }
                // Here, and not when the caller gets its reply, because a background refresh has no caller.
                forget.run();
                yield passOn(reply, judgement);
            }
            case SERVE_STALE -> alone(reply, judgement, reply.content(), Freshness.error());
            case PASS_ON, ASK_AGAIN -> passOn(reply, judgement);
        };
    }

    /**
     * Reads the content. If it is too long to be kept, returns it as a stream that begins with the bytes already read.
     */
    private StoredReply whole(HttpReply reply, Judgement judgement) throws Exception {
        int most = setup.maxContentBytes();
        long length = reply.length();
        if (length > most) {
            return passOn(reply, judgement);
        }
        byte[] content = reply.content().readNBytes(most + 1);
        if (content.length > most) {
            InputStream all = new SequenceInputStream(new ByteArrayInputStream(content), reply.content());
            return alone(reply, judgement, all, Freshness.uncacheable());
        }
        reply.close();
        if (length >= 0 && content.length != length) {
            // Incomplete content must not be kept as if it were complete (RFC 9111, section 3.3).
            throw new EOFException("the content ended after " + content.length + " of " + length + " bytes");
        }
        StoredReply stored = StoredReply.of(judgement, reply.status(), content);
        return leave(new Handover.Own(stored, judgement.toSend(), null, false));
    }

    private StoredReply passOn(HttpReply reply, Judgement judgement) {
        return alone(reply, judgement, reply.content(), Freshness.uncacheable());
    }

    private StoredReply alone(HttpReply reply, Judgement judgement, InputStream content, Freshness freshness) {
        StoredReply stored = StoredReply.ofOneCaller(judgement, reply.status(), freshness);
        return leave(new Handover.Own(stored, judgement.toSend(), content, false));
    }

    private StoredReply leave(Handover.Own brought) {
        own.leave(brought);
        return brought.stored();
    }

    /** Returns the load's result for its caller alone, if the answer is from this load. */
    Handover.@Nullable Own own(@Nullable Cached<StoredReply> answer) {
        return own.take(answer);
    }
}
