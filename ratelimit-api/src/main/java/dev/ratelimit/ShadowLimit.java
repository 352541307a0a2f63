package dev.ratelimit;

import java.util.OptionalDouble;

/**
 * A shadow limit is a limit on trial: it decides and counts for all keys, and refuses only the share of them for which
 * it is enforced.
 *
 * <pre>{@code
 * ShadowLimit<String> perUser = Limiters.shadow(Limiters.perKey(Rate.perSecond(100)));
 * perUser.counts().wouldHaveRefused();   // after a day without refusals
 * perUser.enforce(10);                   // percent of the keys
 * perUser.off();                         // if it was a mistake
 * }</pre>
 *
 * <p><b>Sides.</b> A key is either observed or enforced. A hash of the key with a secret decides which, so a key's side
 * stays the same as long as the percentage does. A larger percentage only adds enforced keys. Clients that do not know
 * the secret cannot predict a key's side, and so cannot choose an observed key.
 *
 * <p><b>Observed keys.</b> The limit decides. A request that it allows takes its permits. A request that it would
 * refuse is allowed, takes nothing, and is counted. The {@link Decision} always allows, with the remaining permits of
 * the limit. Only {@link #counts()} shows what the limit would have refused, so that code that acts on decisions
 * behaves as if there were no limit. For <b>enforced keys</b>, the decision of the limit stands. A key keeps its budget
 * when it changes sides.
 *
 * <p><b>Off.</b> Every request is allowed, as by {@link Decision#unlimited()}. The limit does not decide, and no
 * permits are taken, given back or counted. Budgets refill meanwhile.
 *
 * <p><b>Giving back.</b> {@link #refund} gives permits back to the limit. It cannot know whether the request had taken
 * them. So a refund for an observed request over the limit makes the counts too low. A composition that contains a
 * shadow limit knows this, and gives back only the permits that were taken.
 *
 * @param <K> the type of the keys
 */
public interface ShadowLimit<K> extends Limit<K> {

    /**
     * Enforces the limit for a share of the keys, from the next request on; ends {@link #off()}.
     *
     * @param percent the percentage of the keys, from 0 (all keys are observed, which is the default) to 100 (no key
     *     is)
     * @throws IllegalArgumentException if the percentage is not from 0 to 100
     */
    void enforce(double percent);

    /** Switches the limit off, from the next request on, until {@link #enforce} is called. */
    void off();

    /**
     * Returns the share of the keys for which the limit is enforced now.
     *
     * @return the percentage of the keys; empty if the limit is off
     */
    OptionalDouble enforced();

    /**
     * Returns whether a key is enforced now.
     *
     * @param key the key
     * @return whether the limit is enforced for it; false if it is observed, or the limit is off
     */
    boolean enforces(K key);

    /**
     * Returns the outcomes of the requests so far. Calls of {@code peek}, and requests while the limit was off, are not
     * counted.
     *
     * @return the counts; each is exact once no request is under way
     */
    Counts counts();

    /**
     * The outcomes of the requests to a shadow limit, whatever other limits of a composition decided.
     *
     * @param allowed requests within the limit
     * @param wouldHaveRefused requests over the limit that were allowed, because their keys are observed
     * @param refused requests over the limit that were refused, because it is enforced for their keys
     */
    record Counts(long allowed, long wouldHaveRefused, long refused) {}
}
