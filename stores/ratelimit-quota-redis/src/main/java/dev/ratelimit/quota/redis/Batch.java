package dev.ratelimit.quota.redis;

import dev.ratelimit.quota.Certainty;
import dev.ratelimit.quota.spi.Capabilities.AtomicGroups;
import dev.ratelimit.quota.spi.Counter;
import dev.ratelimit.quota.spi.Deadline;
import dev.ratelimit.quota.spi.Operation;
import dev.ratelimit.quota.spi.Outcome;
import dev.ratelimit.quota.spi.Outcome.Failed;
import dev.ratelimit.quota.spi.QuotaStoreException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The operations of one call, sent together.
 *
 * <p>Scripts are called by their digests. Calls of scripts that the server does not know are sent again with the
 * script's text, after the other calls. Operations of one counter must keep their order. So if a counter has more than
 * one operation in the batch, its scripts are sent with their text at once.
 */
final class Batch {

    /** For each operation its call, or its failure if it cannot be done. */
    private final List<Object> parts = new ArrayList<>();

    Batch(List<Operation> operations, Keys names, AtomicGroups groups) {
        Set<Counter> repeated = repeated(operations);
        for (Operation operation : operations) {
            parts.add(part(operation, names, groups, repeated));
        }
    }

    private static Object part(Operation operation, Keys names, AtomicGroups groups, Set<Counter> repeated) {
        if (operation instanceof Operation.Group group && !RedisQuotaStore.isAtomic(group, groups)) {
            return new Failed(
                    Certainty.NOT_APPLIED,
                    new QuotaStoreException(
                            Certainty.NOT_APPLIED,
                            "a Redis cluster decides a group as one only if its counters are of one subject",
                            null));
        }
        Request request = Request.of(operation, names);
        return counters(operation).stream().anyMatch(repeated::contains)
                ? PendingCall.byText(request)
                : PendingCall.byDigest(request);
    }

    void send(Link link, Deadline deadline) {
        List<PendingCall> calls = calls();
        send(calls, link, deadline);
        List<PendingCall> unknown =
                calls.stream().filter(PendingCall::lacksScript).toList();
        if (!unknown.isEmpty() && !deadline.hasPassed()) {
            unknown.forEach(PendingCall::sendTextInstead);
            send(unknown, link, deadline);
        }
    }

    List<Outcome> outcomes() {
        return parts.stream()
                .map(part -> part instanceof PendingCall call ? call.outcome() : (Failed) part)
                .toList();
    }

    private List<PendingCall> calls() {
        return parts.stream()
                .filter(PendingCall.class::isInstance)
                .map(PendingCall.class::cast)
                .toList();
    }

    /** Sends and waits until all are answered, or the deadline, or an interrupt. */
    static void send(List<PendingCall> calls, Link link, Deadline deadline) {
        link.send(calls);
        CompletableFuture<Void> all =
                CompletableFuture.allOf(calls.stream().map(PendingCall::answer).toArray(CompletableFuture<?>[]::new));
        try {
            all.get(deadline.remainingNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            // Each call knows its outcome.
        }
    }

    private static Set<Counter> repeated(List<Operation> operations) {
        Set<Counter> seen = new HashSet<>();
        Set<Counter> repeated = new HashSet<>();
        for (Operation operation : operations) {
            for (Counter counter : counters(operation)) {
                if (!seen.add(counter)) {
                    repeated.add(counter);
                }
            }
        }
        return repeated;
    }

    private static List<Counter> counters(Operation operation) {
        if (operation instanceof Operation.Group group) {
            return group.acquires().stream().map(Operation.Acquire::counter).toList();
        }
        if (operation instanceof Operation.Acquire acquire) {
            return List.of(acquire.counter());
        }
        if (operation instanceof Operation.Adjust adjust) {
            return List.of(adjust.counter());
        }
        return List.of(((Operation.Read) operation).counter());
    }
}
