package dev.ratelimit.core;

import dev.ratelimit.Decision;
import dev.ratelimit.Limit;
import dev.ratelimit.Limiter;
import dev.ratelimit.Policy;
import dev.ratelimit.Rate;
import dev.ratelimit.ShadowLimit;
import dev.ratelimit.SingleLimiter;
import dev.ratelimit.Tiers;
import dev.ratelimit.TimeSource;
import dev.ratelimit.core.internal.compose.AllOf;
import dev.ratelimit.core.internal.compose.SecretWords;
import dev.ratelimit.core.internal.compose.Shadow;
import dev.ratelimit.core.internal.keys.KeyHash;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;

/**
 * The front door: every limiter of this library is made here.
 *
 * <pre>{@code
 * Limiter<String> perUser = Limiters.perKey(Rate.perSecond(1000).burstWindow(Duration.ofSeconds(5)));
 * SingleLimiter node = Limiters.single(Rate.perSecond(20_000));
 * Limiter<Account> perAccount = Limiters.builder(Rate.perMinute(600))
 *         .maxKeys(1_000_000)
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
     * Returns a limiter without a key: one budget for all callers together, with the defaults of
     * {@link #singleBuilder(Rate)}.
     *
     * @param rate the rate of all callers together
     * @return the limiter
     * @throws IllegalArgumentException if the rate cannot be kept: see {@link LimiterBuilder#build()}
     */
    public static SingleLimiter single(Rate rate) {
        return singleBuilder(rate).build();
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
        return singleBuilder(rate).timeSource(timeSource).build();
    }

    /**
     * Returns a limiter without a key: one policy for all callers together, with the defaults of
     * {@link #singleBuilder(Policy)}.
     *
     * <pre>{@code
     * SingleLimiter node = Limiters.single(Policy.of("node", Rate.perSecond(1000)).shape(Duration.ofSeconds(2)));
     * }</pre>
     *
     * @param policy the policy of all callers together
     * @return the limiter
     * @throws IllegalArgumentException if a rate cannot be kept: see {@link LimiterBuilder#build()}
     */
    public static SingleLimiter single(Policy policy) {
        return singleBuilder(policy).build();
    }

    /**
     * Returns a builder of limiters without a key: one budget for all callers together.
     *
     * @param rate the rate of all callers together
     * @return the builder
     */
    public static SingleLimiterBuilder singleBuilder(Rate rate) {
        return singleBuilder(Policy.of(Decision.DEFAULT_POLICY, rate));
    }

    /**
     * Returns a builder of limiters without a key: one policy for all callers together.
     *
     * @param policy the policy of all callers together
     * @return the builder
     */
    public static SingleLimiterBuilder singleBuilder(Policy policy) {
        return new SingleLimiterBuilder(policy);
    }

    /**
     * Returns a limit that allows a request if all of several limits do, and otherwise takes nothing from any.
     *
     * <pre>{@code
     * Limit<Request> limit = Limiters.all(
     *         perUser.by(Request::user), perTenant.by(Request::tenant), node.forAll("node"));
     * }</pre>
     *
     * <p><b>Order.</b> The limits are asked in the order in which they are named. Name the most specific first and the most
     * general last: then a client that is over its own limit takes nothing from what all share, not even for a moment. If
     * a later limit refuses, the earlier ones get back what the request took from them; until then, they may refuse
     * requests of other callers with the same key.
     *
     * <p>A decision is that of the limit that refused, of several that with the longest wait; if all allow, of that with
     * the least left. {@link Decision#policy()} says which it was. {@code tryAcquire} asks no limit once one has refused, and
     * allocates nothing of its own, unless one of the limits is a composition on trial.
     *
     * <p>{@code refund} gives back to all limits. Listeners of the limits hear what each of them decided, also where another
     * one then refused.
     *
     * @param limits 1 to 8 limits, which may themselves be composed
     * @param <R> the type of the requests
     * @return the limit
     * @throws IllegalArgumentException if there are no limits, or more than 8
     */
    @SafeVarargs
    public static <R> Limit<R> all(Limit<? super R>... limits) {
        List<Limit<? super R>> list = new ArrayList<>();
        for (Limit<? super R> limit : Objects.requireNonNull(limits, "limits")) {
            list.add(limit);
        }
        return AllOf.of(list);
    }

    /**
     * Returns a limit on trial, which at first refuses nobody: see {@link ShadowLimit}. The sides of keys are drawn anew,
     * and so differ between nodes and after a restart.
     *
     * @param limit the limit, which other callers may use without a shadow meanwhile
     * @param <K> the type of the keys, one that is a key by itself: see {@link Limiter}
     * @return the shadow limit
     */
    public static <K> ShadowLimit<K> shadow(Limit<K> limit) {
        return shadow(limit, Function.identity());
    }

    /**
     * Returns a limit on trial as {@link #shadow(Limit)} does, for keys of any type.
     *
     * @param limit the limit
     * @param keyOf what decides on the side: a function that reduces each of the limit's keys to a key by itself, such as
     *     {@code Request::tenant} to have all requests of a tenant on one side; thread-safe, not returning null
     * @param <K> the type of the keys
     * @return the shadow limit
     */
    public static <K> ShadowLimit<K> shadow(Limit<K> limit, Function<? super K, ?> keyOf) {
        return new Shadow<>(
                Objects.requireNonNull(limit, "limit"),
                new KeyHash(new SecureRandom()),
                Objects.requireNonNull(keyOf, "keyOf"));
    }

    /**
     * Returns a limit on trial in which the sides of keys follow from a secret: they are the same on all nodes, after each
     * restart and in all shadow limits that share it, as long as the version of this library is the same.
     *
     * @param limit the limit
     * @param keyOf what decides on the side: see {@link #shadow(Limit, Function)}
     * @param secret any characters, not empty; who knows or guesses them can tell the side of a key
     * @param <K> the type of the keys
     * @return the shadow limit
     * @throws IllegalArgumentException if the secret is empty
     */
    public static <K> ShadowLimit<K> shadow(Limit<K> limit, Function<? super K, ?> keyOf, String secret) {
        if (Objects.requireNonNull(secret, "secret").isEmpty()) {
            throw new IllegalArgumentException("the secret must not be empty; to have one drawn, leave it out");
        }
        return new Shadow<>(
                Objects.requireNonNull(limit, "limit"),
                new KeyHash(new SecretWords(secret)),
                Objects.requireNonNull(keyOf, "keyOf"));
    }
}
