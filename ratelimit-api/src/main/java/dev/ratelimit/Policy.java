package dev.ratelimit;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A policy is a named set of limits that are decided together, all or nothing.
 *
 * <pre>{@code
 * Policy gold = Policy.of("gold", Rate.perSecond(500), Rate.perHour(100_000))
 *         .shape(Duration.ofMillis(200))
 *         .blackout(Duration.ofSeconds(10))
 *         .maxConcurrent(4);
 * }</pre>
 *
 * <p><b>Rates.</b> A request is allowed only if all rates have its permits. A request that one rate refuses takes
 * nothing from the others. A policy without rates limits no rate.
 *
 * <p><b>Over a rate.</b> A policy refuses at once ({@linkplain #of throttles}) unless it {@linkplain #shape shapes}:
 * then {@code acquire} waits for its turn. A {@linkplain #blackout blackout} refuses the key for a time after a
 * refusal, whatever its budget.
 *
 * <p><b>Concurrency.</b> {@link #maxConcurrent(int)} bounds how many leases a key holds at the same time.
 *
 * <p>Immutable and thread-safe. Equal if all parts are.
 */
public final class Policy {

    /** The most rates that a policy can have. */
    public static final int MAX_RATES = 8;

    /** The upper bound of the maximum delay, the blackout and the lease timeout: 365 days. */
    public static final Duration MAX_DURATION = Duration.ofDays(365);

    private static final Policy UNLIMITED = new Policy("unlimited", List.of(), false);
    private static final Policy BLOCKED = new Policy("blocked", List.of(), true);

    private final String name;
    private final List<Rate> rates;
    private final boolean blocks;
    private final Duration maxDelay;
    private final Duration blackout;
    private final int maxConcurrent;
    private final Duration leaseTimeout;

    /** Computed once, because each request looks its policy up in a map. */
    private final int hash;

    private Policy(String name, List<Rate> rates, boolean blocks) {
        this(name, rates, blocks, Duration.ZERO, Duration.ZERO, 0, Duration.ZERO);
    }

    private Policy(
            String name,
            List<Rate> rates,
            boolean blocks,
            Duration maxDelay,
            Duration blackout,
            int maxConcurrent,
            Duration leaseTimeout) {
        this.name = name;
        this.rates = rates;
        this.blocks = blocks;
        this.maxDelay = maxDelay;
        this.blackout = blackout;
        this.maxConcurrent = maxConcurrent;
        this.leaseTimeout = leaseTimeout;
        this.hash = Objects.hash(name, rates, blocks, maxDelay, blackout, maxConcurrent, leaseTimeout);
    }

    /**
     * Returns a policy of one or more rates, which throttles.
     *
     * @param name the name, which decisions, listeners and HTTP response fields carry; not empty, and without control
     *     characters
     * @param rate a rate
     * @param more further rates, all different; at most {@link #MAX_RATES} rates in all
     * @return the policy
     * @throws IllegalArgumentException if the name is empty or has control characters, or there are too many rates, or
     *     a rate is given twice
     */
    public static Policy of(String name, Rate rate, Rate... more) {
        List<Rate> rates = new ArrayList<>();
        rates.add(Objects.requireNonNull(rate, "rate"));
        for (Rate next : Objects.requireNonNull(more, "more")) {
            if (rates.contains(Objects.requireNonNull(next, "rate"))) {
                throw new IllegalArgumentException("the rate " + next + " is in the policy already: name it once");
            }
            rates.add(next);
        }
        if (rates.size() > MAX_RATES) {
            throw new IllegalArgumentException(
                    "a policy has at most " + MAX_RATES + " rates, but was given " + rates.size());
        }
        return new Policy(checkedName(name), List.copyOf(rates), false);
    }

    /**
     * Returns the policy that allows everything, named "unlimited".
     *
     * @return the policy
     */
    public static Policy unlimited() {
        return UNLIMITED;
    }

    /**
     * Returns the policy that allows nothing, ever, named "blocked".
     *
     * @return the policy
     */
    public static Policy blocked() {
        return BLOCKED;
    }

    /**
     * Returns this policy by another name.
     *
     * @param name the name, not empty, and without control characters
     * @return the policy
     * @throws IllegalArgumentException if the name is empty or has control characters
     */
    public Policy named(String name) {
        return new Policy(checkedName(name), rates, blocks, maxDelay, blackout, maxConcurrent, leaseTimeout);
    }

    /**
     * Returns this policy with shaping: {@code acquire} and {@code reserve} wait for their permits if the wait is at
     * most a maximum delay, and refuse at once otherwise.
     *
     * @param maxDelay the maximum delay, at most {@link #MAX_DURATION}; zero throttles
     * @return the policy
     * @throws IllegalArgumentException if the delay is negative or too long, or there is no rate to wait for
     */
    public Policy shape(Duration maxDelay) {
        checkDuration("maximum delay", maxDelay);
        checkHasRates("wait for");
        return new Policy(name, rates, blocks, maxDelay, blackout, maxConcurrent, leaseTimeout);
    }

    /**
     * Returns this policy with a blackout: after a request over a rate, the limiter refuses the key for this time,
     * whatever its budget. Requests refused because of a blackout do not prolong it. When the key gets another policy,
     * the rest of its blackout is cut to the new policy's blackout, or to nothing if that policy has none.
     *
     * @param blackout the length of the blackout, at most {@link #MAX_DURATION}; zero for none
     * @return the policy
     * @throws IllegalArgumentException if the time is negative or too long, or there is no rate to exceed
     */
    public Policy blackout(Duration blackout) {
        checkDuration("blackout", blackout);
        checkHasRates("exceed");
        return new Policy(name, rates, blocks, maxDelay, blackout, maxConcurrent, leaseTimeout);
    }

    /**
     * Returns this policy with a bound on the number of leases that a key may hold at once. A lease is held until it is
     * closed, or until its {@linkplain #leaseTimeout(Duration) timeout} if the policy has one.
     *
     * @param leases the most leases at once, at least 1
     * @return the policy
     * @throws IllegalArgumentException if the number is below 1
     */
    public Policy maxConcurrent(int leases) {
        if (leases < 1) {
            throw new IllegalArgumentException("leases at once must be at least 1, but was " + leases);
        }
        return new Policy(name, rates, blocks, maxDelay, blackout, leases, leaseTimeout);
    }

    /**
     * Returns this policy with a bound on the time that a lease is held. The limiter takes back a lease that is held
     * for longer, and tells the listener.
     *
     * @param leaseTimeout the longest time, at most {@link #MAX_DURATION}; zero for no bound
     * @return the policy
     * @throws IllegalArgumentException if the time is out of range, or the policy does not bound the leases at once
     */
    public Policy leaseTimeout(Duration leaseTimeout) {
        checkDuration("lease timeout", leaseTimeout);
        if (maxConcurrent == 0) {
            throw new IllegalArgumentException("the policy " + name
                    + " has no leases to time out: call maxConcurrent(n) before leaseTimeout(...)");
        }
        return new Policy(name, rates, blocks, maxDelay, blackout, maxConcurrent, leaseTimeout);
    }

    /**
     * Returns one of {@code parts} equal parts of this policy, under the same name.
     *
     * <p>Each rate is {@linkplain Rate#dividedBy divided} exactly, its capacity rounded down to at least one permit.
     * The maximum number of leases is divided and rounded in the same way. The times (maximum delay, blackout, lease
     * timeout) stay the same. If the parts of two rates are equal, the part has that rate once.
     *
     * <p>So the parts together never allow more than the whole, with one exception: if there are more parts than
     * permits in a capacity, or than leases, each part has one.
     *
     * @param parts the number of parts, at least 1
     * @return the part; this policy itself if there is only one
     * @throws IllegalArgumentException if the number is below 1
     */
    public Policy dividedBy(int parts) {
        if (parts < 1) {
            throw new IllegalArgumentException("the number of parts must be at least 1, but was " + parts);
        }
        if (parts == 1) {
            return this;
        }
        // A policy must not have the same rate twice, and one of two equal rates decides the same as both.
        List<Rate> ratesOfPart =
                rates.stream().map(rate -> rate.dividedBy(parts)).distinct().toList();
        int maxConcurrentOfPart = maxConcurrent == 0 ? 0 : Math.max(1, maxConcurrent / parts);
        return new Policy(name, ratesOfPart, blocks, maxDelay, blackout, maxConcurrentOfPart, leaseTimeout);
    }

    /**
     * Returns the name.
     *
     * @return the name
     */
    public String name() {
        return name;
    }

    /**
     * Returns the rates.
     *
     * @return the rates in the order in which they were given; unmodifiable, empty if no rate is limited
     */
    public List<Rate> rates() {
        return rates;
    }

    /**
     * Returns whether this policy allows nothing, ever.
     *
     * @return whether this is {@link #blocked()}, under any name
     */
    public boolean blocks() {
        return blocks;
    }

    /**
     * Returns the maximum delay of a request that waits.
     *
     * @return the maximum delay, zero if the policy throttles
     */
    public Duration maxDelay() {
        return maxDelay;
    }

    /**
     * Returns the time for which a key is refused after a request over a rate.
     *
     * @return the time; empty if the policy has no blackout
     */
    public Optional<Duration> blackout() {
        return blackout.isZero() ? Optional.empty() : Optional.of(blackout);
    }

    /**
     * Returns the maximum number of leases that a key may hold at once.
     *
     * @return the number; empty if it is not bounded
     */
    public OptionalInt maxConcurrent() {
        return maxConcurrent == 0 ? OptionalInt.empty() : OptionalInt.of(maxConcurrent);
    }

    /**
     * Returns the time after which the limiter takes a lease back.
     *
     * @return the time; empty if it is not bounded
     */
    public Optional<Duration> leaseTimeout() {
        return leaseTimeout.isZero() ? Optional.empty() : Optional.of(leaseTimeout);
    }

    @Override
    public boolean equals(Object other) {
        return this == other || (other instanceof Policy policy && parts().equals(policy.parts()));
    }

    @Override
    public int hashCode() {
        return hash;
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("Policy[").append(name);
        if (blocks) {
            text.append(", allows nothing");
        }
        rates.forEach(rate -> text.append(", ").append(rate));
        if (!maxDelay.isZero()) {
            text.append(", waits up to ").append(maxDelay);
        }
        blackout().ifPresent(time -> text.append(", blackout of ").append(time));
        maxConcurrent()
                .ifPresent(leases -> text.append(", at most ").append(leases).append(" at once"));
        leaseTimeout().ifPresent(time -> text.append(" for up to ").append(time));
        return text.append(']').toString();
    }

    private List<Object> parts() {
        return List.of(name, rates, blocks, maxDelay, blackout, maxConcurrent, leaseTimeout);
    }

    private void checkHasRates(String what) {
        if (rates.isEmpty()) {
            throw new IllegalArgumentException(
                    "the policy " + name + " has no rate to " + what + ": begin with Policy.of(name, rate)");
        }
    }

    static String checkedName(String name) {
        if (Objects.requireNonNull(name, "name").isEmpty()) {
            throw new IllegalArgumentException("the name of a policy must not be empty");
        }
        // Names go into HTTP fields and logs, where a line break would start a new field or log line.
        if (name.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException("the name of a policy must not contain control characters");
        }
        return name;
    }

    static void checkDuration(String what, Duration value) {
        Objects.requireNonNull(value, what);
        if (value.isNegative()) {
            throw new IllegalArgumentException("the " + what + " must be at least 0, but was " + value);
        }
        checkNotTooLong(what, value);
    }

    /** As {@link #checkDuration}, but also rejects zero. */
    static void checkPositive(String what, Duration value) {
        Objects.requireNonNull(value, what);
        if (value.isNegative() || value.isZero()) {
            throw new IllegalArgumentException("the " + what + " must be at least 1 ns, but was " + value);
        }
        checkNotTooLong(what, value);
    }

    private static void checkNotTooLong(String what, Duration value) {
        if (value.compareTo(MAX_DURATION) > 0) {
            throw new IllegalArgumentException("the " + what + " must be at most 365 days, but was " + value);
        }
    }
}
