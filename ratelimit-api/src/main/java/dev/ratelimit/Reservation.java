package dev.ratelimit;

/**
 * A reservation of permits: taken now, to be used when they are due.
 *
 * <pre>{@code
 * Reservation reservation = limiter.reserve(userId, 2);
 * if (reservation.allowed()) {
 *     scheduler.schedule(work, reservation.decision().delayNanos(), NANOSECONDS);
 * }
 * }</pre>
 *
 * <p>The instant that was promised stays: calls that come later do not move it. A caller that uses the permits before they are due
 * exceeds the rate. Immutable but for its cancellation, and thread-safe.
 */
public interface Reservation {

    /**
     * Returns whether the permits were taken. If not, there is nothing to cancel.
     *
     * @return whether the permits are reserved
     */
    boolean allowed();

    /**
     * Returns the answer to the request, with the {@linkplain Decision#delay() delay} until the permits are due.
     *
     * @return the answer
     */
    Decision decision();

    /**
     * Returns when the permits are due.
     *
     * @return a reading of the limiter's {@link TimeSource}; only its difference to others means anything
     */
    long dueNanos();

    /**
     * Gives back permits that were not used, as far as later reservations do not count on them, so that no burst above
     * the capacity comes of it. All of them if nothing was taken since. Otherwise, under a policy of one rate, those beyond
     * what was taken since that are not forgiven by time yet; under one of several rates none. None, too, if the key was
     * reset, forgotten, or has another rate by now. Does nothing the second time, or if nothing was granted. What a
     * reservation that is not due yet did not give back is given back once all later ones are cancelled, too.
     *
     * <p>What was given back to a key meanwhile is counted together with other keys', so that memory stays fixed. If
     * one key in a hundred was given something back between the reservation and its cancellation, 0.01 % of cancellations
     * give back less than said here; if one in twenty was, 5 %. None ever gives back more.
     *
     * @return whether this call cancelled the reservation
     */
    boolean cancel();
}
