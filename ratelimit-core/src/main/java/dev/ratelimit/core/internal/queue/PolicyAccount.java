package dev.ratelimit.core.internal.queue;

/**
 * The budgets that one policy gives every key, as the queue of a key sees them.
 *
 * <p>A budget holds what departed, and nothing that is still to depart. Debts are in units of their {@link Scale}.
 */
public interface PolicyAccount {

    /** How many rates there are. */
    int rates();

    /** The units of a rate, by its index. */
    Scale scale(int rate);

    /** The debt of a key at a rate, at a reading of the clock. */
    long debt(int rate, long key, long clock);

    /** Has the debts of a key, which other budgets may have left, be debts at these rates from now on. */
    void adopt(long key, long clock);

    /** Takes permits from all rates, or from none. */
    TakeResult take(long key, long permits, long clock);

    /** Gives permits back to all rates, up to full budgets. */
    void refund(long key, long permits, long clock);

    /**
     * Charges all rates for what departs at an instant, whether it is there or not.
     *
     * @return cancels the charge, as far as nobody has been charged since who counts on it; once at most
     */
    Runnable charge(long key, long permits, long instant);

    /** The name of the policy. */
    String name();
}
