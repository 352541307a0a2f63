package dev.ratelimit;

import java.util.OptionalDouble;

/**
 * A shadow limit is a limit on trial: it decides and counts for all keys, and refuses only the share of them for which it
 * is enforced.
 *
 * <pre>{@code
 * ShadowLimit<String> perUser = Limiters.shadow(Limiters.perKey(Rate.perSecond(100)));
 * perUser.counts().wouldHaveRefused();   // after a day of nobody refused
 * perUser.enforce(10);                   // percent of the keys
 * perUser.off();                         // if it was a mistake
 * }</pre>
 *
 * <p><b>Sides.</b> A key is either observed or enforced. Which one follows from the key and a secret, so it stays the same
 * as long as the percentage does, and a larger percentage only adds keys to those that are enforced. Nobody who does not
 * know the secret can tell a key's side beforehand, or choose a key by it.
 *
 * <p><b>Observed keys.</b> The limit is asked, and takes what it allows. What it refuses is allowed, takes nothing, and is
 * counted. The {@link Decision} allows, with what remains as the limit says; that the limit would have refused shows in
 * {@link #counts()}, not in the answer, so that code that acts on answers does the same as if there were no limit yet.
 * <b>Enforced keys</b> are answered by the limit. Both have one budget, whichever side they are on.
 *
 * <p><b>Off.</b> Nothing is asked, taken, given back or counted; all is allowed, as by {@link Decision#unlimited()}.
 * Budgets refill meanwhile.
 *
 * <p><b>Giving back.</b> {@link #refund} gives permits back to the limit. It cannot know whether the request that they come
 * from had taken them, so who gives back for an observed request over the limit makes the counts too low. A composition
 * that contains a shadow limit does know, and gives back only what was taken.
 *
 * @param <K> the type of the keys
 */
public interface ShadowLimit<K> extends Limit<K> {

    /**
     * Enforces the limit for a share of the keys, from the next request on; ends {@link #off()}.
     *
     * @param percent of the keys, from 0 (all are observed, as in the beginning) to 100 (none is)
     * @throws IllegalArgumentException if it is no such number
     */
    void enforce(double percent);

    /** Stops to ask the limit, from the next request on, until {@link #enforce} is called. */
    void off();

    /**
     * Returns for how many of the keys the limit is enforced now.
     *
     * @return percent of the keys; empty if it is off
     */
    OptionalDouble enforced();

    /**
     * Returns on which side a key is now.
     *
     * @param key the key
     * @return whether the limit is enforced for it; false if it is observed, or the limit is off
     */
    boolean enforces(K key);

    /**
     * Returns what became of the requests so far. Requests that only looked are not counted, nor are those while it was
     * off.
     *
     * @return the counts, each of which is exact once no request is under way
     */
    Counts counts();

    /**
     * What became of requests to a shadow limit, whatever other limits said of them.
     *
     * @param allowed requests within the limit
     * @param wouldHaveRefused requests over the limit that were allowed, because their keys are observed
     * @param refused requests over the limit that were refused, because it is enforced for their keys
     */
    record Counts(long allowed, long wouldHaveRefused, long refused) {}
}
