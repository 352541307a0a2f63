package dev.ratelimit.core.internal.quota;

import dev.ratelimit.quota.spi.Capabilities.AtomicGroups;
import dev.ratelimit.quota.spi.Operation;
import dev.ratelimit.quota.spi.OperationId;
import dev.ratelimit.quota.spi.Outcome;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Requests that a caller may repeat, because they carry a key of their own: the store knows them by an id that is made
 * of it. Thread-safe.
 */
final class IdempotentRequests {

    /** Numbers of the operations of one holder; a reservation's end has others. */
    private static final long ASKED = 2;

    private final StoreCalls calls;

    IdempotentRequests(StoreCalls calls) {
        this.calls = calls;
    }

    /** The holder of all operations with one idempotency key. */
    static UUID holder(String key, String idempotencyKey) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            byte[] first = key.getBytes(StandardCharsets.UTF_16BE);
            digest.update(
                    ByteBuffer.allocate(Integer.BYTES).putInt(first.length).array());
            digest.update(first);
            ByteBuffer hash = ByteBuffer.wrap(digest.digest(idempotencyKey.getBytes(StandardCharsets.UTF_16BE)));
            return new UUID(hash.getLong(), hash.getLong());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("each Java platform must have SHA-256", e);
        }
    }

    /** An answer, and the amount that it was given for first. */
    record Asked(Answer answer, long amount) {}

    Asked ask(String key, Request request, String idempotencyKey) {
        if (idempotencyKey.isEmpty()) {
            throw new IllegalArgumentException("idempotencyKey is empty; give each request one of its own");
        }
        Outcome.Failed unopened = unopened(request);
        if (unopened != null) {
            return new Asked(AllOrNothing.answer(unopened), 0);
        }
        boolean groups = calls.store().capabilities().atomicGroups() != AtomicGroups.NONE;
        if (!calls.store().capabilities().remembersOperations()) {
            throw new IllegalStateException("an idempotency key needs a store that remembers operations");
        }
        if (!groups && request.targets().size() > 1) {
            throw new IllegalStateException(
                    "an idempotency key needs a store that decides several quotas as one, or a key with one quota");
        }
        OperationId id = new OperationId(holder(key, idempotencyKey), ASKED);
        List<Operation.Acquire> acquires = new ArrayList<>();
        for (int i = 0; i < request.targets().size(); i++) {
            acquires.add(request.acquire(i, id));
        }
        Operation operation = acquires.size() == 1 ? acquires.get(0) : new Operation.Group(acquires);
        Outcome outcome = calls.apply(operation, calls.deadline());
        return new Asked(AllOrNothing.answer(outcome), granted(outcome));
    }

    /** Has a store opened that is not open yet, because only then it says what it can do; null if it is open. */
    private Outcome.@Nullable Failed unopened(Request request) {
        if (!(calls.store() instanceof LaterStore later) || later.isOpen()) {
            return null;
        }
        Operation look = new Operation.Read(request.targets().get(0).counter());
        return calls.apply(look, calls.deadline()) instanceof Outcome.Failed failed && !later.isOpen() ? failed : null;
    }

    private static long granted(Outcome outcome) {
        if (outcome instanceof Outcome.Counted counted) {
            return counted.granted();
        }
        return outcome instanceof Outcome.Grouped grouped
                ? grouped.parts().get(0).granted()
                : 0;
    }
}
