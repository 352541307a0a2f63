package dev.ratelimit.core.internal.queue;

import dev.ratelimit.Decision;
import org.jspecify.annotations.Nullable;

/**
 * The result of a request for a reservation.
 *
 * @param decision the decision
 * @param promise the pending reservation; null if the permits were taken now, or refused
 */
public record ReserveResult(Decision decision, @Nullable PendingReservation promise) {}
