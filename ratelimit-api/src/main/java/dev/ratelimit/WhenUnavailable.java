package dev.ratelimit;

/**
 * The answer of a quota service while its store is away.
 *
 * <p>A store is away for a request if it did not answer within the deadline, or if the service knows from earlier
 * requests that it does not answer. The choice is made once, when the service is built:
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
 * <tr><td>{@link #deny()}</td><td>a refusal, {@link DecisionSource#CLOSED}</td><td>nothing</td><td>nothing is
 * owed</td></tr>
 * <tr><td>{@link #allow()}</td><td>the request is allowed, {@link DecisionSource#OPEN}</td><td>everything</td>
 * <td>the service adds the allowed units to the counters, also above the limit</td></tr>
 * <tr><td>{@link #local(double)}</td><td>{@link DecisionSource#LOCAL} up to the share, then
 * {@link DecisionSource#CLOSED}</td><td>for each key and window: the share of the limit, times the number of
 * services</td>
 * <td>the same</td></tr>
 * </table>
 *
 * <p><b>Owed units</b> are kept in memory, for at most 100,000 counters of a service. A request that needs a further
 * counter is refused ({@link DecisionSource#CLOSED}) until the store is back. A process that ends without closing its
 * service loses its owed units, which are then never counted.
 *
 * <p><b>Uncertain requests.</b> A store that is asked and does not answer in time may have counted the request. If the
 * service allows the request all the same, it owes the amount, which may then be counted twice. This errs towards
 * strictness.
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
     * Refuses each request, with {@link DecisionSource#CLOSED}.
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
     * <p>The share is the service's own: ten processes with one service each and a share of 0.1 together allow at most
     * one more limit. The share is rounded down to whole units. Units that the store granted before do not reduce it.
     *
     * @param share the part of each limit that the service may grant on its own, above 0 and at most 1
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
     * @param share the part of each limit that the service may grant on its own
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
