package dev.ratelimit;

import java.time.Duration;

/**
 * Gauges are what a limiter holds at a moment, of all keys together: for metrics.
 *
 * <p>They are read one after the other, while others go on, and reading them goes through all of the limiter's memory. Read them
 * every few seconds, and not with each request.
 *
 * @param waiting how many calls wait, for permits or for leases
 * @param maxWait how long the call has waited that has waited longest; zero if none waits
 * @param leases how many leases are held
 * @param debts how many budgets are in debt: those of a key count once for each of its rates, and once for a blackout
 *     that its policy began
 * @param saturation the share of the budgets that the limiter is sized for that are in debt, from 0; near 1, new keys find no
 *     place
 */
public record Gauges(long waiting, Duration maxWait, long leases, long debts, double saturation) {}
