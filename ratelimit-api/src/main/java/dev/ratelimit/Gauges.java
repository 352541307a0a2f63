package dev.ratelimit;

import java.time.Duration;

/**
 * Gauges are the figures of a limiter at one moment, summed over all keys. They are meant for metrics.
 *
 * <p>The limiter reads them one after the other while requests go on, and scans all of its memory to do so. Read them
 * every few seconds, not with each request.
 *
 * @param waiting the number of calls that wait for permits or for leases
 * @param maxWait the time that the longest-waiting call has waited so far; zero if none waits
 * @param leases the number of leases held
 * @param debts the number of budgets in debt: a key counts once for each of its rates in debt, and once for a blackout
 *     that its policy began
 * @param saturation the share of the budgets that the limiter is sized for that are in debt, from 0; near 1, new keys
 *     find no place
 */
public record Gauges(long waiting, Duration maxWait, long leases, long debts, double saturation) {}
