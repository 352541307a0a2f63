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
 * The factory of all limiters of this library.
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
     * Returns a limiter that has a separate budget for each key, with the defaults of {@link #builder(Rate)}.
     *
     * @param rate the rate of each key
     * @param <K> the type of the keys
     * @return the limiter
     * @throws IllegalArgumentException if the limiter cannot represent the rate: see {@link LimiterBuilder#build()}
     */
    public static <K> Limiter<K> perKey(Rate rate) {
        return builder(rate).build();
    }

    /**
     * Returns a builder of limiters that have a separate budget for each key.
     *
     * @param rate the rate of each key
     * @return the builder
     */
    public static LimiterBuilder<Object> builder(Rate rate) {
        return builder(Policy.of(Decision.DEFAULT_POLICY, rate));
    }

    /**
     * Returns a limiter that has separate budgets for each key under one policy, with the defaults of
     * {@link #builder(Policy)}.
     *
     * @param policy the policy of each key
     * @param <K> the type of the keys
     * @return the limiter
     * @throws IllegalArgumentException if the limiter cannot represent a rate: see {@link LimiterBuilder#build()}
     */
    public static <K> Limiter<K> perKey(Policy policy) {
        return builder(policy).build();
    }

    /**
     * Returns a builder of limiters that have separate budgets for each key under one policy.
     *
     * @param policy the policy of each key
     * @return the builder
     */
    public static LimiterBuilder<Object> builder(Policy policy) {
        return new LimiterBuilder<>(policy);
    }

    /**
     * Returns a limiter that gets the policy of each key from a resolver, with the defaults of {@link #builder(Tiers)}.
     *
     * @param tiers the policies of keys
     * @param <K> the type of the keys
     * @return the limiter
     * @throws IllegalArgumentException if the limiter cannot represent a rate of the default policy: see
     *     {@link LimiterBuilder#build()}
     */
    public static <K> Limiter<K> perKey(Tiers<K> tiers) {
        return builder(tiers).build();
    }

    /**
     * Returns a builder of limiters that get the policy of each key from a resolver.
     *
     * @param tiers the policies of keys
     * @param <K> the type that the resolver takes: keys, or requests from which keys are derived
     * @return the builder
     */
    public static <K> LimiterBuilder<K> builder(Tiers<K> tiers) {
        return new LimiterBuilder<>(Objects.requireNonNull(tiers, "tiers"));
    }

    /**
     * Returns a limiter without keys: one budget for all callers together, with the defaults of
     * {@link #singleBuilder(Rate)}.
     *
     * @param rate the rate of all callers together
     * @return the limiter
     * @throws IllegalArgumentException if the limiter cannot represent the rate: see {@link LimiterBuilder#build()}
     */
    public static SingleLimiter single(Rate rate) {
        return singleBuilder(rate).build();
    }

    /**
     * Returns a limiter without keys: one budget for all callers together.
     *
     * @param rate the rate of all callers together
     * @param timeSource the time source that refills the budget
     * @return the limiter
     * @throws IllegalArgumentException if the limiter cannot represent the rate: see {@link LimiterBuilder#build()}
     */
    public static SingleLimiter single(Rate rate, TimeSource timeSource) {
        return singleBuilder(rate).timeSource(timeSource).build();
    }

    /**
     * Returns a limiter without keys: one policy for all callers together, with the defaults of
     * {@link #singleBuilder(Policy)}.
     *
     * <pre>{@code
     * SingleLimiter node = Limiters.single(Policy.of("node", Rate.perSecond(1000)).shape(Duration.ofSeconds(2)));
     * }</pre>
     *
     * @param policy the policy of all callers together
     * @return the limiter
     * @throws IllegalArgumentException if the limiter cannot represent a rate: see {@link LimiterBuilder#build()}
     */
    public static SingleLimiter single(Policy policy) {
        return singleBuilder(policy).build();
    }

    /**
     * Returns a builder of limiters without keys: one budget for all callers together.
     *
     * @param rate the rate of all callers together
     * @return the builder
     */
    public static SingleLimiterBuilder singleBuilder(Rate rate) {
        return singleBuilder(Policy.of(Decision.DEFAULT_POLICY, rate));
    }

    /**
     * Returns a builder of limiters without keys: one policy for all callers together.
     *
     * @param policy the policy of all callers together
     * @return the builder
     */
    public static SingleLimiterBuilder singleBuilder(Policy policy) {
        return new SingleLimiterBuilder(policy);
    }

    /**
     * Returns a composition: a limit that allows a request if all of several limits do, and otherwise takes nothing
     * from any of them.
     *
     * <pre>{@code
     * Limit<Request> limit = Limiters.all(
     *         perUser.by(Request::user), perTenant.by(Request::tenant), node.forAll("node"));
     * }</pre>
     *
     * <p><b>Order.</b> The limits decide in the given order. Give the most specific first and the most general last.
     * Then a client that is over its own limit takes nothing from a shared limit, not even for a moment. If a later
     * limit refuses, the composition gives back the permits that the request took from the earlier ones. Until then,
     * these may refuse requests of other callers with the same key.
     *
     * <p>The decision is that of the limit that refused; if several refused, of the one with the longest wait; if all
     * allow, of the one with the fewest permits left. {@link Decision#policy()} names it. {@code tryAcquire} stops at
     * the first limit that refuses. It allocates nothing itself, unless one of the limits is a shadow of a composition.
     *
     * <p>{@code refund} gives permits back to all limits. The listener of each limit receives that limit's decision,
     * also if another limit refuses later.
     *
     * @param limits 1 to 8 limits, which may be compositions themselves
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
     * Returns a shadow limit, which at first refuses no request: see {@link ShadowLimit}. Its secret is random, so the
     * sides of keys differ between nodes and after a restart.
     *
     * @param limit the limit, which other callers may also use directly
     * @param <K> the type of the keys, which must be a supported type: see {@link Limiter}
     * @return the shadow limit
     */
    public static <K> ShadowLimit<K> shadow(Limit<K> limit) {
        return shadow(limit, Function.identity());
    }

    /**
     * Returns a shadow limit as {@link #shadow(Limit)} does, for keys of any type.
     *
     * @param limit the limit
     * @param keyOf a function that maps each of the limit's keys to a key of a supported type, which decides the side;
     *     for instance, {@code Request::tenant} puts all requests of a tenant on one side. It must be thread-safe, and
     *     not return null
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
     * Returns a shadow limit whose sides of keys follow from a given secret. The sides are the same on all nodes, after
     * each restart, and in all shadow limits with the same secret, as long as the version of this library is the same.
     *
     * @param limit the limit
     * @param keyOf a function whose result decides the side: see {@link #shadow(Limit, Function)}
     * @param secret any characters, not empty; a client that knows or guesses them can tell the side of a key
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
