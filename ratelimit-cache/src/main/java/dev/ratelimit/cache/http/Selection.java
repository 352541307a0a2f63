package dev.ratelimit.cache.http;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The selection of a part of a reply for a request: the whole reply, a 304 if the client already has it, the head only,
 * or a range.
 */
final class Selection {

    /** The fields that describe content; a 304 has no content (RFC 9110, section 15.4.5). */
    private static final List<String> OF_CONTENT =
            List.of("Content-Length", "Content-Type", "Content-Encoding", "Content-Language", "Content-Range");

    private static final String CONTENT_LENGTH = "Content-Length";
    private static final int NO_CONTENT = 204;

    private Selection() {}

    /**
     * Selects from a reply whose content is a stream. Its length may be unknown, so a request for a range gets the
     * whole content.
     */
    static HttpReply of(HttpReply reply, RequestHead request, Instant now) {
        return clientHasIt(reply, request, now) ? notModified(reply) : reply;
    }

    /** Selects from a reply whose content is in memory. */
    static HttpReply of(HttpReply reply, StoredReply stored, RequestHead request, Instant now) {
        if (clientHasIt(reply, request, now)) {
            return notModified(reply);
        }
        int length = stored.content().length;
        Fields fields = reply.status() == NO_CONTENT
                ? reply.fields()
                : reply.fields().replaced(CONTENT_LENGTH, Integer.toString(length));
        if (request.isHead()) {
            return reply.withoutContent(reply.status(), fields);
        }
        Optional<ByteRange> range =
                reply.status() == ResponseHead.OK && Preconditions.rangeApplies(request.fields(), reply.fields())
                        ? ByteRange.of(request.fields(), length)
                        : Optional.empty();
        return range.map(bytes -> part(reply, stored, fields, bytes)).orElseGet(() -> reply.withFields(fields));
    }

    private static HttpReply part(HttpReply reply, StoredReply stored, Fields fields, ByteRange bytes) {
        Fields named = fields.replaced("Content-Range", bytes.of(stored.content().length));
        if (!bytes.isSatisfiable()) {
            return reply.withoutContent(ResponseHead.UNSATISFIABLE, named.replaced(CONTENT_LENGTH, "0"));
        }
        Fields counted = named.replaced(CONTENT_LENGTH, Integer.toString(bytes.end() - bytes.first()));
        HttpReply part = HttpReply.whole(new ResponseHead(ResponseHead.PARTIAL, counted), stored.content(), bytes);
        return reply.isFromCache() ? part.answeredFromCache() : part;
    }

    private static boolean clientHasIt(HttpReply reply, RequestHead request, Instant now) {
        return reply.status() == ResponseHead.OK
                && Preconditions.arePresent(request.fields())
                && Preconditions.clientHasIt(request.fields(), reply.fields(), now);
    }

    private static HttpReply notModified(HttpReply reply) {
        Fields fields = reply.fields();
        for (String name : OF_CONTENT) {
            fields = fields.without(name);
        }
        return reply.withoutContent(ResponseHead.NOT_MODIFIED, fields);
    }
}
