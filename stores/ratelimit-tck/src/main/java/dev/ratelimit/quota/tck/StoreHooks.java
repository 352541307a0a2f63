package dev.ratelimit.quota.tck;

import dev.ratelimit.quota.spi.QuotaStore;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The hooks that the author of a store implements for the tests.
 *
 * <p>Only {@link #createStore()} is required. A test that needs another hook is skipped, and its message names the
 * hook.
 */
public interface StoreHooks {

    /**
     * Returns an open store, on a new database or on the database of the last test. Each test closes its store.
     *
     * @return the store
     */
    QuotaStore createStore();

    /**
     * Returns another store on the database of the store that was created last, as another process would open it.
     *
     * @return the store, or empty if there can be none
     */
    default Optional<QuotaStore> secondStore() {
        return Optional.empty();
    }

    /**
     * Ends a store as a restart or a crash does, and opens it again on the same data.
     *
     * @param open the store that ends; all its calls have returned
     * @return the store after the restart, or empty if it is not durable
     */
    default Optional<QuotaStore> reopen(QuotaStore open) {
        return Optional.empty();
    }

    /**
     * Returns how long a call may take without a fault.
     *
     * @return five seconds, unless overridden
     */
    default Duration deadline() {
        return Duration.ofSeconds(5);
    }

    /**
     * Returns how long to wait for events without a fixed time: an upkeep, a reconnect, the end of a race.
     *
     * @return half a minute, unless overridden
     */
    default Duration patience() {
        return Duration.ofSeconds(30);
    }

    /**
     * Returns how much later than its deadline a call may end.
     *
     * @return 50 ms as in S7.3, unless overridden
     */
    default Duration lateness() {
        return Duration.ofMillis(50);
    }

    /**
     * Returns the current time of the store.
     *
     * @return the system's time, unless overridden
     */
    default Instant now() {
        return Instant.now();
    }

    /**
     * Advances the store's time, at most five seconds at once. Override it together with {@link #now()} if the store's
     * clock can be moved.
     *
     * @param time the duration
     * @return whether the time has passed; if not, tests of S4 are skipped
     */
    default boolean advance(Duration time) {
        try {
            Thread.sleep(time.toMillis());
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Makes the store delete expired counters now. */
    default void upkeep() {}

    /**
     * Returns the number of counters in the database, including expired ones.
     *
     * @return the number, or empty if it is unknown
     */
    default OptionalLong keptCounters() {
        return OptionalLong.empty();
    }

    /**
     * Cuts the stores off from their server until {@link #restore()}, like a network that drops all packets: requests
     * get neither an answer nor an error.
     *
     * @return whether the stores are cut off; if not, tests of faults are skipped
     */
    default boolean cut() {
        return false;
    }

    /** Undoes {@link #cut()}. */
    default void restore() {}
}
