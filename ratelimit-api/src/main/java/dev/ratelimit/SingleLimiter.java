package dev.ratelimit;

/**
 * A rate limiter without a key: one budget of permits, which refills continuously, for all callers together.
 *
 * <p>It guards a node or a backend as a whole.
 *
 * <pre>{@code
 * SingleLimiter node = Limiters.single(Rate.perSecond(20_000));
 * if (!node.tryAcquire()) return serviceBusy();
 * }</pre>
 *
 * <p><b>Waiting.</b> No method waits for permits. <b>Errors.</b> Zero or negative permits are an
 * {@link IllegalArgumentException}, and change nothing. <b>Thread-safety.</b> All methods may be called by any number
 * of threads, and are linearizable.
 */
public interface SingleLimiter {

    /**
     * Takes one permit, if it is there now. Never waits.
     *
     * @return whether the permit was taken
     */
    boolean tryAcquire();

    /**
     * Takes permits, if all are there now; otherwise takes none. Never waits.
     *
     * @param permits how many, at least 1; more than the capacity are never granted
     * @return whether the permits were taken
     */
    boolean tryAcquire(long permits);

    /**
     * Takes one permit as {@link #tryAcquire()} does, and says more about the answer.
     *
     * @return the answer; what remains is counted after the permit was taken
     */
    Decision decide();

    /**
     * Takes permits as {@link #tryAcquire(long)} does, and says more about the answer.
     *
     * @param permits how many, at least 1
     * @return the answer; what remains is counted after the permits were taken
     */
    Decision decide(long permits);

    /**
     * Says whether one permit could be taken now, and takes nothing.
     *
     * @return the answer that {@link #decide()} would give, with what remains counted before any is taken
     */
    Decision peek();

    /**
     * Says whether so many permits could be taken now, and takes nothing.
     *
     * @param permits how many, at least 1
     * @return the answer that {@link #decide(long)} would give, with what remains counted before any is taken
     */
    Decision peek(long permits);

    /**
     * Gives back permits that were taken and not used. The budget never exceeds its capacity: what would, is lost.
     *
     * @param permits how many, from 1 to the capacity
     * @throws IllegalArgumentException if the permits are more than the capacity, which no single call can have taken
     */
    void refund(long permits);

    /** Fills the budget, as if no permit had ever been taken. */
    void reset();

    /**
     * Returns the rate.
     *
     * @return the rate, as it was given
     */
    Rate rate();

    /**
     * Returns this limiter as a limit for requests of any type, all of which share its budget.
     *
     * @param <R> the type of the requests
     * @return the limit, on the same budget; the policy of its decisions is {@link Decision#DEFAULT_POLICY}
     */
    default <R> Limit<R> forAll() {
        return forAll(Decision.DEFAULT_POLICY);
    }

    /**
     * Returns this limiter as a limit for requests of any type, all of which share its budget.
     *
     * @param policy the name by which its decisions say that they are this limiter's; not empty, and without control
     *     characters
     * @param <R> the type of the requests
     * @return the limit, on the same budget
     * @throws IllegalArgumentException if the name is empty or has control characters
     */
    default <R> Limit<R> forAll(String policy) {
        return SharedLimit.of(this, policy);
    }
}
