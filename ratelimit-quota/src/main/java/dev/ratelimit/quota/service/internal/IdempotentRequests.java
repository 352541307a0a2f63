package dev.ratelimit.quota.service.internal;

import dev.ratelimit.quota.spi.Capabilities.AtomicGroups;
import dev.ratelimit.quota.spi.Operation;
import dev.ratelimit.quota.spi.OperationId;
import dev.ratelimit.quota.spi.Outcome;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Counts requests that a caller may repeat, because they carry an idempotency key. The store recognizes a request by an
 * id that is made of its key and its idempotency key. Thread-safe.
 */
final class IdempotentRequests {

    /** The numbers of the operations of one holder. The end of a reservation has odd numbers. */
    private static final long CONSUMED = 2;

    private static final long RESERVED = 2;

    private final StoreCalls calls;

    IdempotentRequests(StoreCalls calls) {
        this.calls = calls;
    }

    /** Returns the holder of all operations with one idempotency key. */
    private static UUID holder(String key, String idempotencyKey) {
        check(idempotencyKey);
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            byte[] first = bytes(key);
            digest.update(
                    ByteBuffer.allocate(Integer.BYTES).putInt(first.length).array());
            digest.update(first);
            ByteBuffer hash = ByteBuffer.wrap(digest.digest(bytes(idempotencyKey)));
            return new UUID(hash.getLong(), hash.getLong());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("each Java platform must have SHA-256", e);
        }
    }

    /**
     * Returns the characters of a text as they are. A character set would put the same character in place of each
     * unpaired surrogate.
     */
    private static byte[] bytes(String text) {
        ByteBuffer bytes = ByteBuffer.allocate(Character.BYTES * text.length());
        bytes.asCharBuffer().put(text);
        return bytes.array();
    }

    /** An answer, and the amounts of the first request with its id: one for each counter. */
    record IdempotentAnswer(Answer answer, List<Long> amounts) {}

    /**
     * The round that a request to reserve is in.
     *
     * @param id the id of the request in all rounds
     * @param committed whether the request was committed before
     */
    record ReservationRound(UUID id, long number, boolean committed) {

        /** Returns the id of the request's operation. */
        OperationId operation() {
            return new OperationId(id, RESERVED + 2 * number);
        }
    }

    /**
     * Returns the operation id of a request to consume. A request to reserve with the same key is another request,
     * which can be given back.
     */
    static OperationId consumed(String key, String idempotencyKey) {
        return new OperationId(holder(key, idempotencyKey), CONSUMED);
    }

    /**
     * Finds the round of a request to reserve, after the rounds that were given back. Throws if the store does not
     * answer.
     */
    ReservationRound round(String key, Request request, String idempotencyKey, Instant now) {
        UUID id = holder(key, idempotencyKey);
        Outcome.Failed unopened = unopened(request);
        if (unopened != null) {
            throw StoreCalls.unavailable(unopened);
        }
        checkStore(request);
        Handle open = Ending.open(calls, Handle.of(id, 1, request.amount(), now, request.targets(), List.of()), now);
        return new ReservationRound(id, open == null ? 0 : open.round(), open == null);
    }

    private static void check(String idempotencyKey) {
        if (idempotencyKey.isEmpty()) {
            throw new IllegalArgumentException("idempotencyKey is empty; give each request one of its own");
        }
    }

    private void checkStore(Request request) {
        boolean groups = calls.store().capabilities().atomicGroups() != AtomicGroups.NONE;
        if (!calls.store().capabilities().remembersOperations()) {
            throw new IllegalStateException("an idempotency key needs a store that remembers operations");
        }
        if (!groups && request.targets().size() > 1) {
            throw new IllegalStateException(
                    "an idempotency key needs a store that decides several quotas as one, or a key with one quota");
        }
    }

    IdempotentAnswer ask(Request request, OperationId id) {
        Outcome.Failed unopened = unopened(request);
        if (unopened != null) {
            return new IdempotentAnswer(AllOrNothing.answer(unopened), List.of());
        }
        checkStore(request);
        List<Operation.Acquire> acquires = new ArrayList<>();
        for (int i = 0; i < request.targets().size(); i++) {
            acquires.add(request.acquire(i, id));
        }
        Operation operation = acquires.size() == 1 ? acquires.get(0) : new Operation.Group(acquires);
        Outcome outcome = calls.apply(operation, calls.deadline());
        return new IdempotentAnswer(AllOrNothing.answer(outcome), granted(outcome));
    }

    /**
     * Calls a store that is not open yet, which opens it, because only an open store knows its capabilities. Returns
     * the failure, or null if the store is open.
     */
    private Outcome.@Nullable Failed unopened(Request request) {
        if (!(calls.store() instanceof LaterStore later) || later.isOpen()) {
            return null;
        }
        Operation look = new Operation.Read(request.targets().get(0).counter());
        return calls.apply(look, calls.deadline()) instanceof Outcome.Failed failed && !later.isOpen() ? failed : null;
    }

    private static List<Long> granted(Outcome outcome) {
        if (outcome instanceof Outcome.Counted counted) {
            return List.of(counted.granted());
        }
        return outcome instanceof Outcome.Grouped grouped
                ? grouped.parts().stream().map(Outcome.Counted::granted).toList()
                : List.of();
    }
}
