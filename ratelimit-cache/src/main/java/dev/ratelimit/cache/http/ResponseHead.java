package dev.ratelimit.cache.http;

import java.util.Objects;

/**
 * A response head is a response without its content: the status and the fields.
 *
 * <p>Immutable and thread-safe.
 *
 * @param status the status, of three digits
 * @param fields the fields, not null
 */
public record ResponseHead(int status, Fields fields) {

    static final int OK = 200;
    static final int PARTIAL = 206;
    static final int NOT_MODIFIED = 304;
    static final int UNSATISFIABLE = 416;

    /**
     * Creates a response head.
     *
     * @param status the status
     * @param fields the fields
     */
    public ResponseHead {
        Objects.requireNonNull(fields, "fields");
    }

    ResponseHead withFields(Fields others) {
        return new ResponseHead(status, others);
    }
}
