package dev.ratelimit.cache.http;

import dev.ratelimit.cache.Freshness;
import java.util.List;
import java.util.Map;

/**
 * What a load has brought, as the cache holds it. Only if it may be given to several callers is its content here.
 *
 * @param head the status, and the fields that may be kept
 * @param content the content; empty if the reply is for one caller only
 * @param freshness how long it may be used, if at all
 */
@SuppressWarnings("ArrayRecordComponent") // nobody compares these, or changes one
record StoredReply(ResponseHead head, byte[] content, Freshness freshness) {

    private static final int BYTES_PER_LINE = 100;
    private static final byte[] NOTHING = {};

    static StoredReply of(Judgement judgement, int status, byte[] content) {
        return new StoredReply(new ResponseHead(status, judgement.toKeep()), content, judgement.freshness());
    }

    /** A reply that goes to its own caller as a stream, or as an error. */
    static StoredReply ofOneCaller(Judgement judgement, int status, Freshness freshness) {
        return new StoredReply(new ResponseHead(status, judgement.toKeep()), NOTHING, freshness);
    }

    Fields fields() {
        return head.fields();
    }

    /** About how many bytes it takes to keep this. */
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
