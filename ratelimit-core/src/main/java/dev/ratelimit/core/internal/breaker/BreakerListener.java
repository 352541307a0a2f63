package dev.ratelimit.core.internal.breaker;

import java.time.Duration;

/** Told of each change of a breaker's state, in their order, on the breaker's own thread. What it throws is ignored. */
public interface BreakerListener {

    /**
     * Told that nobody calls any more.
     *
     * @param cause the last failure
     */
    void opened(Throwable cause);

    /**
     * Told that a probe succeeded, and that callers call again.
     *
     * @param open how long nobody called
     */
    void closed(Duration open);
}
