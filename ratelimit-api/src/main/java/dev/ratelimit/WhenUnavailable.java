package dev.ratelimit;

/**
 * What a service answers while the store that it counts in is away.
 *
 * <p>A store is away for a request if the store did not answer it within its deadline, or if the service knows from earlier
 * requests that the store does not answer. The choice is made once, when the service is built:
 *
 * <pre>{@code
 * QuotaService quotas = Quotas.builder(store)
 *         .quota(Quota.of("calls", 20_000, CalendarWindow.monthly()))
 *         .whenUnavailable(WhenUnavailable.local(0.1))
 *         .build();
 * }</pre>
 *
 * <table>
 * <caption>What each choice allows, and what happens when the store is back</caption>
 * <tr><th>Choice</th><th>Answer while the store is away</th><th>Allows, beyond what the store granted, at most</th>
 * <th>When the store is back</th></tr>
 * <tr><td>{@link #fail()}</td><td>an exception, which says whether anything may have been counted</td><td>nothing</td>
 * <td>nothing is owed</td></tr>
 * <tr><td>{@link #deny()}</td><td>a denial, {@link DecisionSource#CLOSED}</td><td>nothing</td><td>nothing is owed</td></tr>
 * <tr><td>{@link #allow()}</td><td>an admission, {@link DecisionSource#OPEN}</td><td>everything</td>
 * <td>what was allowed is added to the counters, also above the limit</td></tr>
 * <tr><td>{@link #local(double)}</td><td>{@link DecisionSource#LOCAL} up to the share, then
 * {@link DecisionSource#CLOSED}</td><td>for each key and window: the share of the limit, times the number of services</td>
 * <td>the same</td></tr>
 * </table>
 *
 * <p><b>What is owed</b> is kept in memory, for at most 100,000 counters of a service. A request that needs another counter is
 * denied ({@link DecisionSource#CLOSED}) until the store is back. A process that ends without closing its service loses what it
 * owes, and those amounts are never counted.
 *
 * <p><b>Uncertain requests.</b> A store that is asked and does not answer in time may have counted the request. If the request is
 * allowed all the same, its amount is owed and may so be counted twice: too strict, never too generous.
 *
 * <p>Immutable and thread-safe.
 */
public sealed interface WhenUnavailable {

    /**
     * Throws an exception that says whether anything may have been counted. This is the default.
     *
     * @return the choice
     */
    static WhenUnavailable fail() {
        return new Fail();
    }

    /**
     * Denies each request, with {@link DecisionSource#CLOSED}.
     *
     * @return the choice
     */
    static WhenUnavailable deny() {
        return new Deny();
    }

    /**
     * Allows each request without a limit, with {@link DecisionSource#OPEN}, and counts it when the store is back.
     *
     * @return the choice
     */
    static WhenUnavailable allow() {
        return new Allow();
    }

    /**
     * Allows requests up to a share of each limit, for each key and window, and counts them when the store is back.
     *
     * <p>The share is the service's own: ten processes with one service each that choose 0.1 allow at most one more limit together. It
     * is rounded down to whole units. What the store has granted before does not reduce it.
     *
     * @param share the part of each limit that the service may grant by itself, above 0 and at most 1
     * @return the choice
     * @throws IllegalArgumentException if the share is out of range
     */
    static WhenUnavailable local(double share) {
        return new Local(share);
    }

    /** See {@link WhenUnavailable#fail()}. */
    record Fail() implements WhenUnavailable {}

    /** See {@link WhenUnavailable#deny()}. */
    record Deny() implements WhenUnavailable {}

    /** See {@link WhenUnavailable#allow()}. */
    record Allow() implements WhenUnavailable {}

    /**
     * See {@link WhenUnavailable#local(double)}.
     *
     * @param share the part of each limit that the service may grant by itself
     */
    record Local(double share) implements WhenUnavailable {

        /**
         * Creates the choice.
         *
         * @param share above 0 and at most 1
         * @throws IllegalArgumentException if the share is out of range
         */
        public Local {
            if (!(share > 0 && share <= 1)) {
                throw new IllegalArgumentException("share must be above 0 and at most 1, but was " + share);
            }
        }
    }
}
