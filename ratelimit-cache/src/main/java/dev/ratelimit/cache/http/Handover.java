package dev.ratelimit.cache.http;

import dev.ratelimit.cache.Cached;
import java.io.InputStream;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The place where a load leaves what it has brought for its own caller alone. The caller comes once: what is there is taken
 * or closed then, and what comes later is closed at once. So nothing is left open, whichever of the two comes first.
 */
final class Handover {

    private final AtomicReference<State> state = new AtomicReference<>(new Empty());

    private sealed interface State {}

    private record Empty() implements State {}

    private record Left() implements State {}

    /**
     * What a load has brought for its own caller.
     *
     * @param stored what the load has given the cache, by which the caller knows that its answer is this load's
     * @param fields the fields, with those that are the caller's own
     * @param content the content while it comes; null if it is in what was given to the cache
     * @param validated whether the origin has said that the stored reply is still right
     */
    record Own(StoredReply stored, Fields fields, @Nullable InputStream content, boolean validated) implements State {

        void close() {
            if (content != null) {
                HttpReply.of(stored.head().status(), fields, content).close();
            }
        }
    }

    /** Leaves what a load has brought, in place of what an earlier load of this caller has. */
    void leave(Own brought) {
        State before = state.getAndUpdate(current -> current instanceof Left ? current : brought);
        if (before instanceof Left) {
            brought.close();
        } else if (before instanceof Own other) {
            other.close();
        }
    }

    /** Takes what was left if it is the answer; closes it otherwise, and from now on all that is left. */
    @SuppressWarnings("ReferenceEquality") // an equal reply may be another caller's
    @Nullable
    Own take(@Nullable Cached<StoredReply> answer) {
        if (!(state.getAndSet(new Left()) instanceof Own own)) {
            return null;
        }
        if (answer != null && own.stored() == answer.value()) {
            return own;
        }
        own.close();
        return null;
    }
}
