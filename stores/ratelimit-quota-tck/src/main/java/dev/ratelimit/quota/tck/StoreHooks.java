package dev.ratelimit.quota.tck;

import dev.ratelimit.quota.spi.QuotaStore;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What the tests ask of a store's author: a store, and whatever else can be offered.
 *
 * <p>Only {@link #createStore()} must be there. A test that needs more than is offered is skipped, and says what it missed.
 */
public interface StoreHooks {

    /**
     * Returns a store that is open: on a new database, or on the one that the last test had. Each test closes its own.
     *
     * @return the store
     */
    QuotaStore createStore();

    /**
     * Returns another store on the same database as the one that was created last, as another process has it.
     *
     * @return the store, or empty if there can be none
     */
    default Optional<QuotaStore> secondStore() {
        return Optional.empty();
    }

    /**
     * Ends a store as a restart or a crash does, and opens it again on what it kept.
     *
     * @param open the store that ends; all its calls have returned
     * @return the store after the restart, or empty if nothing outlives it
     */
    default Optional<QuotaStore> reopen(QuotaStore open) {
        return Optional.empty();
    }

    /**
     * Returns how long a call may take where nothing is broken.
     *
     * @return five seconds, unless overridden
     */
    default Duration deadline() {
        return Duration.ofSeconds(5);
    }

    /**
     * Returns how long to wait for what happens at some time: an upkeep, a connection that comes back, the end of a race.
     *
     * @return half a minute, unless overridden
     */
    default Duration patience() {
        return Duration.ofSeconds(30);
    }

    /**
     * Returns how much later than its deadline a call may end.
     *
     * @return what S7.3 says: 50 ms, unless overridden
     */
    default Duration lateness() {
        return Duration.ofMillis(50);
    }

    /**
     * Returns what time it is for the store.
     *
     * @return the system's time, unless overridden
     */
    default Instant now() {
        return Instant.now();
    }

    /**
     * Lets time go by for the store: never more than five seconds at once. Override it if the store's clock can be moved,
     * and {@link #now()} with it.
     *
     * @param time how much
     * @return whether it has gone by; if not, tests of S4 are skipped
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

    /**
     * Lets the store do now what it does at some time: forget what has expired.
     */
    default void upkeep() {}

    /**
     * Returns how many counters the database holds, expired ones included.
     *
     * @return the number, or empty if it cannot be told
     */
    default OptionalLong keptCounters() {
        return OptionalLong.empty();
    }

    /**
     * Cuts the stores off from what they depend on, as a network does that swallows everything: requests get no answer, and
     * no error either. Until {@link #restore()}.
     *
     * @return whether it was done; if not, tests of faults are skipped
     */
    default boolean cut() {
        return false;
    }

    /** Undoes {@link #cut()}. */
    default void restore() {}
}
