package dev.ratelimit.quota;

import java.time.Instant;
import java.util.Objects;

/**
 * A key usage is what one key has used of a quota in one window, as an operator's list has it. Immutable and
 * thread-safe.
 *
 * @param key the key, as the service was asked with; only its beginning if it is shortened
 * @param shortened whether the key had more than 255 bytes, of which the store has the beginning and a hash
 * @param length the length of the window, such as {@code 1mo}: see {@link CalendarWindow#length()}
 * @param start when the window starts
 * @param used the amount counted, more than zero
 */
public record KeyUsage(String key, boolean shortened, String length, Instant start, long used) {

    /**
     * Creates a usage.
     *
     * @param key the key, or its beginning
     * @param shortened whether it is only the beginning
     * @param length the length of the window
     * @param start when the window starts
     * @param used the amount counted
     */
    public KeyUsage {
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(length, "length");
        Objects.requireNonNull(start, "start");
    }
}
