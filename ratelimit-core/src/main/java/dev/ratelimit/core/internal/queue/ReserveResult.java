package dev.ratelimit.core.internal.queue;

import dev.ratelimit.Decision;
import org.jspecify.annotations.Nullable;

/**
 * What became of a reservation.
 *
 * @param decision the answer
 * @param promise what was promised for later; null if the permits were taken now, or refused
 */
public record ReserveResult(Decision decision, @Nullable PendingReservation promise) {}
