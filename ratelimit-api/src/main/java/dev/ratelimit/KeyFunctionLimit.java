package dev.ratelimit;

import java.util.Objects;
import java.util.function.Function;

/** A limit for requests whose keys a function derives. */
record KeyFunctionLimit<R, K>(Limit<K> limit, Function<? super R, ? extends K> keyOf) implements Limit<R> {

    @Override
    public boolean tryAcquire(R request) {
        return limit.tryAcquire(key(request));
    }

    @Override
    public boolean tryAcquire(R request, long permits) {
        return limit.tryAcquire(key(request), permits);
    }

    @Override
    public Decision decide(R request) {
        return limit.decide(key(request));
    }

    @Override
    public Decision decide(R request, long permits) {
        return limit.decide(key(request), permits);
    }

    @Override
    public Decision peek(R request) {
        return limit.peek(key(request));
    }

    @Override
    public Decision peek(R request, long permits) {
        return limit.peek(key(request), permits);
    }

    @Override
    public void refund(R request, long permits) {
        limit.refund(key(request), permits);
    }

    @Override
    public long charge(R request, long permits) {
        return limit.charge(key(request), permits);
    }

    @Override
    public String toString() {
        return limit.toString();
    }

    private K key(R request) {
        return Objects.requireNonNull(
                keyOf.apply(Objects.requireNonNull(request, "key")), "the key function returned null");
    }
}
