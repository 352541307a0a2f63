package dev.ratelimit.core.internal.queue;

import dev.ratelimit.Decision;

/** Takes the permits of a new request, without waiting. */
@FunctionalInterface
public interface PermitSource {

    /** Takes the permits at a reading of the clock, or none. */
    Decision at(long clock);
}
