package dev.ratelimit.core.internal.compose;

import dev.ratelimit.Decision;
import dev.ratelimit.Limit;
import dev.ratelimit.core.internal.cells.Permits;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A composition of limits: a request is allowed if all of them allow it, and otherwise takes nothing from any of them.
 *
 * <p><b>Take, and give back.</b> The limits decide in their order, and a caller gives the most specific first. Each
 * takes the permits if it has them. The first limit that refuses ends the request: the limits before it get their
 * permits back, and the limits after it are not asked. So a client over its own limit takes nothing from a shared
 * limit, however many requests it sends. The most general limit, which all requests share, decides last, so no permits
 * are ever given back to it.
 *
 * <p><b>Why not peek first?</b> A peek at all limits before taking from any would avoid most refunds, but not all:
 * another request may come between the peek and the taking. It would cost each allowed request, which is the common
 * case, a second visit to each limit, and an object for each decision. And a peek is not a request: a policy's blackout
 * would never begin.
 *
 * <p><b>Effect on other requests.</b> Until the permits are given back, other requests lack them and may be refused.
 * This can happen only at limits other than the most general one, only to requests with the same key there as a request
 * that is being refused elsewhere, and only during that time. If requests refuse each other in this way, one of them
 * was refused correctly: a request gives back only because a more general limit refused it, the most general limit
 * never refuses wrongly, and all requests use the same order. A blackout that begins with such a refusal stays.
 *
 * <p><b>Never too much.</b> Each limit decides independently, and gets back only the permits that the same request took
 * from it. The budget is then as if the request had not come, with one exception: a budget that would have been full
 * meanwhile, and so would have lost its refill, keeps that refill if others took from it. So in any time t, at most
 * capacity + t × rate permits are allowed if no refund is under way when t begins. Otherwise this may be exceeded by
 * the refill of the time for which the refunded request was under way. A request that reads the clock and goes on later
 * can exceed it by the same amount.
 *
 * <p><b>After a refusal</b>, the budgets are unchanged. But in a table full of keys in debt, a new key that a more
 * general limit then refuses has displaced another key, as if it had been allowed.
 *
 * <p><b>Nesting.</b> Compositions and shadow limits among the limits are flattened, so that one rule applies to all,
 * and permits that a shadow limit did not take are not given back. A shadow of a composition is asked as a whole, and
 * the limits after it are its {@link Continuation}. A limit that occurs twice is charged twice, which a peek cannot
 * detect, because it takes nothing. Thread-safe.
 *
 * @param <R> the type of the requests
 */
public final class AllOf<R> implements Limit<R> {

    /** The maximum number of limits in one composition. Each of them may be a composition. */
    public static final int MAX_LIMITS = 8;

    /** In the order in which they decide. */
    private final List<Part<R, ?>> parts;

    private AllOf(List<Part<R, ?>> parts) {
        this.parts = List.copyOf(parts);
    }

    /** Returns the composition of one limit, whose decisions bind as the binding says. */
    static <K> AllOf<K> only(Limit<K> limit, Binding<? super K> binding) {
        Limit<K> asked = limit instanceof Shadow<K> shadow ? shadow.by(Function.<K>identity()) : limit;
        return new AllOf<>(List.of(new Part<K, K>(asked, binding, key -> key)));
    }

    /**
     * Returns the composition of several limits.
     *
     * @param limits 1 to {@link #MAX_LIMITS} limits, in the order in which they decide
     * @param <R> the type of the requests
     */
    public static <R> AllOf<R> of(List<Limit<? super R>> limits) {
        if (limits.isEmpty() || limits.size() > MAX_LIMITS) {
            throw new IllegalArgumentException("a composition is of 1 to " + MAX_LIMITS + " limits, but was given "
                    + limits.size() + "; more can be nested");
        }
        List<Part<R, ?>> parts = new ArrayList<>();
        for (int i = 0; i < limits.size(); i++) {
            parts.addAll(parts(Objects.requireNonNull(limits.get(i), "limit " + (i + 1)), request -> request));
        }
        return new AllOf<>(parts);
    }

    private static <R, K> List<Part<R, ?>> parts(Limit<K> limit, Function<? super R, ? extends K> keyOf) {
        if (limit instanceof AllOf<K> all) {
            return all.<R>by(keyOf).parts;
        }
        return limit instanceof Shadow<K> shadow
                ? shadow.<R>by(keyOf).parts
                : List.of(new Part<>(limit, Binding.always(), keyOf));
    }

    @Override
    public <Q> AllOf<Q> by(Function<? super Q, ? extends R> keyOf) {
        Objects.requireNonNull(keyOf, "keyOf");
        List<Part<Q, ?>> mapped = new ArrayList<>();
        parts.forEach(part -> mapped.add(part.by(keyOf)));
        return new AllOf<>(mapped);
    }

    @Override
    public boolean tryAcquire(R key) {
        return tryTake(0, Objects.requireNonNull(key, "key"), 1, null);
    }

    @Override
    public boolean tryAcquire(R key, long permits) {
        check(key, permits);
        return tryTake(0, key, permits, null);
    }

    @Override
    public Decision decide(R key, long permits) {
        check(key, permits);
        List<Decision> told = new ArrayList<>(parts.size());
        return composed(decide(0, key, permits, null, told), told);
    }

    @Override
    public Decision peek(R key, long permits) {
        check(key, permits);
        List<Decision> told = new ArrayList<>(parts.size());
        return composed(peek(0, key, permits, told), told);
    }

    @Override
    public void refund(R key, long permits) {
        check(key, permits);
        parts.forEach(part -> part.check(key, permits));
        parts.forEach(part -> part.refund(key, permits));
    }

    @Override
    public long charge(R key, long permits) {
        check(key, permits);
        parts.forEach(part -> part.check(key, permits));
        long charged = permits;
        for (Part<R, ?> part : parts) {
            charged = Math.min(charged, part.charge(key, permits));
        }
        return charged;
    }

    /** Takes from all parts from an index on, and from the rest if there is one; or from none. */
    boolean tryTake(int from, R request, long permits, @Nullable Continuation<?> rest) {
        return from == parts.size()
                ? rest == null || rest.tryTake()
                : parts.get(from).tryTake(request, permits, this, from + 1, rest);
    }

    /**
     * Takes as {@link #tryTake} does, returns the decision, and records the decision of each part that binds.
     */
    Decision decide(int from, R request, long permits, @Nullable Continuation<?> rest, List<Decision> told) {
        if (from < parts.size()) {
            return parts.get(from).decide(request, permits, this, from + 1, rest, told);
        }
        return rest == null ? Decision.unlimited() : rest.decide(told);
    }

    /** Returns the decision of the parts from an index on, and takes nothing. */
    Decision peek(int from, R request, long permits, List<Decision> told) {
        if (from == parts.size()) {
            return Decision.unlimited();
        }
        Decision own = parts.get(from).peek(request, permits, told);
        return Part.stricter(own, peek(from + 1, request, permits, told));
    }

    private static Decision composed(Decision decision, List<Decision> told) {
        return told.size() < 2 ? decision : decision.withParts(told);
    }

    private static void check(Object key, long permits) {
        Objects.requireNonNull(key, "key");
        Permits.check(permits);
    }

    /** Returns the limits for a person to read, in the order in which they decide. */
    @Override
    public String toString() {
        return "All" + parts.stream().map(Part::toString).toList();
    }
}
