package dev.ratelimit.http;

import dev.ratelimit.Decision;
import dev.ratelimit.Rate;
import java.math.BigInteger;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A service limit is what one limit has to say to a client: its decision, under the name that clients know the limit
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
 * <p>A decision that no {@linkplain Decision#rate() rate} had a part in has no figures, and no item in these fields.
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

    private static final BigInteger NANOS_PER_SECOND = BigInteger.valueOf(1_000_000_000);
    private static final BigInteger MAX_INTEGER = BigInteger.valueOf(StructuredItem.MAX_INTEGER);

    private final String name;
    private final Decision decision;
    private final String unit;
    private final byte @Nullable [] partitionKey;

    private ServiceLimit(String name, Decision decision, String unit, byte @Nullable [] partitionKey) {
        this.name = name;
        this.decision = decision;
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
        StructuredItem.checkString("name", name);
        if (name.isEmpty()) {
            throw new IllegalArgumentException("the name must not be empty: clients tell limits apart by it");
        }
        return new ServiceLimit(name, Objects.requireNonNull(decision, "decision"), REQUESTS, null);
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
        return new ServiceLimit(name, decision, unit, partitionKey);
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
        return new ServiceLimit(name, decision, unit, partitionKey.clone());
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
     * Returns what the limit decided.
     *
     * @return the decision
     */
    public Decision decision() {
        return decision;
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

    /** What the fields call {@code q}. */
    long quota() {
        return Math.min(rate().capacity(), StructuredItem.MAX_INTEGER);
    }

    /** What the fields call {@code w}. */
    OptionalLong window() {
        return wholeSeconds(nanosToRegain(quota()));
    }

    /** What the fields call {@code r}. */
    long available() {
        return refusesForNow() ? 0 : Math.min(decision.remaining(), StructuredItem.MAX_INTEGER);
    }

    /** What the fields call {@code t}. */
    OptionalLong effectiveWindow() {
        if (refusesForNow()) {
            return OptionalLong.of(retryAfter());
        }
        long available = available();
        return wholeSeconds(available > 0 ? nanosToRegain(available) : nanosToOne());
    }

    /** Whether there is a rate to tell of; without one, only a refusal can be told. */
    boolean hasRate() {
        return decision.rate().isPresent();
    }

    Rate rate() {
        return decision.rate().orElseThrow();
    }

    /** Whether the same request would be granted later. */
    boolean refusesForNow() {
        return !decision.allowed() && !refusesForEver();
    }

    /** Whether the same request would be refused at any time. */
    boolean refusesForEver() {
        return decision.retryAfterNanos() == Long.MAX_VALUE;
    }

    /** The seconds to wait after a refusal for now, at least one: zero would invite to come again at once. */
    long retryAfter() {
        return wholeSeconds(BigInteger.valueOf(Math.max(1, decision.retryAfterNanos())))
                .orElseThrow();
    }

    private BigInteger nanosToRegain(long permits) {
        return roundedUp(timesPeriod(permits), BigInteger.valueOf(rate().permits()));
    }

    /** As long as to a full budget, less what it takes from one permit to a full budget. */
    private BigInteger nanosToOne() {
        Rate rate = rate();
        return BigInteger.valueOf(decision.resetAfterNanos())
                .subtract(timesPeriod(rate.capacity() - 1).divide(BigInteger.valueOf(rate.permits())))
                .max(BigInteger.ONE);
    }

    private BigInteger timesPeriod(long permits) {
        return BigInteger.valueOf(permits)
                .multiply(BigInteger.valueOf(rate().period().toNanos()));
    }

    private static OptionalLong wholeSeconds(BigInteger nanos) {
        BigInteger seconds = roundedUp(nanos, NANOS_PER_SECOND);
        return seconds.compareTo(MAX_INTEGER) <= 0 ? OptionalLong.of(seconds.longValueExact()) : OptionalLong.empty();
    }

    private static BigInteger roundedUp(BigInteger dividend, BigInteger divisor) {
        return dividend.add(divisor).subtract(BigInteger.ONE).divide(divisor);
    }

    /** Returns the limit for a person to read, such as {@code per-user: allowed, 3 of 5 left, full after PT6S}. */
    @Override
    public String toString() {
        return name + ": " + decision;
    }
}
