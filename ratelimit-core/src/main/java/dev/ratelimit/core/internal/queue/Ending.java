package dev.ratelimit.core.internal.queue;

import dev.ratelimit.Decision;

/** How the wait of a stage ends: one of these, once. */
public interface Ending {

    /** Its turn has come, or it is refused. */
    void answered(Decision decision);

    /** Its caller gave up before it was told. */
    void withdrawn();
}
