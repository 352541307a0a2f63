package dev.ratelimit;

import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/** A limit of so many permits for each key, which never come back by themselves. */
final class PermitsLeft implements Limit<String> {

    private final Rate rate;
    private final Map<String, Long> left = new HashMap<>();

    PermitsLeft(long permits) {
        rate = Rate.perSecond(permits);
    }

    @Override
    public boolean tryAcquire(String key, long permits) {
        return decide(key, permits).allowed();
    }

    @Override
    public Decision decide(String key, long permits) {
        Decision decision = peek(key, permits);
        if (!decision.allowed()) {
            return decision;
        }
        left.merge(key, -permits, Long::sum);
        return Decision.allowed(rate, left(key), 0);
    }

    @Override
    public Decision peek(String key, long permits) {
        left.putIfAbsent(Objects.requireNonNull(key, "key"), rate.capacity());
        return permits <= left(key)
                ? Decision.allowed(rate, left(key), 0)
                : Decision.refused(Decision.Reason.OVER_LIMIT, rate, left(key), 1, 1);
    }

    @Override
    public void refund(String key, long permits) {
        left.merge(key, permits, Long::sum);
    }

    @Override
    public long charge(String key, long permits) {
        left.put(key, left(key) - permits);
        return permits;
    }

    long left(String key) {
        return left.getOrDefault(key, rate.capacity());
    }
}
