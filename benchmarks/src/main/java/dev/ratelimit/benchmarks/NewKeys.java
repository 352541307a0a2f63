package dev.ratelimit.benchmarks;

import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/**
 * A source of strings of 36 characters that never repeat, the text of UUIDs.
 *
 * <p>Each thread has its own. The numbers are mixed from a counter, so that no two keys are the same by chance.
 */
@State(Scope.Thread)
public class NewKeys {

    private static final AtomicInteger SOURCES = new AtomicInteger();

    /** The top bits tell sources apart; the rest counts. */
    private long counter = (long) SOURCES.getAndIncrement() << 40;

    /** Starts a source of keys that no other source has. */
    public NewKeys() {}

    /**
     * Returns a key that no source returned before.
     *
     * @return the key, which has not been hashed yet
     */
    public String next() {
        // Mixing is one-to-one, so the first half alone tells any two counts apart.
        long first = mixed(counter++);
        return new UUID(first, mixed(first)).toString();
    }

    /** The finalizer of SplitMix64. */
    private static long mixed(long value) {
        long z = value + 0x9E3779B97F4A7C15L;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
