package dev.ratelimit.rate.tck;

import dev.ratelimit.rate.spi.RateStore;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The hooks that the author of a rate store implements for the tests.
 *
 * <p>Only {@link #createStore()} is required. A test that needs another hook is skipped, and its message names the
 * hook.
 */
public interface RateStoreHooks {

    /**
     * Returns an open store, on a new database or on the database of the last test. Each test closes its store.
     *
     * @return the store
     */
    RateStore createStore();

    /**
     * Returns another store on the database of the store that was created last, as another process would open it.
     *
     * @return the store, or empty if there can be none
     */
    default Optional<RateStore> secondStore() {
        return Optional.empty();
    }

    /**
     * Ends a store as a restart or a crash does, and opens it again on the same data.
     *
     * @param open the store that ends; all its calls have returned
     * @return the store after the restart, or empty if it is not durable
     */
    default Optional<RateStore> reopen(RateStore open) {
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
     * @return 50 ms as in R7.3, unless overridden
     */
    default Duration lateness() {
        return Duration.ofMillis(50);
    }

    /**
     * Lets time pass for the store: the tests sleep. Override it if the store's clock can be moved.
     *
     * @param time the duration, at most two seconds
     */
    default void advance(Duration time) {
        try {
            Thread.sleep(time.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Returns the microseconds that have passed for the store, as this test knows them: an instant of any epoch.
     *
     * @return the system's monotonic time, unless overridden together with {@link #advance}
     */
    default long micros() {
        return System.nanoTime() / 1000;
    }

    /**
     * Moves the store's clock back.
     *
     * @param time the duration
     * @return whether it was moved; if not, the test of R4.2 is skipped
     */
    default boolean setBack(Duration time) {
        return false;
    }

    /** Makes the store delete budgets that are full, now. */
    default void upkeep() {}

    /**
     * Returns the number of budgets in the database, including full ones.
     *
     * @return the number, or empty if it is unknown
     */
    default OptionalLong keptBudgets() {
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
