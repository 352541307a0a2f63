package dev.ratelimit.core.internal.queue;

import dev.ratelimit.Decision;

/**
 * The budgets that one policy gives every key, as the queue of a key sees them.
 *
 * <p>A budget is charged only for permits that have departed, and not for those that have yet to depart. Debts are in
 * units of their {@link Scale}.
 */
public interface PolicyAccount {

    /** Returns the number of rates. */
    int rates();

    /** Returns the units of a rate, by its index. */
    Scale scale(int rate);

    /** Returns the debt of a key at a rate, at a reading of the clock. */
    long debt(int rate, long key, long clock);

    /** Converts the debts of a key, which other budgets may have left, to these rates. */
    void adopt(long key, long clock);

    /** Takes permits from all rates, or from none. */
    TakeResult take(long key, long permits, long clock);

    /** Gives permits back to all rates, up to full budgets. */
    void refund(long key, long permits, long clock);

    /**
     * Charges all rates for permits that depart at an instant, even if the budgets do not have them.
     *
     * @return cancels the charge, as far as later charges do not depend on it; to be run at most once
     */
    Runnable charge(long key, long permits, long instant);

    /** Returns the name of the policy. */
    String name();

    /**
     * The result of taking permits from the budgets of a key.
     *
     * @param decision the decision; a refusal has the nanoseconds after which to try again, or says that no retry can
     *     succeed
     * @param cancellation gives unused permits back, as far as later charges do not depend on them; to be run at most
     *     once, and only if permits were taken
     */
    record TakeResult(Decision decision, Runnable cancellation) {}
}
