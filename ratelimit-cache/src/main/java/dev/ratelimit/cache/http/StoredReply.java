package dev.ratelimit.cache.http;

import dev.ratelimit.cache.Freshness;
import java.util.List;
import java.util.Map;

/**
 * The result of a load in the form in which the cache holds it. It has content only if several callers may get it.
 *
 * @param head the status, and the fields that may be kept
 * @param content the content; empty if the reply is for one caller only
 * @param freshness how long it may be used, if at all
 */
@SuppressWarnings("ArrayRecordComponent") // these are never compared or changed
record StoredReply(ResponseHead head, byte[] content, Freshness freshness) {

    private static final int BYTES_PER_LINE = 100;
    private static final byte[] NOTHING = {};

    static StoredReply of(Judgement judgement, int status, byte[] content) {
        return new StoredReply(new ResponseHead(status, judgement.toKeep()), content, judgement.freshness());
    }

    /** Returns the entry for a reply that its own caller gets as a stream, or as an error. */
    static StoredReply ofOneCaller(Judgement judgement, int status, Freshness freshness) {
        return new StoredReply(new ResponseHead(status, judgement.toKeep()), NOTHING, freshness);
    }

    Fields fields() {
        return head.fields();
    }

    /** The approximate number of bytes of this reply in memory. */
    long bytes() {
        long bytes = content.length;
        for (Map.Entry<String, List<String>> field : head.fields().asMap().entrySet()) {
            for (String line : field.getValue()) {
                bytes += BYTES_PER_LINE + field.getKey().length() + line.length();
            }
        }
        return bytes;
    }

    HttpReply reply(Fields fields) {
        ByteRange all = new ByteRange(0, content.length);
        return HttpReply.whole(new ResponseHead(head.status(), fields), content, all);
    }
}
