package dev.ratelimit.jdbc;

import dev.ratelimit.store.Deadline;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;

/**
 * The pause before another attempt: none at first, then longer ones of random length, so that competing transactions
 * separate.
 */
final class Pause {

    private static final int MAX_MICROS = 8192;

    private Pause() {}

    /** Pauses after a number of failed attempts, from 0. Throws if the deadline has passed. */
    static void before(int failed, Deadline deadline) {
        if (failed > 0) {
            int bound = Math.min(MAX_MICROS, 64 << Math.min(failed, 16));
            long nanos = 1000L * ThreadLocalRandom.current().nextInt(bound);
            LockSupport.parkNanos(Math.min(nanos, deadline.remainingNanos()));
        }
        if (deadline.hasPassed()) {
            throw Calls.late();
        }
    }
}
