package dev.ratelimit.rate.spi;

import dev.ratelimit.store.Deadline;
import dev.ratelimit.store.StoreException;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Versioned values are texts under names, each of which can be replaced if it has not changed since it was read: the
 * three calls of a database or grid that {@link RateStores#compareAndSet} makes a rate store of.
 *
 * <p><b>Errors.</b> A method throws {@link StoreException}, which says whether the value may have changed. The
 * store takes any other exception of {@link #read} as {@code NOT_APPLIED}, and of the others as {@code INDETERMINATE}.
 *
 * <p><b>Thread-safety.</b> Many threads call all methods at once.
 */
public interface VersionedValues extends AutoCloseable {

    /**
     * A value as it was read.
     *
     * @param value the text; null if there is none, or it has expired
     * @param version identifies this value: any later value of the name has another one; ignored if there is no value
     * @param nowMicros the microseconds since the epoch by the clock of the engine, which all processes share
     */
    record Found(@Nullable String value, long version, long nowMicros) {}

    /**
     * Reads a value, and the clock.
     *
     * @param name the name: printable ASCII, at most {@link RateOperation#MAX_NAME_LENGTH} characters
     * @param deadline the deadline after which the caller stops waiting
     * @return what was found; a later {@code replace} compares with it
     */
    Found read(String name, Deadline deadline);

    /**
     * Stores a value under a name that has none.
     *
     * @param name the name
     * @param value the text, at most 1,000 characters
     * @param life how long it is needed; the engine removes it at some time after that
     * @param deadline the deadline after which the caller stops waiting
     * @return whether it was stored; false if the name has a value
     */
    boolean putIfAbsent(String name, String value, Duration life, Deadline deadline);

    /**
     * Replaces the value that was found, if the name still has it.
     *
     * @param name the name
     * @param found what {@link #read} returned, with a value
     * @param value the new text
     * @param life how long it is needed; the engine removes it at some time after that
     * @param deadline the deadline after which the caller stops waiting
     * @return whether it was replaced; false if the name has another value, or none
     */
    boolean replace(String name, Found found, String value, Duration life, Deadline deadline);

    /** Releases connections and threads. A second call does nothing. */
    @Override
    void close();

    /**
     * Returns a value that was found.
     *
     * @param value the text
     * @param version its version
     * @param nowMicros the engine's clock
     * @return what was found
     */
    static Found found(String value, long version, long nowMicros) {
        return new Found(Objects.requireNonNull(value, "value"), version, nowMicros);
    }

    /**
     * Returns the answer for a name without a value.
     *
     * @param nowMicros the engine's clock
     * @return what was found
     */
    static Found nothing(long nowMicros) {
        return new Found(null, 0, nowMicros);
    }
}
