package dev.ratelimit.rate.spi;

/**
 * The state of one rate of a budget: how much it owes, and what can be given back.
 *
 * <p>It is a cell of the generic cell rate algorithm (ITU-T I.371, GCRA, virtual scheduling). Its theoretical arrival
 * time, at which the budget is full again, is {@code at + rest / unitsPerMicro}, exactly.
 *
 * <p>Immutable.
 *
 * @param unitsPerPermit the units that a permit costs
 * @param unitsPerMicro the units that the cell regains each microsecond
 * @param at the microsecond of the theoretical arrival time, since the epoch of the store's clock
 * @param rest the units beyond it, from 0 to {@code unitsPerMicro - 1}
 * @param low the least debt that takes of the present generation found; {@link #NO_TAKE} if there was none
 * @param lowBefore the least debt that takes of the generation before found
 */
record BudgetCell(long unitsPerPermit, long unitsPerMicro, long at, long rest, long low, long lowBefore) {

    /** More than any debt that a take finds. */
    static final long NO_TAKE = StoredRate.MAX_UNITS;

    /** Returns a cell that owes nothing, and of which nothing can be given back. */
    static BudgetCell full(StoredRate rate) {
        return new BudgetCell(rate.unitsPerPermit(), rate.unitsPerMicro(), 0, 0, 0, 0);
    }

    /**
     * Returns the units that the cell owes. If the store's clock went back so far that they are more than
     * {@link StoredRate#MAX_UNITS}, returns that number, and the cell grants nothing.
     */
    long debt(long now) {
        if (at < now) {
            return 0;
        }
        long ahead = at - now;
        return ahead > StoredRate.MAX_UNITS / unitsPerMicro
                ? StoredRate.MAX_UNITS
                : Math.min(StoredRate.MAX_UNITS, ahead * unitsPerMicro + rest);
    }

    /** Returns whether the debt is out of range, so that nothing can be computed from it. */
    boolean isOutOfRange(long now) {
        return debt(now) == StoredRate.MAX_UNITS;
    }

    /**
     * Returns the cell under a rate. A debt stays the same number of permits, and its fraction is rounded up to a unit.
     * What was taken under another rate cannot be given back.
     */
    BudgetCell under(StoredRate rate, long now) {
        if (unitsPerPermit == rate.unitsPerPermit() && unitsPerMicro == rate.unitsPerMicro()) {
            return this;
        }
        long debt = debt(now);
        long whole = debt / unitsPerPermit;
        long fraction = product(debt % unitsPerPermit, rate.unitsPerPermit(), unitsPerPermit);
        boolean fits = whole < (StoredRate.MAX_UNITS - fraction) / rate.unitsPerPermit();
        long converted = fits ? whole * rate.unitsPerPermit() + fraction : StoredRate.MAX_UNITS;
        return full(rate).owing(converted, now);
    }

    /** Returns {@code a * b / c}, rounded up, for {@code a < c}. */
    private static long product(long a, long b, long c) {
        long high = Math.multiplyHigh(a, b);
        if (high == 0 && a * b >= 0) {
            return a == 0 ? 0 : (a * b - 1) / c + 1;
        }
        // Bit by bit: no number exceeds 2 * c. Rare, so a loop of 53 turns costs less than an object.
        long quotient = 0;
        long remainder = 0;
        for (int bit = 52; bit >= 0; bit--) {
            quotient *= 2;
            remainder *= 2;
            if (remainder >= c) {
                remainder -= c;
                quotient++;
            }
            if ((b >>> bit & 1) == 1) {
                remainder += a;
                if (remainder >= c) {
                    remainder -= c;
                    quotient++;
                }
            }
        }
        return remainder == 0 ? quotient : quotient + 1;
    }

    private BudgetCell owing(long debt, long now) {
        return new BudgetCell(
                unitsPerPermit, unitsPerMicro, now + debt / unitsPerMicro, debt % unitsPerMicro, low, lowBefore);
    }

    /** Begins another generation: what was of the present one is of the one before. */
    BudgetCell aged() {
        return new BudgetCell(unitsPerPermit, unitsPerMicro, at, rest, NO_TAKE, low);
    }

    /** Takes permits, and notes the debt that they found. */
    BudgetCell take(long permits, long now) {
        long debt = debt(now);
        return new BudgetCell(unitsPerPermit, unitsPerMicro, at, rest, Math.min(low, debt), lowBefore)
                .owing(debt + permits * unitsPerPermit, now);
    }

    /** Returns the permits that it can still owe. */
    long chargeable(long now) {
        return isOutOfRange(now) ? 0 : (StoredRate.MAX_UNITS - 1 - debt(now)) / unitsPerPermit;
    }

    /**
     * Returns how many permits of a take can be given back: at most the debt that each later take found.
     * Had they never been taken, the cell would now owe exactly their units less.
     *
     * @param present whether the take was in the present generation; otherwise it was in the one before
     */
    long returnable(boolean present, long now) {
        long untouched = present ? low : Math.min(low, lowBefore);
        return isOutOfRange(now) ? 0 : Math.min(untouched, debt(now)) / unitsPerPermit;
    }

    /** Gives back permits that are {@link #returnable}: later takes would have found their units less. */
    BudgetCell giveBack(long permits, boolean present, long now) {
        long units = permits * unitsPerPermit;
        return new BudgetCell(
                        unitsPerPermit,
                        unitsPerMicro,
                        at,
                        rest,
                        lessened(low, units),
                        present ? lowBefore : lessened(lowBefore, units))
                .owing(debt(now) - units, now);
    }

    /** Returns the permits that a refund gives back: not more than the cell owes. */
    long refundable(long now) {
        return isOutOfRange(now) ? 0 : (debt(now) + unitsPerPermit - 1) / unitsPerPermit;
    }

    /** Refunds permits, down to no debt. */
    BudgetCell refund(long permits, long now) {
        long debt = debt(now);
        long units = Math.min(debt, Math.min(permits, refundable(now)) * unitsPerPermit);
        return new BudgetCell(unitsPerPermit, unitsPerMicro, at, rest, lessened(low, units), lessened(lowBefore, units))
                .owing(debt - units, now);
    }

    private static long lessened(long low, long units) {
        return low == NO_TAKE ? low : Math.max(0, low - units);
    }
}
