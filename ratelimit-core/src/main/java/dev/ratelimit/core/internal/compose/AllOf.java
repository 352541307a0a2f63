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
 * Several limits as one: a request is allowed if all of them allow it, and otherwise takes nothing from any.
 *
 * <p><b>Take, and give back.</b> The limits are asked in their order, and a caller names the most specific first. Each takes the
 * permits if it has them. The first that refuses ends it: those before it are given back what they have just given, and those after it
 * have never been asked. So a client over its own limit cannot touch what it shares with others, however often it asks;
 * and what every request shares, the most general limit, is asked last and therefore never given anything back.
 *
 * <p><b>Why not look first?</b> To look at all limits before taking from any would do without most give-backs, but not
 * without giving back: another request may come between the look and the taking. It costs each allowed request, and
 * those are the many, a second visit to each limit, and an object for each answer. And a look is no request: a policy's
 * blackout would never begin.
 *
 * <p><b>What others see meanwhile.</b> Until it is given back, what a request has taken is missing to others, who may be
 * refused for it. That is so only at limits that are not the most general one, only for those who share the key there
 * with a request that is being refused elsewhere, and only for that long. Where requests refuse each other in this way,
 * one of them was refused rightly: a request gives back only because a more general limit refused it, the most general
 * one refuses nobody in vain, and all ask in the same order. A blackout that begins with such a refusal stays.
 *
 * <p><b>Never too much.</b> Each limit allows by itself, and is given back only what the same request took from it. What
 * is left is what it would have been, but for one thing: a budget that would have been full meanwhile, and lost its
 * refill, may have gained the refill of that time if others took from it. So in any time t no more than capacity + t × rate
 * are allowed if nothing is being given back when t begins; otherwise that may be exceeded by the refill of the time
 * for which that request had been under way. It is what a request exceeds it by that reads the clock, and goes on later.
 *
 * <p><b>What a refusal leaves behind</b> in the budgets is nothing. In a table that is full of keys in debt, a new key that
 * a more general limit then refuses has cost another its place, as if it had been allowed.
 *
 * <p><b>Nesting.</b> Compositions and shadow limits among the limits are taken apart, so that all are asked by one rule
 * and what a shadow limit let pass without taking it is not given back. A composition on trial is asked as a whole, and
 * what comes after it is its {@link Continuation}. A limit that is there twice is charged twice; a look, which takes nothing,
 * cannot see that. Thread-safe.
 *
 * @param <R> the type of the requests
 */
public final class AllOf<R> implements Limit<R> {

    /** The most limits that one composition is made of; each of them may be a composition. */
    public static final int MAX_LIMITS = 8;

    /** In the order in which they are asked. */
    private final List<Part<R, ?>> parts;

    private AllOf(List<Part<R, ?>> parts) {
        this.parts = List.copyOf(parts);
    }

    /** A limit whose answers bind as far as it is said. */
    static <K> AllOf<K> only(Limit<K> limit, Binding<? super K> binding) {
        Limit<K> asked = limit instanceof Shadow<K> shadow ? shadow.by(Function.<K>identity()) : limit;
        return new AllOf<>(List.of(new Part<K, K>(asked, binding, key -> key)));
    }

    /**
     * Several limits as one.
     *
     * @param limits in the order in which they are asked, from 1 to {@link #MAX_LIMITS}
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

    /** Takes from all parts from one on, and from the rest if there is one; or from none. */
    boolean tryTake(int from, R request, long permits, @Nullable Continuation<?> rest) {
        return from == parts.size()
                ? rest == null || rest.tryTake()
                : parts.get(from).tryTake(request, permits, this, from + 1, rest);
    }

    /** Takes as {@link #tryTake} does, says more about the answer, and notes the decision of each part whose answer binds. */
    Decision decide(int from, R request, long permits, @Nullable Continuation<?> rest, List<Decision> told) {
        if (from < parts.size()) {
            return parts.get(from).decide(request, permits, this, from + 1, rest, told);
        }
        return rest == null ? Decision.unlimited() : rest.decide(told);
    }

    /** Says what the parts from one on would answer, and takes nothing. */
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

    /** Returns the limits for a person to read, in the order in which they are asked. */
    @Override
    public String toString() {
        return "All" + parts.stream().map(Part::toString).toList();
    }
}
