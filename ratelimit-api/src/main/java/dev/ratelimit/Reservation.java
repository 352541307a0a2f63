package dev.ratelimit;

/**
 * A reservation is a number of permits that the caller takes now, to be used when they are due.
 *
 * <pre>{@code
 * Reservation reservation = limiter.reserve(userId, 2);
 * if (reservation.allowed()) {
 *     scheduler.schedule(work, reservation.decision().delayNanos(), NANOSECONDS);
 * }
 * }</pre>
 *
 * <p>The due instant is fixed: later calls do not move it. A caller that uses the permits before they are due exceeds
 * the rate. Immutable except for its cancellation, and thread-safe.
 */
public interface Reservation {

    /**
     * Returns whether the permits were taken. If not, {@link #cancel()} does nothing.
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
     * Cancels the reservation and gives back unused permits, as far as this cannot cause a burst above the capacity.
     * <ul>
     * <li>If no permits were taken since, all permits of this reservation are given back.
     * <li>Otherwise, under a policy of one rate: its permits that the refill has not made up yet, less those taken
     * since.
     * <li>Otherwise, under a policy of several rates: none.
     * <li>If the key was reset or forgotten, or has another rate by now: none.
     * </ul>
     *
     * <p>A reservation that is not due yet gives its remaining permits back once all later reservations are cancelled,
     * too. A second call does nothing, and neither does a call of a refused reservation.
     *
     * <p>To keep memory fixed, the limiter counts the permits given back for several keys together. So some
     * cancellations give back less than said here: 0.01 % of them if one key in a hundred got permits back between the
     * reservation and its cancellation, and 5 % if one key in twenty did. None ever gives back more.
     *
     * @return whether this call cancelled the reservation
     */
    boolean cancel();
}
