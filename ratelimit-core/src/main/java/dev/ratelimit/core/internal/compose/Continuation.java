package dev.ratelimit.core.internal.compose;

import dev.ratelimit.Decision;
import dev.ratelimit.core.internal.compose.Binding.Side;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What comes after a composition on trial, for one request: asked when all limits of the composition have allowed it, and
 * while they hold what they gave. So if the rest refuses, each of them gives back what it took itself.
 *
 * <p>One thread's.
 */
final class Continuation<R> {

    private final AllOf<R> all;
    private final int next;
    private final R request;
    private final long permits;
    private final @Nullable Continuation<?> rest;
    private final Binding<?> binding;
    private final Side side;
    private boolean asked;

    /** The parts from one on, with the rest that comes after them; and who hears that the composition allowed. */
    Continuation(
            AllOf<R> all,
            int next,
            R request,
            long permits,
            @Nullable Continuation<?> rest,
            Binding<?> binding,
            Side side) {
        this.all = all;
        this.next = next;
        this.request = request;
        this.permits = permits;
        this.rest = rest;
        this.binding = binding;
        this.side = side;
    }

    boolean tryTake() {
        begin();
        return all.tryTake(next, request, permits, rest);
    }

    Decision decide(List<Decision> told) {
        begin();
        return all.decide(next, request, permits, rest, told);
    }

    /** Whether the composition has allowed, whatever the rest said. */
    boolean isAsked() {
        return asked;
    }

    private void begin() {
        asked = true;
        binding.decided(side, true);
    }
}
