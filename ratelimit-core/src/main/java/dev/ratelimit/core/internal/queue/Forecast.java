package dev.ratelimit.core.internal.queue;

import dev.ratelimit.Decision;

/** Forecasts for requests, computed from the debts of budgets. */
final class Forecast {

    private Forecast() {}

    /** Returns the nanoseconds until all rates have the permits. */
    static long wait(PolicyAccount account, long[] debts, long permits) {
        long wait = 0;
        for (int i = 0; i < debts.length; i++) {
            wait = Math.max(wait, account.scale(i).wait(debts[i], permits));
        }
        return wait;
    }

    /**
     * Returns the decision on a {@code peek}: it allows, with the permits left now; or it is the refusal with the
     * longest wait.
     */
    static Decision look(PolicyAccount account, long[] debts, long permits) {
        return wait(account, debts, permits) == 0
                ? leastLeft(account, debts)
                : refusal(Decision.Reason.OVER_LIMIT, account, debts, permits, 0);
    }

    /**
     * Returns the refusal of a request by the rate that would refuse for the longest time.
     *
     * @param patience the nanoseconds that the request would have waited, by which the retry-after is shorter
     */
    static Decision refusal(Decision.Reason reason, PolicyAccount account, long[] debts, long permits, long patience) {
        int refusing = 0;
        for (int i = 1; i < debts.length; i++) {
            if (account.scale(i).wait(debts[i], permits)
                    > account.scale(refusing).wait(debts[refusing], permits)) {
                refusing = i;
            }
        }
        Scale scale = account.scale(refusing);
        long debt = debts[refusing];
        return Decision.refused(
                        reason,
                        scale.rate(),
                        scale.remaining(debt),
                        Math.max(1, scale.wait(debt, permits) - patience),
                        scale.nanos(debt))
                .withPolicy(account.name());
    }

    /** Returns the refusal of a request in a blackout, which says when to come again. */
    static Decision blackout(PolicyAccount account, long retryNanos) {
        long nanos = Math.max(1, retryNanos);
        Decision refusal = account.rates() == 0
                ? Decision.blackout(nanos)
                : Decision.refused(Decision.Reason.BLACKOUT, account.scale(0).rate(), 0, nanos, nanos);
        return refusal.withPolicy(account.name());
    }

    /** Returns the decision that allows a request after a wait, with the figures of the rate with the longest wait. */
    static Decision admission(PolicyAccount account, long[] debts, long permits, long wait) {
        int binding = 0;
        for (int i = 1; i < debts.length; i++) {
            if (account.scale(i).wait(debts[i], permits)
                    > account.scale(binding).wait(debts[binding], permits)) {
                binding = i;
            }
        }
        Scale scale = account.scale(binding);
        long after = debts[binding] + scale.cost(permits);
        return Decision.allowed(scale.rate(), scale.remaining(after), scale.nanos(after))
                .withPolicy(account.name())
                .withDelay(wait);
    }

    /** Returns whether one of the rates can never have the permits. */
    static boolean exceedsCapacity(PolicyAccount account, long permits) {
        boolean exceeds = false;
        for (int i = 0; i < account.rates(); i++) {
            exceeds |= permits > account.scale(i).rate().capacity();
        }
        return exceeds;
    }

    private static Decision leastLeft(PolicyAccount account, long[] debts) {
        if (debts.length == 0) {
            return Decision.unlimited().withPolicy(account.name());
        }
        int least = 0;
        for (int i = 1; i < debts.length; i++) {
            if (account.scale(i).remaining(debts[i]) < account.scale(least).remaining(debts[least])) {
                least = i;
            }
        }
        Scale scale = account.scale(least);
        return Decision.allowed(scale.rate(), scale.remaining(debts[least]), scale.nanos(debts[least]))
                .withPolicy(account.name());
    }
}
