package dev.ratelimit;

import java.util.Objects;
import java.util.function.UnaryOperator;

/** Adapter of a limiter without keys to a limit for requests of any type. Its decisions carry the policy's name. */
record KeylessLimit<R>(SingleLimiter limiter, UnaryOperator<Decision> named) implements Limit<R> {

    @Override
    public boolean tryAcquire(R request) {
        Objects.requireNonNull(request, "key");
        return limiter.tryAcquire();
    }

    @Override
    public boolean tryAcquire(R request, long permits) {
        Objects.requireNonNull(request, "key");
        return limiter.tryAcquire(permits);
    }

    @Override
    public Decision decide(R request, long permits) {
        Objects.requireNonNull(request, "key");
        return named.apply(limiter.decide(permits));
    }

    @Override
    public Decision peek(R request, long permits) {
        Objects.requireNonNull(request, "key");
        return named.apply(limiter.peek(permits));
    }

    @Override
    public void refund(R request, long permits) {
        Objects.requireNonNull(request, "key");
        limiter.refund(permits);
    }

    @Override
    public long charge(R request, long permits) {
        Objects.requireNonNull(request, "key");
        return limiter.charge(permits);
    }

    @Override
    public String toString() {
        return limiter.toString();
    }
}
