package dev.ratelimit.http;

import dev.ratelimit.Decision;
import dev.ratelimit.quota.QuotaDecision;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A service limit is the decision of one limit or quota, with the name by which clients know the limit.
 *
 * <pre>{@code
 * ServiceLimit.of("per-user", decision)
 * ServiceLimit.of("upload", decision).unit("content-bytes").partitionKey(tenant)
 * }</pre>
 *
 * <p><b>The figures.</b> {@code RateLimit-Policy} states a quota {@code q} for a window of {@code w} seconds.
 * {@code RateLimit} states that a client may use up to {@code r} within the next {@code t} seconds. A token bucket has
 * no windows. It allows a burst of its capacity, and regains permits continuously. The figures are chosen so that a
 * client that keeps to them is never refused, however it spreads its requests:
 *
 * <ul>
 *   <li>{@code q} is the capacity, because a budget never has more permits at once. {@code w} is the time in which the
 *       budget regains {@code q}. The permits per period would mislead if the capacity is smaller: 1,000 a second with
 *       a capacity of 50 do not allow 1,000 at once. That limit is {@code q=50;w=1}. This is less than the rate,
 *       because windows are whole seconds and the fields cannot express it otherwise.
 *   <li>{@code r} is the number of permits left, and {@code t} the time in which the budget regains {@code r}. So
 *       {@code r} in each {@code t} never exceeds the rate. The time until the budget is full would not do for
 *       {@code t}: it is 0 for a full budget. For a budget that lacks one permit, it would tell the client to use all
 *       the others within the time of that permit, over and over.
 *   <li>If no permits are left, {@code t} is the time until the budget has one.
 *   <li>If the limit refused for a time, {@code r} is 0 and {@code t} is the wait, although a smaller request might be
 *       allowed. A client that takes those permits only delays the request that was refused. A limiter without a place
 *       for a new key also has {@code r} = 0, because it allows nothing for that key.
 * </ul>
 *
 * <p>A client is never refused if it uses no more than {@code r} within any {@code t} seconds, or, from a full budget,
 * no more than {@code q} within any {@code w} seconds. It need not read later responses for this. This holds while no
 * other client uses the same budget.
 *
 * <p>A <b>quota</b> has windows: {@code q} is its limit, {@code w} the length of the window, {@code r} the units left,
 * and {@code t} the time until the window ends. A lifetime quota has neither {@code w} nor {@code t}.
 *
 * <p>A decision in which no {@linkplain Decision#rate() rate} had a part has no figures, and no item in these fields.
 * Neither has a quota whose store is away, because this process does not know the usage of other processes.
 *
 * <p><b>Bounds.</b> Times are whole seconds, rounded up. Integers of structured fields have at most 15 digits. A larger
 * {@code q} or {@code r} is written as 999,999,999,999,999, which errs towards strictness. A longer {@code w} or
 * {@code t} is left out, because a shorter one would promise too much.
 *
 * <p>Immutable and thread-safe.
 */
public final class ServiceLimit {

    /** The default unit. */
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
     * Returns the service limit of a limiter's decision, counted in requests.
     *
     * @param name the name by which clients know the limit, the same in all responses: printable ASCII, at least one
     *     character
     * @param decision the decision of the limit, also of its {@code peek}
     * @return the service limit
     * @throws IllegalArgumentException if the name is empty or holds any other character
     */
    public static ServiceLimit of(String name, Decision decision) {
        Objects.requireNonNull(decision, "decision");
        return new ServiceLimit(checkedName(name), new RateFigures(decision), REQUESTS, null);
    }

    /**
     * Returns the service limit of a quota decision, counted in requests. With several quotas, it is that of the
     * {@linkplain QuotaDecision#binding() binding} quota.
     *
     * @param name the name by which clients know the quota: printable ASCII, at least one character
     * @param decision the decision of the quota service, also of its {@code peek}
     * @return the service limit
     * @throws IllegalArgumentException if the name is empty or holds any other character
     */
    public static ServiceLimit of(String name, QuotaDecision decision) {
        return new ServiceLimit(checkedName(name), new QuotaFigures(decision.binding(), decision), REQUESTS, null);
    }

    /**
     * Returns a service limit for each limit of a decision, under the name of its policy.
     *
     * @param decision the decision of a limiter, or of a {@linkplain Decision#parts() composition}
     * @return one for each limit, in the order in which the limits decided
     * @throws IllegalArgumentException if a policy's name is empty or holds any character but printable ASCII
     */
    public static List<ServiceLimit> each(Decision decision) {
        return decision.parts().stream().map(part -> of(part.policy(), part)).toList();
    }

    /**
     * Returns a service limit for each quota of a decision, under its own name.
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

    /**
     * Returns what each limit and then each quota of an answer says, under the names of their policies and their own.
     *
     * @param limits the decision of a limiter, or of a composition
     * @param quotas the decision of a quota service
     * @return one for each limit, then one for each quota
     * @throws IllegalArgumentException if a policy's name is empty or holds any character but printable ASCII
     */
    public static List<ServiceLimit> each(Decision limits, QuotaDecision quotas) {
        List<ServiceLimit> all = new ArrayList<>(each(limits));
        all.addAll(each(quotas));
        return all;
    }

    private static String checkedName(String name) {
        StructuredItem.checkString("name", name);
        if (name.isEmpty()) {
            throw new IllegalArgumentException("the name must not be empty: clients tell limits apart by it");
        }
        return name;
    }

    /**
     * Returns this service limit with the unit in which its permits are counted, which the fields call {@code qu}.
     *
     * @param unit {@code requests} (the default, which is not written), {@code content-bytes}, or another entry of the
     *     registry of quota units; printable ASCII
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
     * Returns this service limit with the key of the budget, which the fields call {@code pk}: for clients that use
     * several budgets of one limit.
     *
     * <p>The key must not be a secret, because everyone who sees the response can read it. Document how it follows from
     * the request, so that clients can predict it.
     *
     * @param partitionKey any bytes; the array is copied
     * @return the service limit with that key
     */
    public ServiceLimit partitionKey(byte[] partitionKey) {
        Objects.requireNonNull(partitionKey, "partitionKey");
        return new ServiceLimit(name, figures, unit, partitionKey.clone());
    }

    /**
     * Returns the name by which clients know the limit.
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
     * Returns the seconds after which the same request may be allowed, rounded up.
     *
     * @return the seconds: zero if it was allowed, at least 1 if it was refused; empty for never
     */
    public OptionalLong retryAfterSeconds() {
        return figures.retryAfterSeconds();
    }

    /** Returns the limits of one response, after a check that all have different names. */
    static List<ServiceLimit> ofOneAnswer(List<ServiceLimit> limits) {
        List<ServiceLimit> copy = List.copyOf(limits);
        if (copy.isEmpty()) {
            throw new IllegalArgumentException("limits must not be empty: give at least one limit");
        }
        Set<String> names = new HashSet<>();
        for (ServiceLimit limit : copy) {
            if (!names.add(limit.name)) {
                throw new IllegalArgumentException("each limit needs a name of its own, but two are called \""
                        + limit.name + "\"; give the policies different names, or use ServiceLimit.of(name, decision)");
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
