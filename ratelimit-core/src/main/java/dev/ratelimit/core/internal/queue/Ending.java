package dev.ratelimit.core.internal.queue;

import dev.ratelimit.Decision;

/** The end of the wait of a stage. Exactly one of the methods is called, once. */
public interface Ending {

    /** Called when its turn has come, or it is refused. */
    void answered(Decision decision);

    /** Called when its caller gave up before the answer was delivered. */
    void withdrawn();
}
