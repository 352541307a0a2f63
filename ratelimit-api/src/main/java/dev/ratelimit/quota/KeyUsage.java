package dev.ratelimit.quota;

import java.time.Instant;
import java.util.Objects;

/**
 * A key usage is the amount of a quota that one key has used in one window, as an entry of an operator's list.
 * Immutable and thread-safe.
 *
 * @param key the key that callers gave to the service; only its beginning if it is shortened
 * @param shortened whether the key had more than 255 bytes, so that the store has only its beginning and a hash
 * @param length the length of the window, such as {@code 1mo}: see {@link CalendarWindow#length()}
 * @param start the instant at which the window starts
 * @param used the amount counted, more than zero
 */
public record KeyUsage(String key, boolean shortened, String length, Instant start, long used) {

    /**
     * Creates a usage.
     *
     * @param key the key, or its beginning
     * @param shortened whether {@code key} is only the beginning
     * @param length the length of the window
     * @param start the instant at which the window starts
     * @param used the amount counted
     */
    public KeyUsage {
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(length, "length");
        Objects.requireNonNull(start, "start");
    }
}
