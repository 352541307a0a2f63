package dev.ratelimit.core.internal.queue;

import dev.ratelimit.Decision;

/**
 * What a take from the budgets of a key came to.
 *
 * @param decision the answer; a refusal says after how many nanoseconds to try again, or that trying is in vain
 * @param cancellation gives the permits back if nobody uses them, as far as nobody was charged since who counts on it; to be run
 *     once at most, and only if they were taken
 */
public record TakeResult(Decision decision, Runnable cancellation) {}
