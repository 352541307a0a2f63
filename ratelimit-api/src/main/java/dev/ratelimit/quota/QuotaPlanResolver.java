package dev.ratelimit.quota;

/**
 * A quota plan resolver is a function that returns the plan of a key, for instance from a table, a directory or a
 * database.
 *
 * <p><b>Calls.</b> The service calls it on the thread of a request. That request waits for it, and so do all requests
 * for the same key meanwhile. The service's deadline does not bound this wait, so the resolver should have a time limit
 * of its own. The service may call it for different keys at once, so it must be thread-safe.
 *
 * <p><b>Stable answers.</b> A window that starts on a date of the key's own is identified by that start: see
 * {@link QuotaPlans}. Answers for one key must have the same start until the contract changes.
 *
 * <p><b>Unknown keys.</b> Return a plan also for a key that the directory does not know. Null and exceptions mean that
 * there is no answer now: see {@link QuotaPlans}.
 */
@FunctionalInterface
public interface QuotaPlanResolver {

    /**
     * Returns the plan of a key.
     *
     * @param key the key that the caller gave to the service
     * @return the plan, not null
     * @throws Exception if there is no answer now
     */
    QuotaPlan resolve(String key) throws Exception;
}
