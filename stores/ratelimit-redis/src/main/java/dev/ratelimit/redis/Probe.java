package dev.ratelimit.redis;

import dev.ratelimit.redis.Trial.Calls;
import dev.ratelimit.redis.Trial.Refusal;
import dev.ratelimit.store.Deadline;
import dev.ratelimit.store.StoreException;
import io.lettuce.core.RedisCommandExecutionException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/**
 * The probe of a server: makes each kind of call once, with keys that no request uses. It finds at the start what a
 * server refuses. It also warms up: the first call of the application finds the scripts loaded on the server, the
 * connection used and the classes loaded.
 *
 * <p>Not thread-safe.
 *
 * @param <O> the type of outcomes
 */
final class Probe<O> {

    /** The first call of a script teaches it to the server, the second calls it by its digest. */
    private static final int MIN_ROUNDS = 2;

    /** The maximum rounds. Further rounds warm up the JVM; they end early if the server is far away. */
    private static final int MAX_ROUNDS = 10;

    private static final Duration MAX_TIME = Duration.ofMillis(500);

    /**
     * The pause between attempts. The client connects to a node of a cluster at the first call, and refuses calls until
     * then.
     */
    private static final Duration PAUSE = Duration.ofMillis(10);

    private final Link link;
    private final Trial<O> trial;
    private final Deadline deadline;

    Probe(Link link, Trial<O> trial, Duration patience) {
        this.link = link;
        this.trial = trial;
        this.deadline = Deadline.after(patience);
    }

    /** Tries a server; returns its first refusal. */
    Optional<Refusal> run(Link.Server server) {
        Calls<O> calls = trial.calls(server.holds());
        return commands(server, calls).or(() -> operations(server, calls)).or(() -> commands(server, calls));
    }

    /** Tries each command separately, within a script; removes the keys. */
    private Optional<Refusal> commands(Link.Server server, Calls<O> calls) {
        while (true) {
            PendingCall<Optional<Refusal>> call = PendingCall.byText(calls.commands());
            Batch.send(List.of(call), link, deadline);
            Optional<StoreException> failed = call.failed();
            if (failed.isEmpty()) {
                return call.outcome();
            }
            Optional<Refusal> refusal = refusal(server, failed.get(), "EVAL");
            if (refusal.isPresent()) {
                return refusal;
            }
        }
    }

    /** Tries each kind of operation separately, all of them in one call, and a call that its caller gives up. */
    private Optional<Refusal> operations(Link.Server server, Calls<O> calls) {
        Deadline enough = Deadline.after(MAX_TIME);
        for (int i = 0; i < MAX_ROUNDS && (i < MIN_ROUNDS || !enough.hasPassed()); i++) {
            List<Request<O>> requests = calls.operations().get();
            for (Request<O> request : requests) {
                Optional<Refusal> refusal = call(server, List.of(request));
                if (refusal.isPresent()) {
                    return refusal;
                }
            }
            Optional<Refusal> refusal = call(server, requests);
            if (refusal.isPresent()) {
                return refusal;
            }
        }
        List<O> unused = new Batch<>(calls.operations().get()).outcomes();
        return Optional.empty();
    }

    private Optional<Refusal> call(Link.Server server, List<Request<O>> requests) {
        while (true) {
            Batch<O> batch = new Batch<>(requests);
            batch.send(link, deadline);
            Optional<StoreException> failed = batch.failure();
            if (failed.isEmpty()) {
                List<O> unused = batch.outcomes();
                return Optional.empty();
            }
            Optional<Refusal> refusal = refusal(server, failed.get(), "a script");
            if (refusal.isPresent()) {
                return refusal;
            }
        }
    }

    /** Returns the server's refusal; empty if there was no answer, so that the probe can try again. */
    private Optional<Refusal> refusal(Link.Server server, StoreException failure, String what) {
        if (failure.getCause() instanceof RedisCommandExecutionException answer) {
            return Optional.of(new Refusal(what, String.valueOf(answer.getMessage())));
        }
        if (Thread.currentThread().isInterrupted()) {
            throw StartTrouble.interrupted(server.name(), failure);
        }
        if (deadline.hasPassed()) {
            throw StartTrouble.unreachable(server.name(), failure);
        }
        LockSupport.parkNanos(PAUSE.toNanos());
        return Optional.empty();
    }
}
