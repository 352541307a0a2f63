package dev.ratelimit.http;

import dev.ratelimit.Decision;
import dev.ratelimit.quota.QuotaDecision;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A service limit is what one limit or quota has to say to a client: its decision, under the name that clients know it
 * by.
 *
 * <pre>{@code
 * ServiceLimit.of("per-user", decision)
 * ServiceLimit.of("upload", decision).unit("content-bytes").partitionKey(tenant)
 * }</pre>
 *
 * <p><b>The figures.</b> {@code RateLimit-Policy} speaks of a quota {@code q} for a window of {@code w} seconds, and
 * {@code RateLimit} of {@code r} that may be used, and no more, within the next {@code t} seconds. A token bucket has
 * no windows. It allows a burst of its capacity, and regains permits all the time. The figures are chosen so that a
 * client that keeps to them is never refused, however it spreads its requests:
 *
 * <ul>
 *   <li>{@code q} is the capacity, because no more is ever there at once, and {@code w} the time in which that much
 *       is regained. The permits per period would mislead where the capacity is smaller: 1,000 a second with a
 *       capacity of 50 do not allow 1,000 at once. That limit is {@code q=50;w=1}: less than the rate, because
 *       windows are whole seconds and the fields have no other way to say it.
 *   <li>{@code r} is what remains, and {@code t} the time in which that much is regained. So {@code r} in each
 *       {@code t} is never above the rate. With the time until the budget is full it would be: a full budget would
 *       say {@code t=0}, and one that lacks a single permit would invite to use the rest within that permit's time,
 *       over and over.
 *   <li>If nothing remains, {@code t} is the time until there is one permit.
 *   <li>If the limit refused for a time, {@code r} is 0 and {@code t} is the wait, although permits may be there for
 *       a smaller request: whoever comes for those only puts off what was refused. A limiter without a place for a
 *       new key also has all of its permits, and yet none for that key.
 * </ul>
 *
 * <p>A client that uses no more than {@code r} within any {@code t} seconds, or from a full budget no more than
 * {@code q} within any {@code w}, gets all of it, and need not even read another answer. This holds while nobody else
 * draws on the same budget.
 *
 * <p>A <b>quota</b> has windows: {@code q} is its limit, {@code w} the length of the window, {@code r} what remains, and
 * {@code t} the time until the window ends. Credit for a lifetime has neither {@code w} nor {@code t}.
 *
 * <p>A decision that no {@linkplain Decision#rate() rate} had a part in has no figures, and no item in these fields. Nor
 * has a quota whose store is away, because this process does not know what others have used.
 *
 * <p><b>Bounds.</b> Times are whole seconds, rounded up. Integers of structured fields have 15 digits. A larger
 * {@code q} or {@code r} is named as 999,999,999,999,999, which is less. A longer {@code w} or {@code t} is left out,
 * because a shorter one would promise too much, and none promises nothing.
 *
 * <p>Immutable and thread-safe.
 */
public final class ServiceLimit {

    /** The unit that is meant where none is named. */
    static final String REQUESTS = "requests";

    private final String name;
    private final Figures figures;
    private final String unit;
    private final byte @Nullable [] partitionKey;

    private ServiceLimit(String name, Figures figures, String unit, byte @Nullable [] partitionKey) {
        this.name = name;
        this.figures = figures;
        this.unit = unit;
        this.partitionKey = partitionKey;
    }

    /**
     * Returns what a limit says, counted in requests.
     *
     * @param name the name that clients know the limit by, the same in all answers: printable ASCII, at least one
     *     character
     * @param decision what the limit decided, or what {@code peek} saw
     * @return the service limit
     * @throws IllegalArgumentException if the name is empty or holds any other character
     */
    public static ServiceLimit of(String name, Decision decision) {
        Objects.requireNonNull(decision, "decision");
        return new ServiceLimit(checkedName(name), new RateFigures(decision), REQUESTS, null);
    }

    /**
     * Returns what a quota says, counted in requests. Of several quotas it is the {@linkplain QuotaDecision#binding()
     * binding} one.
     *
     * @param name the name that clients know the quota by, as that of a limit
     * @param decision what the quota service decided, or what {@code peek} saw
     * @return the service limit
     * @throws IllegalArgumentException if the name is empty or holds any other character
     */
    public static ServiceLimit of(String name, QuotaDecision decision) {
        return new ServiceLimit(checkedName(name), new QuotaFigures(decision.binding(), decision), REQUESTS, null);
    }

    /**
     * Returns what each limit of a decision says, under the names of their policies.
     *
     * @param decision the decision of a limiter, or of a {@linkplain Decision#parts() composition}
     * @return one for each limit, in the order in which they were asked
     * @throws IllegalArgumentException if a policy's name is empty or holds any character but printable ASCII
     */
    public static List<ServiceLimit> each(Decision decision) {
        return decision.parts().stream().map(part -> of(part.policy(), part)).toList();
    }

    /**
     * Returns what each quota of a decision says, under their own names.
     *
     * @param decision the decision of a quota service
     * @return one for each quota, in their order
     */
    public static List<ServiceLimit> each(QuotaDecision decision) {
        return decision.usages().stream()
                .map(usage -> new ServiceLimit(
                        checkedName(usage.quota().name()), new QuotaFigures(usage, decision), REQUESTS, null))
                .toList();
    }

    private static String checkedName(String name) {
        StructuredItem.checkString("name", name);
        if (name.isEmpty()) {
            throw new IllegalArgumentException("the name must not be empty: clients tell limits apart by it");
        }
        return name;
    }

    /**
     * Returns this service limit with the unit that its permits are counted in, which the fields call {@code qu}.
     *
     * @param unit {@code requests} (the default, which is not written), {@code content-bytes}, or whatever else the
     *     registry of quota units gets to have; printable ASCII
     * @return the service limit with that unit
     * @throws IllegalArgumentException if the unit is empty or holds any other character
     */
    public ServiceLimit unit(String unit) {
        StructuredItem.checkString("unit", unit);
        if (unit.isEmpty()) {
            throw new IllegalArgumentException("the unit must not be empty; the default is \"" + REQUESTS + "\"");
        }
        return new ServiceLimit(name, figures, unit, partitionKey);
    }

    /**
     * Returns this service limit with the key whose budget was asked, which the fields call {@code pk}: for clients
     * that draw on several budgets of one limit.
     *
     * <p>Anybody who sees the answer can read it, so it must be no secret. It should follow from the request, in a
     * way that is documented, so that clients can foresee it.
     *
     * @param partitionKey any bytes; they are copied
     * @return the service limit with that key
     */
    public ServiceLimit partitionKey(byte[] partitionKey) {
        Objects.requireNonNull(partitionKey, "partitionKey");
        return new ServiceLimit(name, figures, unit, partitionKey.clone());
    }

    /**
     * Returns the name that clients know the limit by.
     *
     * @return the name
     */
    public String name() {
        return name;
    }

    /**
     * Returns whether the limit allowed the request.
     *
     * @return whether it did
     */
    public boolean allowed() {
        return figures.problem().isEmpty();
    }

    /**
     * Returns after how many seconds the same request may be allowed, rounded up.
     *
     * @return the seconds: zero if it was allowed, at least 1 if it was refused; empty for never
     */
    public OptionalLong retryAfterSeconds() {
        return figures.retryAfterSeconds();
    }

    /** Returns the limits of one answer, each of which has a name of its own. */
    static List<ServiceLimit> ofOneAnswer(List<ServiceLimit> limits) {
        List<ServiceLimit> copy = List.copyOf(limits);
        if (copy.isEmpty()) {
            throw new IllegalArgumentException("there must be at least one limit to tell of");
        }
        Set<String> names = new HashSet<>();
        for (ServiceLimit limit : copy) {
            if (!names.add(limit.name)) {
                throw new IllegalArgumentException(
                        "each limit needs a name of its own, but two are called \"" + limit.name + "\"");
            }
        }
        return copy;
    }

    String unit() {
        return unit;
    }

    byte @Nullable [] partitionKey() {
        return partitionKey;
    }

    Figures figures() {
        return figures;
    }

    /** Returns the limit for a person to read, such as {@code per-user: allowed, 3 of 5 left, full after PT6S}. */
    @Override
    public String toString() {
        return name + ": " + figures;
    }
}
