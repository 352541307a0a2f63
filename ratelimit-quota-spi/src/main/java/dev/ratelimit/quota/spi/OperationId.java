package dev.ratelimit.quota.spi;

import java.util.Objects;
import java.util.UUID;

/**
 * An operation id tells a retry from a new operation. It consists of the holder that sends the operation, and the
 * holder's number of it.
 *
 * <p>Together with the counter it is unique. A holder numbers its operations from 1 upwards, and may have many under
 * way at once, in any order.
 *
 * @param holder the id of a process, from its start to its end
 * @param sequence the number of the operation, from 1
 */
public record OperationId(UUID holder, long sequence) {

    /**
     * Creates an id.
     *
     * @param holder the id of a process, from its start to its end
     * @param sequence the number of the operation, from 1
     * @throws IllegalArgumentException if the sequence is less than 1
     */
    public OperationId {
        Objects.requireNonNull(holder, "holder");
        if (sequence < 1) {
            throw new IllegalArgumentException("sequence must be at least 1, but was " + sequence);
        }
    }
}
