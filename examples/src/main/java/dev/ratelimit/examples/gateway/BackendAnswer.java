package dev.ratelimit.examples.gateway;

import dev.ratelimit.cache.Freshness;
import dev.ratelimit.cache.http.Fields;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.util.List;
import java.util.Map;

/**
 * An answer of the backend: whole, so that it can be given to many, or still coming, for the one who has asked.
 *
 * @param status the status
 * @param fields the end-to-end header fields; of an answer that may be kept, only those that may be kept, too
 * @param length how many bytes the body has, or -1 if nobody has said
 * @param whole the body of an answer that is whole
 * @param coming the body of one that is still coming; empty otherwise
 * @param freshness how long the answer may be used
 */
@SuppressWarnings("ArrayRecordComponent") // nobody compares answers, or changes one
record BackendAnswer(int status, Fields fields, long length, byte[] whole, InputStream coming, Freshness freshness) {

    private static final int BYTES_PER_FIELD = 100;

    /** Returns an answer whose body is there. */
    static BackendAnswer whole(int status, Fields fields, byte[] body, Freshness freshness) {
        return new BackendAnswer(status, fields, body.length, body, InputStream.nullInputStream(), freshness);
    }

    /** Returns an answer that nobody else can have, because its body can be read only once. */
    static BackendAnswer coming(int status, Fields fields, long length, InputStream body) {
        return new BackendAnswer(status, fields, length, new byte[0], body, Freshness.uncacheable());
    }

    /** Returns the body, from its beginning if it is whole. */
    InputStream body() {
        return whole.length > 0 ? new ByteArrayInputStream(whole) : coming;
    }

    /** Returns about how many bytes it takes to keep the answer. */
    long bytes() {
        long bytes = whole.length;
        for (Map.Entry<String, List<String>> field : fields.asMap().entrySet()) {
            for (String line : field.getValue()) {
                bytes += BYTES_PER_FIELD + field.getKey().length() + line.length();
            }
        }
        return bytes;
    }
}
