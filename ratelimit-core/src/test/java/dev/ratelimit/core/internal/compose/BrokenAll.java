package dev.ratelimit.core.internal.compose;

import dev.ratelimit.Decision;
import dev.ratelimit.Limit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Several limits as one, gone wrong in one way: the checks of {@link AllOf} have to catch each of them. */
final class BrokenAll<R> implements Limit<R> {

    enum Fault {
        /** None: shows that it is the fault that is caught. */
        NONE,
        /** None, but for what a shadow limit let pass: it counts as taken, and is given back. */
        TRUSTS,
        /** What all share is asked first. */
        GENERAL_FIRST,
        /** What all share is asked first, and keeps what it took. */
        DRAINS,
        /** What was taken before a refusal is kept. */
        KEEPS,
        /** What was taken before a refusal is given back twice. */
        GIVES_BACK_TWICE,
        /** Also the limit that refused is given something back. */
        GIVES_BACK_TOO_FAR,
        /** All are looked at; what comes of taking is not looked at. */
        ONLY_LOOKS
    }

    private final List<Limit<R>> limits;
    private final Fault fault;

    /** From the most specific to the most general. */
    BrokenAll(List<Limit<R>> limits, Fault fault) {
        this.limits = new ArrayList<>(limits);
        this.fault = fault;
        if (fault == Fault.GENERAL_FIRST || fault == Fault.DRAINS) {
            Collections.reverse(this.limits);
        }
    }

    @Override
    public boolean tryAcquire(R request, long permits) {
        if (fault == Fault.ONLY_LOOKS) {
            boolean allowed = limits.stream()
                    .allMatch(limit -> limit.peek(request, permits).allowed());
            if (allowed) {
                limits.forEach(limit -> limit.tryAcquire(request, permits));
            }
            return allowed;
        }
        for (int i = 0; i < limits.size(); i++) {
            if (!limits.get(i).tryAcquire(request, permits)) {
                giveBack(request, permits, i);
                return false;
            }
        }
        return true;
    }

    private void giveBack(R request, long permits, int taken) {
        int times = fault == Fault.KEEPS || fault == Fault.DRAINS ? 0 : fault == Fault.GIVES_BACK_TWICE ? 2 : 1;
        int limits = fault == Fault.GIVES_BACK_TOO_FAR ? taken + 1 : taken;
        for (int i = 0; i < limits * times; i++) {
            this.limits.get(i / times).refund(request, permits);
        }
    }

    @Override
    public Decision decide(R request, long permits) {
        Decision before = peek(request, permits);
        return tryAcquire(request, permits) || !before.allowed() ? before : Decision.blocked();
    }

    @Override
    public Decision peek(R request, long permits) {
        return limits.stream().map(limit -> limit.peek(request, permits)).reduce(Decision.unlimited(), Part::stricter);
    }

    @Override
    public void refund(R request, long permits) {
        limits.forEach(limit -> limit.refund(request, permits));
    }

    @Override
    public long charge(R request, long permits) {
        limits.forEach(limit -> limit.charge(request, permits));
        return permits;
    }
}
