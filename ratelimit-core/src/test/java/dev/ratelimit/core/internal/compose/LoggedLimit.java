package dev.ratelimit.core.internal.compose;

import dev.ratelimit.Decision;
import dev.ratelimit.Limit;
import dev.ratelimit.Rate;
import java.util.List;

/** A limit that answers as a test says, and adds each call to a list: {@code "name.take key 2"}. */
final class LoggedLimit implements Limit<String> {

    private static final Rate RATE = Rate.perSecond(10);

    private final String name;
    private final List<String> log;
    boolean allows = true;

    LoggedLimit(String name, List<String> log) {
        this.name = name;
        this.log = log;
    }

    private void note(String call, String key, long permits) {
        log.add(name + "." + call + " " + key + " " + permits);
    }

    private Decision decision() {
        Decision decision = allows
                ? Decision.allowed(RATE, 5, 0)
                : Decision.refused(Decision.Reason.OVER_LIMIT, RATE, 0, 1_000, 2_000);
        return decision.withPolicy(name);
    }

    @Override
    public boolean tryAcquire(String key, long permits) {
        note("take", key, permits);
        return allows;
    }

    @Override
    public Decision decide(String key, long permits) {
        note("take", key, permits);
        return decision();
    }

    @Override
    public Decision peek(String key, long permits) {
        note("peek", key, permits);
        return decision();
    }

    @Override
    public void refund(String key, long permits) {
        note("refund", key, permits);
    }

    @Override
    public long charge(String key, long permits) {
        note("charge", key, permits);
        return permits - 1;
    }

    @Override
    public String toString() {
        return name;
    }
}
