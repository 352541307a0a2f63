package dev.ratelimit.quota;

/**
 * A quota plan resolver is a function that says which plan a key has: by a table, a directory, a database.
 *
 * <p><b>Calls.</b> The service calls it on the thread of its caller, which waits for it without regard to the deadline,
 * as do the others who ask for the same key meanwhile. So it should have a time limit of its own. It may be called for
 * different keys at once, and must be thread-safe.
 *
 * <p><b>Stable answers.</b> Windows with a start of the key's own are told from others by that start: see
 * {@link QuotaPlans}. Answers for one key must have the same start until the contract changes.
 *
 * <p><b>Unknown keys.</b> A key that the directory does not know has a plan, too: name one. Null and exceptions mean
 * that there is no answer now: see {@link QuotaPlans}.
 */
@FunctionalInterface
public interface QuotaPlanResolver {

    /**
     * Returns the plan of a key.
     *
     * @param key the key, as the service was asked with
     * @return the plan, not null
     * @throws Exception if there is no answer now
     */
    QuotaPlan resolve(String key) throws Exception;
}
