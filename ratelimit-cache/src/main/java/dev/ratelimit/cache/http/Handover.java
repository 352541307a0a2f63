package dev.ratelimit.cache.http;

import dev.ratelimit.cache.Cached;
import java.io.InputStream;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The handover of a load's result that is for its own caller alone. The caller comes once: it takes or closes the
 * result that is there, and any later result is closed at once. So no stream is left open, whichever of the two comes
 * first.
 */
final class Handover {

    private final AtomicReference<State> state = new AtomicReference<>(new Empty());

    private sealed interface State {}

    private record Empty() implements State {}

    private record Left() implements State {}

    /**
     * The result of a load for its own caller.
     *
     * @param stored the reply that the load has given to the cache; it tells the caller whether its answer is from this
     *     load
     * @param fields the fields, including those for this caller only
     * @param content the content as a stream; null if {@code stored} has it
     * @param validated whether the origin has validated the stored reply
     */
    record Own(StoredReply stored, Fields fields, @Nullable InputStream content, boolean validated) implements State {

        void close() {
            if (content != null) {
                HttpReply.of(stored.head().status(), fields, content).close();
            }
        }
    }

    /** Leaves the result of a load, and replaces that of an earlier load of this caller. */
    void leave(Own brought) {
        State before = state.getAndUpdate(current -> current instanceof Left ? current : brought);
        if (before instanceof Left) {
            brought.close();
        } else if (before instanceof Own other) {
            other.close();
        }
    }

    /** Takes the result if it is the answer, and closes it otherwise. Any later result is closed. */
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
