package dev.ratelimit.core;

import dev.ratelimit.Decision;
import dev.ratelimit.Limiter;
import dev.ratelimit.Policy;
import dev.ratelimit.Rate;
import dev.ratelimit.SingleLimiter;
import dev.ratelimit.Tiers;
import dev.ratelimit.TimeSource;
import dev.ratelimit.core.internal.cells.SingleCell;
import java.util.Objects;

/**
 * The front door: every limiter of this library is made here.
 *
 * <pre>{@code
 * Limiter<String> perUser = Limiters.perKey(Rate.perSecond(1000).burstWindow(Duration.ofSeconds(5)));
 * SingleLimiter node = Limiters.single(Rate.perSecond(20_000));
 * Limiter<Account> perAccount = Limiters.builder(Rate.perMinute(600))
 *         .maximumKeys(1_000_000)
 *         .whenSaturated(WhenSaturated.DENY)
 *         .build(Account::id);
 * }</pre>
 */
public final class Limiters {

    private Limiters() {}

    /**
     * Returns a limiter that gives each key a budget of its own, with the defaults of {@link #builder(Rate)}.
     *
     * @param rate the rate of each key
     * @param <K> the type of the keys
     * @return the limiter
     * @throws IllegalArgumentException if the rate cannot be kept: see {@link LimiterBuilder#build()}
     */
    public static <K> Limiter<K> perKey(Rate rate) {
        return builder(rate).build();
    }

    /**
     * Returns a builder of limiters that give each key a budget of its own.
     *
     * @param rate the rate of each key
     * @return the builder
     */
    public static LimiterBuilder<Object> builder(Rate rate) {
        return builder(Policy.of(Decision.DEFAULT_POLICY, rate));
    }

    /**
     * Returns a limiter under whose policy each key has budgets of its own, with the defaults of
     * {@link #builder(Policy)}.
     *
     * @param policy the policy of each key
     * @param <K> the type of the keys
     * @return the limiter
     * @throws IllegalArgumentException if a rate cannot be kept: see {@link LimiterBuilder#build()}
     */
    public static <K> Limiter<K> perKey(Policy policy) {
        return builder(policy).build();
    }

    /**
     * Returns a builder of limiters under whose policy each key has budgets of its own.
     *
     * @param policy the policy of each key
     * @return the builder
     */
    public static LimiterBuilder<Object> builder(Policy policy) {
        return new LimiterBuilder<>(policy);
    }

    /**
     * Returns a limiter under which each key has the policy that a resolver names, with the defaults of
     * {@link #builder(Tiers)}.
     *
     * @param tiers the policies of keys
     * @param <K> the type of the keys
     * @return the limiter
     * @throws IllegalArgumentException if a rate of the default policy cannot be kept: see {@link LimiterBuilder#build()}
     */
    public static <K> Limiter<K> perKey(Tiers<K> tiers) {
        return builder(tiers).build();
    }

    /**
     * Returns a builder of limiters under which each key has the policy that a resolver names.
     *
     * @param tiers the policies of keys
     * @param <K> what the resolver takes: keys, or requests that keys are taken from
     * @return the builder
     */
    public static <K> LimiterBuilder<K> builder(Tiers<K> tiers) {
        return new LimiterBuilder<>(Objects.requireNonNull(tiers, "tiers"));
    }

    /**
     * Returns a limiter without a key: one budget for all callers together, on the system's time.
     *
     * @param rate the rate of all callers together
     * @return the limiter
     * @throws IllegalArgumentException if the rate cannot be kept: see {@link LimiterBuilder#build()}
     */
    public static SingleLimiter single(Rate rate) {
        return single(rate, TimeSource.system());
    }

    /**
     * Returns a limiter without a key: one budget for all callers together.
     *
     * @param rate the rate of all callers together
     * @param timeSource the time that refills it
     * @return the limiter
     * @throws IllegalArgumentException if the rate cannot be kept: see {@link LimiterBuilder#build()}
     */
    public static SingleLimiter single(Rate rate, TimeSource timeSource) {
        return new SingleCell(rate, timeSource);
    }
}
