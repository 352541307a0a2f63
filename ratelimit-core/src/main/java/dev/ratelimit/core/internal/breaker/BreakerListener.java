package dev.ratelimit.core.internal.breaker;

import java.time.Duration;

/**
 * A listener for the changes of a breaker's state, in their order, on the breaker's own thread. Exceptions that it
 * throws are ignored.
 */
public interface BreakerListener {

    /**
     * Called when calls are no longer permitted.
     *
     * @param cause the last failure
     */
    void opened(Throwable cause);

    /**
     * Called when a probe has succeeded, and calls are permitted again.
     *
     * @param open the time for which calls were not permitted
     */
    void closed(Duration open);
}
