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
 * One caller's load of what may be kept. What the load brings for this caller alone, as a stream and {@code
 * Set-Cookie}, does not go through the cache, but waits for the caller in a {@link Handover}.
 */
final class OriginLoad {

    private final HttpCache.Setup setup;
    private final RequestHead request;
    private final boolean passConditions;
    private final Origin origin;
    private final Runnable forget;

    private final Handover own = new Handover();

    /**
     * @param passConditions whether the client's own conditions go on to the origin if nothing is stored: no other
     *     caller waits for this load, so a 304 is as good as the whole
     * @param forget forgets what is stored, if there is nothing at the address any more
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
     * Asks for the head alone, and sends it on. If it is that of the stored response, it renews it; if it is of another one, that is
     * forgotten (RFC 9111, section 4.3.5).
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
        // Where clients' directives do not count, they do not decide what is kept either.
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
                // Here, and not where the caller gets its reply: a background refresh has no caller.
                forget.run();
                yield passOn(reply, judgement);
            }
            case SERVE_STALE -> alone(reply, judgement, reply.content(), Freshness.error());
            case PASS_ON, ASK_AGAIN -> passOn(reply, judgement);
        };
    }

    /**
     * Reads the content, unless it is longer than what is kept: then it goes on as a stream, with what was read in
     * front.
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
            // What is not whole must not be kept as if it were (RFC 9111, section 3.3).
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

    /** What the load has brought for its caller alone, if the answer is this load's. */
    Handover.@Nullable Own own(@Nullable Cached<StoredReply> answer) {
        return own.take(answer);
    }
}
