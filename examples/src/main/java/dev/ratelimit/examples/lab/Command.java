package dev.ratelimit.examples.lab;

import dev.ratelimit.Rate;
import dev.ratelimit.examples.gateway.Caching;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What a command line asks for. */
sealed interface Command {

    /** The usage, and nothing else. */
    record Help() implements Command {}

    /**
     * The demonstration: a seeded mix of traffic, a table and a picture.
     *
     * @param port the gateway's port, or 0 for a free one
     * @param seed what fixes the traffic
     * @param length how long the traffic lasts
     * @param svg where the picture goes
     */
    record Demonstrate(int port, long seed, Duration length, Path svg) implements Command {}

    /**
     * The gateway alone, until it is stopped.
     *
     * @param port the gateway's port, or 0 for a free one
     * @param trustForwarded whether {@code X-Forwarded-For} is believed, from peers on this machine
     * @param quotas the file that keeps what is used of quotas, without the suffix that the database gives it
     * @param caching what answers that were kept cost
     */
    record StayUp(int port, boolean trustForwarded, Path quotas, Caching caching) implements Command {}

    /**
     * The replay of an access log.
     *
     * @param port the gateway's port, or 0 for a free one
     * @param log the log
     * @param rate the rate of each client address, in the log's time
     * @param speedUp how many seconds of the log pass in one, or null for as many as make a short replay
     */
    record ReplayLog(
            int port, Path log, Rate rate, @Nullable Double speedUp) implements Command {}
}
