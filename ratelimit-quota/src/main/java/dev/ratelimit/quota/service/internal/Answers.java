package dev.ratelimit.quota.service.internal;

import dev.ratelimit.quota.spi.OperationId;
import dev.ratelimit.quota.spi.Outcome.Counted;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The remembered answers to the operations of one counter, each kept for a day.
 *
 * <p>Each new answer removes up to two expired ones. The lock of the stored counter guards all reads and writes.
 */
final class Answers {

    /** The minimum time that rule S4.3 requires. */
    private static final long KEPT_MILLIS = 24 * 60 * 60 * 1000L;

    private static final int FORGOTTEN_FOR_EACH = 2;

    private record Remembered(Counted answer, long sinceMillis) {}

    private final Map<OperationId, Remembered> byId = new LinkedHashMap<>();
    private final MemoryBounds bounds;

    Answers(MemoryBounds bounds) {
        this.bounds = bounds;
    }

    @Nullable
    Counted of(OperationId id) {
        Remembered remembered = byId.get(id);
        return remembered == null ? null : remembered.answer;
    }

    /** Remembers an answer. The caller has already taken a place for it. */
    void put(OperationId id, Counted answer, long nowMillis) {
        byId.put(id, new Remembered(answer, nowMillis));
        Iterator<Remembered> oldest = byId.values().iterator();
        for (int i = 0; i < FORGOTTEN_FOR_EACH && oldest.next().sinceMillis < nowMillis - KEPT_MILLIS; i++) {
            oldest.remove();
            bounds.leaveOperations(1);
        }
    }

    int size() {
        return byId.size();
    }
}
