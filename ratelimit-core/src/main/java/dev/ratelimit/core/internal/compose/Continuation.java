package dev.ratelimit.core.internal.compose;

import dev.ratelimit.Decision;
import dev.ratelimit.core.internal.compose.Binding.Side;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The limits that follow a shadow of a composition, for one request. They decide when all limits of the composition
 * have allowed it, and before any of these gives permits back. So if they refuse, each limit of the composition gets
 * back exactly the permits that were taken from it.
 *
 * <p>Confined to one thread.
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

    /**
     * Creates the continuation: the parts from an index on, the rest after them, and the function that is called if the
     * composition allows.
     */
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

    /** Returns whether the composition has allowed, whatever the rest decided. */
    boolean isAsked() {
        return asked;
    }

    private void begin() {
        asked = true;
        binding.decided(side, true);
    }
}
