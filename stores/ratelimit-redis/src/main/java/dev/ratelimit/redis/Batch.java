package dev.ratelimit.redis;

import dev.ratelimit.store.Deadline;
import dev.ratelimit.store.StoreException;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The operations of one call, sent together.
 *
 * <p>Scripts are called by their digests. Calls of scripts that the server does not know are sent again with the
 * script's text, after the other calls. Operations of one key must keep their order. So if a key has more than one
 * operation in the batch, its scripts are sent with their text at once.
 *
 * @param <O> the type of outcomes
 */
final class Batch<O> {

    private final List<PendingCall<O>> calls;

    Batch(List<Request<O>> requests) {
        Set<String> repeated = repeated(requests);
        this.calls = requests.stream()
                .map(request -> request.keys().stream().anyMatch(repeated::contains)
                        ? PendingCall.byText(request)
                        : PendingCall.byDigest(request))
                .toList();
    }

    void send(Link link, Deadline deadline) {
        send(calls, link, deadline);
        List<PendingCall<O>> unknown =
                calls.stream().filter(PendingCall::lacksScript).toList();
        if (!unknown.isEmpty() && !deadline.hasPassed()) {
            unknown.forEach(PendingCall::sendTextInstead);
            send(unknown, link, deadline);
        }
    }

    /** Returns the outcomes in the order of the requests. Calls without an answer are given up. */
    List<O> outcomes() {
        return calls.stream().map(PendingCall::outcome).toList();
    }

    /** Returns the failure of the first call that failed. */
    Optional<StoreException> failure() {
        return calls.stream().map(PendingCall::failed).flatMap(Optional::stream).findFirst();
    }

    /** Sends and waits until all are answered, or the deadline, or an interrupt. */
    static void send(List<? extends PendingCall<?>> calls, Link link, Deadline deadline) {
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

    private static Set<String> repeated(List<? extends Request<?>> requests) {
        Set<String> seen = new HashSet<>();
        Set<String> repeated = new HashSet<>();
        for (Request<?> request : requests) {
            for (String key : request.keys()) {
                if (!seen.add(key)) {
                    repeated.add(key);
                }
            }
        }
        return repeated;
    }
}
