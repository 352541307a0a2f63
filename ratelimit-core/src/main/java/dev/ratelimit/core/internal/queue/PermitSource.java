package dev.ratelimit.core.internal.queue;

import dev.ratelimit.Decision;

/** Takes the permits that a newcomer asks for, without waiting. */
@FunctionalInterface
public interface PermitSource {

    /** Takes them at a reading of the clock, or not at all. */
    Decision at(long clock);
}
