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
 * One limit of several, with where a request has its key from, and whether the limit's answers bind.
 *
 * <p>What it takes, it holds until all that come after it have answered, and gives back unless all of them allow, also
 * if one throws. What was taken, and by which key, is known in the meantime by the call itself; nothing is allocated
 * for it.
 *
 * <p>A composition can be a part only where it is on trial. It is asked part by part, because a trial within it may have
 * let pass what it did not take: so each gives back its own, and what comes after the composition is its {@link Continuation}.
 */
record Part<R, K>(Limit<K> limit, Binding<? super K> binding, Function<? super R, ? extends K> keyOf) {

    /** This part for requests of another type. */
    <Q> Part<Q, K> by(Function<? super Q, ? extends R> requestOf) {
        return new Part<>(limit, binding, request -> keyOf.apply(checked(requestOf.apply(request))));
    }

    /** Takes permits here and from all parts that come after, or from none. */
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

    /** Takes as {@link #tryTake} does, and says more about the answer. */
    Decision decide(
            R request, long permits, AllOf<R> all, int next, @Nullable Continuation<?> rest, List<Decision> told) {
        K key = key(request);
        Side side = binding.side(key);
        Decision truth;
        if (side != Side.OFF && limit instanceof AllOf<K> several) {
            Continuation<R> own = new Continuation<>(all, next, request, permits, rest, binding, side);
            // A refusal that is only observed does not bind, so the caller does not hear of it.
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
            // What is told is what is left after the refund.
            told.set(place, limit.peek(key, permits));
        }
        return stricter(own, others);
    }

    /** Says what this part alone would answer, and takes nothing. */
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

    /** Fails if the limit cannot be asked for this request, because the key is none; takes nothing. */
    void check(R request, long permits) {
        peek(request, permits, new ArrayList<>());
    }

    /** Gives permits back, here only. */
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
     * Of two answers the one that stands for both: a refusal before an admission, of refusals that with the longest wait,
     * of admissions that with the least left; otherwise the first.
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

    /** Returns the limit for a person to read, with its trial if it is on one. */
    @Override
    public String toString() {
        return binding instanceof Shadow<?> trial ? trial.toString() : limit.toString();
    }

    private K key(R request) {
        return checked(keyOf.apply(request));
    }

    private static <T> T checked(T key) {
        return Objects.requireNonNull(key, "the key's function returned null");
    }
}
