package dev.ratelimit;

import java.util.Objects;

/** A limiter without a key as a limit for requests of any type, under a name. */
record SharedLimit<R>(SingleLimiter limiter, String policy) implements Limit<R> {

    static <R> SharedLimit<R> of(SingleLimiter limiter, String policy) {
        return new SharedLimit<>(limiter, Policy.checkedName(policy));
    }

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
    public Decision decide(R request) {
        return decide(request, 1);
    }

    @Override
    public Decision decide(R request, long permits) {
        Objects.requireNonNull(request, "key");
        return limiter.decide(permits).of(policy);
    }

    @Override
    public Decision peek(R request) {
        return peek(request, 1);
    }

    @Override
    public Decision peek(R request, long permits) {
        Objects.requireNonNull(request, "key");
        return limiter.peek(permits).of(policy);
    }

    @Override
    public void refund(R request, long permits) {
        Objects.requireNonNull(request, "key");
        limiter.refund(permits);
    }

    @Override
    public String toString() {
        return limiter.toString();
    }
}
