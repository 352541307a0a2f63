package dev.ratelimit.core.internal.compose;

import dev.ratelimit.Decision;
import dev.ratelimit.Limit;
import dev.ratelimit.core.internal.compose.Binding.Side;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One limit of a composition, with the function that derives a request's key, and the binding of its decisions.
 *
 * <p>It keeps the permits that it takes until all later parts have decided, and gives them back unless all of them
 * allow, also if one throws. Meanwhile only the call itself records what it took, and for which key, so nothing is
 * allocated for it.
 *
 * <p>A composition can be a part only in a shadow limit. It is asked part by part, because a shadow limit within it may
 * have allowed a request without taking permits. So each part gives back its own permits, and the limits after the
 * composition are its {@link Continuation}.
 */
record Part<R, K>(Limit<K> limit, Binding<? super K> binding, Function<? super R, ? extends K> keyOf) {

    /** Returns this part for requests of another type. */
    <Q> Part<Q, K> by(Function<? super Q, ? extends R> requestOf) {
        return new Part<>(limit, binding, request -> keyOf.apply(checked(requestOf.apply(request))));
    }

    /** Takes permits from this part and all later ones, or from none. */
    boolean tryTake(R request, long permits, AllOf<R> all, int next, @Nullable Continuation<?> rest) {
        K key = key(request);
        Side side = binding.side(key);
        boolean taken = false;
        if (side != Side.OFF && limit instanceof AllOf<K> several) {
            Continuation<R> own = new Continuation<>(all, next, request, permits, rest, binding, side);
            boolean allowed = several.tryTake(0, key, permits, own);
            if (own.isAsked()) {
                return allowed;
            }
        } else {
            taken = side != Side.OFF && limit.tryAcquire(key, permits);
        }
        hear(side, taken);
        if (!taken && side == Side.ENFORCED) {
            return false;
        }
        boolean allowed = false;
        try {
            allowed = all.tryTake(next, request, permits, rest);
            return allowed;
        } finally {
            giveBackUnless(allowed || !taken, key, permits);
        }
    }

    /** Takes as {@link #tryTake} does, and returns the decision. */
    Decision decide(
            R request, long permits, AllOf<R> all, int next, @Nullable Continuation<?> rest, List<Decision> told) {
        K key = key(request);
        Side side = binding.side(key);
        Decision truth;
        if (side != Side.OFF && limit instanceof AllOf<K> several) {
            Continuation<R> own = new Continuation<>(all, next, request, permits, rest, binding, side);
            // A refusal that is only observed does not bind, so the caller does not receive it.
            List<Decision> ofTrial = side == Side.ENFORCED ? told : new ArrayList<>();
            truth = several.decide(0, key, permits, own, ofTrial);
            if (own.isAsked()) {
                if (side != Side.ENFORCED) {
                    told.addAll(ofTrial);
                }
                return truth;
            }
        } else {
            truth = side == Side.OFF ? Decision.unlimited() : limit.decide(key, permits);
        }
        boolean taken = side != Side.OFF && truth.allowed();
        hear(side, taken);
        Decision own = side.shown(truth);
        int place = told.size();
        if (side != Side.OFF && !(limit instanceof AllOf<?>)) {
            told.addAll(own.parts());
        }
        if (!own.allowed()) {
            return stricter(own, all.peek(next, request, permits, told));
        }
        boolean allowed = false;
        Decision others;
        try {
            others = all.decide(next, request, permits, rest, told);
            allowed = others.allowed();
        } finally {
            giveBackUnless(allowed || !taken, key, permits);
        }
        if (taken && !allowed && own.parts().size() == 1) {
            // The caller receives the permits left after the refund.
            told.set(place, limit.peek(key, permits));
        }
        return stricter(own, others);
    }

    /** Returns the decision of this part alone, and takes nothing. */
    Decision peek(R request, long permits, List<Decision> told) {
        K key = key(request);
        Side side = binding.side(key);
        if (side == Side.OFF) {
            return Decision.unlimited();
        }
        Decision shown = side.shown(limit.peek(key, permits));
        told.addAll(shown.parts());
        return shown;
    }

    /** Throws if the request has no valid key for this limit; takes nothing. */
    void check(R request, long permits) {
        peek(request, permits, new ArrayList<>());
    }

    /** Gives permits back to this part only. */
    void refund(R request, long permits) {
        K key = key(request);
        if (binding.side(key) != Side.OFF) {
            limit.refund(key, permits);
        }
    }

    /** Charges permits here only; returns how many there was room for. */
    long charge(R request, long permits) {
        K key = key(request);
        return binding.side(key) == Side.OFF ? permits : limit.charge(key, permits);
    }

    /**
     * Returns the decision that represents two: a refusal rather than an allowed request; of two refusals the one with
     * the longer wait; of two allowed requests the one with the fewest permits left; otherwise the first.
     */
    static Decision stricter(Decision first, Decision second) {
        if (first.allowed() != second.allowed()) {
            return first.allowed() ? second : first;
        }
        boolean isSecond = first.allowed()
                ? second.remaining() < first.remaining()
                : second.retryAfterNanos() > first.retryAfterNanos();
        return isSecond ? second : first;
    }

    private void hear(Side side, boolean within) {
        if (side != Side.OFF) {
            binding.decided(side, within);
        }
    }

    private void giveBackUnless(boolean kept, K key, long permits) {
        if (!kept) {
            limit.refund(key, permits);
        }
    }

    /** Returns the limit for a person to read, with its shadow if it has one. */
    @Override
    public String toString() {
        return binding instanceof Shadow<?> trial ? trial.toString() : limit.toString();
    }

    private K key(R request) {
        return checked(keyOf.apply(request));
    }

    private static <T> T checked(T key) {
        return Objects.requireNonNull(key, "the key function returned null");
    }
}
