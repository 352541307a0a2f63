package dev.ratelimit.quota;

import dev.ratelimit.DecisionSource;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A quota decision is a quota service's answer to one request: whether the amount was counted, and the usage of each
 * quota after it.
 *
 * <p>With several quotas, {@link #used()}, {@link #limit()}, {@link #remaining()} and {@link #window()} are the figures
 * of the {@link #binding()} quota. Of the quotas that refuse, it is the one whose window ends last. If none refuses, it
 * is the one with the fewest units left.
 *
 * <p>Immutable and thread-safe.
 */
public final class QuotaDecision {

    /** The wait of a request that can never be allowed: {@link ChronoUnit#FOREVER}. */
    public static final Duration NEVER = ChronoUnit.FOREVER.getDuration();

    /** Stands for the index of the usage that refuses, if none does. */
    private static final int ALLOWED = -1;

    /** Stands for the index of the usage that refuses, if the store is away. */
    private static final int CLOSED = -2;

    private final List<QuotaUsage> usages;
    private final int refusing;
    private final int binding;
    private final Duration retryAfter;
    private final DecisionSource source;
    private final long atMillis;

    private QuotaDecision(
            List<QuotaUsage> usages,
            int refusing,
            int binding,
            Duration retryAfter,
            DecisionSource source,
            Instant now) {
        this.usages = usages;
        this.refusing = refusing;
        this.binding = binding;
        this.retryAfter = retryAfter;
        this.source = source;
        this.atMillis = now.toEpochMilli();
    }

    /**
     * Returns the decision of quotas that have counted an amount, or would.
     *
     * @param usages the usage of each quota now, in the order of the quotas, at least one
     * @param now the instant of the request
     * @return the decision
     * @throws IllegalArgumentException if there is no usage
     */
    public static QuotaDecision allowed(List<QuotaUsage> usages, Instant now) {
        return allowed(usages, DecisionSource.STORE, now);
    }

    /**
     * Returns the decision of quotas that have counted an amount, or would, with its source.
     *
     * @param usages the usage of each quota now, in the order of the quotas, at least one
     * @param source the source; not {@link DecisionSource#CLOSED}, which refuses
     * @param now the instant of the request
     * @return the decision
     * @throws IllegalArgumentException if there is no usage, or the source is {@code CLOSED}
     */
    public static QuotaDecision allowed(List<QuotaUsage> usages, DecisionSource source, Instant now) {
        if (source == DecisionSource.CLOSED) {
            throw new IllegalArgumentException("source must not be CLOSED, which denies; use unavailable(...)");
        }
        List<QuotaUsage> all = checked(usages);
        return new QuotaDecision(
                all,
                ALLOWED,
                BindingQuota.fewestLeft(all),
                Duration.ZERO,
                Objects.requireNonNull(source, "source"),
                now);
    }

    /**
     * Returns the refusal by a service whose store is away. No quota refused, so {@link #refusedBy()} is empty.
     *
     * @param usages the usage of each quota that this process knows of, in the order of the quotas, at least one
     * @param retryAfter the time after which the caller may try again, at least zero
     * @param now the instant of the request
     * @return the decision, with the source {@link DecisionSource#CLOSED}
     * @throws IllegalArgumentException if there is no usage, or the time is negative
     */
    public static QuotaDecision unavailable(List<QuotaUsage> usages, Duration retryAfter, Instant now) {
        if (retryAfter.isNegative()) {
            throw new IllegalArgumentException("retryAfter must be at least zero, but was " + retryAfter);
        }
        List<QuotaUsage> all = checked(usages);
        return new QuotaDecision(all, CLOSED, BindingQuota.fewestLeft(all), retryAfter, DecisionSource.CLOSED, now);
    }

    /**
     * Returns the decision of quotas of which at least one does not have an amount left.
     *
     * <p>If by now all quotas have the amount, because a window ended or units were given back meanwhile, the quota
     * with the fewest units left counts as the one that refused, and the caller may try again at once.
     *
     * @param usages the usage of each quota now, in the order of the quotas, at least one
     * @param amount the amount of the request
     * @param now the instant of the request
     * @return the decision
     * @throws IllegalArgumentException if there is no usage
     */
    public static QuotaDecision refused(List<QuotaUsage> usages, long amount, Instant now) {
        List<QuotaUsage> all = checked(usages);
        int refusing = BindingQuota.refusing(all, amount);
        if (refusing == BindingQuota.NONE) {
            int least = BindingQuota.fewestLeft(all);
            return new QuotaDecision(all, least, least, Duration.ZERO, DecisionSource.STORE, now);
        }
        Duration retryAfter = BindingQuota.retryAfter(all.get(refusing), amount, now);
        return new QuotaDecision(all, refusing, refusing, retryAfter, DecisionSource.STORE, now);
    }

    private static List<QuotaUsage> checked(List<QuotaUsage> usages) {
        if (usages.isEmpty()) {
            throw new IllegalArgumentException("a decision needs the usage of at least one quota");
        }
        return List.copyOf(usages);
    }

    /**
     * Returns whether the amount was counted (or, from {@code peek}, would be).
     *
     * @return whether all quotas have the amount
     */
    public boolean allowed() {
        return refusing == ALLOWED;
    }

    /**
     * Returns whether the request is refused because the store is away. An HTTP server then answers 503 rather than
     * 429.
     *
     * @return whether the {@linkplain #source() source} is {@link DecisionSource#CLOSED}
     */
    public boolean isUnavailable() {
        return source == DecisionSource.CLOSED;
    }

    /**
     * Returns the source of this decision.
     *
     * <p>With {@link DecisionSource#LOCAL}, {@link DecisionSource#OPEN} and {@link DecisionSource#CLOSED}, the usages
     * contain only the units that this process allowed on its own and has not counted in the store yet, because the
     * store is away.
     *
     * @return the source, {@link DecisionSource#STORE} unless the service says otherwise
     */
    public DecisionSource source() {
        return source;
    }

    /**
     * Returns the usage of each quota.
     *
     * @return one usage for each quota, in the order of the quotas
     */
    public List<QuotaUsage> usages() {
        return usages;
    }

    /**
     * Returns the usage of the quota that refused.
     *
     * @return of several, the one whose window ends last; empty if the amount is allowed, or the store is away
     */
    public Optional<QuotaUsage> refusedBy() {
        return refusing < 0 ? Optional.empty() : Optional.of(usages.get(refusing));
    }

    /**
     * Returns the usage of the binding quota: the one that refused, or else the one with the fewest units left.
     *
     * @return the usage
     */
    public QuotaUsage binding() {
        return usages.get(binding);
    }

    /**
     * Returns the units used of the {@linkplain #binding() binding} quota.
     *
     * @return the number of units, at least 0
     */
    public long used() {
        return binding().used();
    }

    /**
     * Returns the limit of the {@linkplain #binding() binding} quota.
     *
     * @return the number of units, at least 0
     */
    public long limit() {
        return binding().limit();
    }

    /**
     * Returns the units left of the {@linkplain #binding() binding} quota.
     *
     * @return the number of units, at least 0
     */
    public long remaining() {
        return binding().remaining();
    }

    /**
     * Returns the window of the {@linkplain #binding() binding} quota.
     *
     * @return the start and the end of the window
     */
    public WindowBounds window() {
        return binding().window();
    }

    /**
     * Returns the instant of the request, by the service's clock.
     *
     * @return the instant, in whole milliseconds
     */
    public Instant at() {
        return Instant.ofEpochMilli(atMillis);
    }

    /**
     * Returns the time after which the {@linkplain #binding() binding} quota is renewed.
     *
     * @return the time until its window ends, at least zero; {@link #NEVER} if the window has no end
     */
    public Duration resetAfter() {
        if (window().isEndless()) {
            return NEVER;
        }
        Duration left = Duration.between(at(), window().end());
        return left.isNegative() ? Duration.ZERO : left;
    }

    /**
     * Returns the time after which the same request may be allowed: when the window of the quota that refused ends. If
     * the store is away, it is the time after which the caller should try again.
     *
     * @return zero if it is allowed; {@link #NEVER} if the amount is above the limit, or that window has no end
     */
    public Duration retryAfter() {
        return retryAfter;
    }

    /**
     * Returns {@link #retryAfter()} in whole seconds, for a {@code Retry-After} field.
     *
     * @return the seconds, rounded up: zero if the request was allowed, at least 1 if it was refused, because zero
     *     would tell the client to try again at once; empty for {@link #NEVER}
     */
    public OptionalLong retryAfterSeconds() {
        if (allowed()) {
            return OptionalLong.of(0);
        }
        return retryAfter.equals(NEVER)
                ? OptionalLong.empty()
                : OptionalLong.of(Math.max(1, retryAfter.plusNanos(999_999_999).toSeconds()));
    }

    @Override
    public boolean equals(Object o) {
        return o instanceof QuotaDecision other
                && usages.equals(other.usages)
                && refusing == other.refusing
                && retryAfter.equals(other.retryAfter)
                && source == other.source;
    }

    @Override
    public int hashCode() {
        return Objects.hash(usages, refusing, retryAfter, source);
    }

    @Override
    public String toString() {
        String answer = allowed()
                ? "allowed"
                : refusing == CLOSED
                        ? "denied, the store is away"
                        : "refused by " + binding().quota().name();
        return "QuotaDecision[" + answer + " (" + source + "), used " + used() + " of " + limit() + " until "
                + window().end() + "]";
    }
}
