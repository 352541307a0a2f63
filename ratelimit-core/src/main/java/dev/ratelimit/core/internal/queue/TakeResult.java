package dev.ratelimit.core.internal.queue;

import dev.ratelimit.Decision;

/**
 * The result of taking permits from the budgets of a key.
 *
 * @param decision the decision; a refusal has the nanoseconds after which to try again, or says that no retry can
 *     succeed
 * @param cancellation gives unused permits back, as far as later charges do not depend on them; to be run at most once,
 *     and only if permits were taken
 */
public record TakeResult(Decision decision, Runnable cancellation) {}
