package dev.ratelimit.quota.redis;

import dev.ratelimit.quota.spi.Counter;
import dev.ratelimit.quota.spi.Deadline;
import dev.ratelimit.quota.spi.Operation;
import dev.ratelimit.quota.spi.OperationId;
import dev.ratelimit.quota.spi.Outcome;
import io.lettuce.core.RedisCommandExecutionException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;

/**
 * The probe of a server: makes each kind of call once, on counters that no request uses. It finds at the start what a
 * server refuses. It also warms up: the first call of the application finds the scripts loaded on the server, the
 * connection used and the classes loaded.
 *
 * <p>Not thread-safe.
 */
final class Probe {

    /** The first call of a script teaches it to the server, the second calls it by its digest. */
    private static final int MIN_ROUNDS = 2;

    /** The maximum rounds. Further rounds warm up the JVM; they end early if the server is far away. */
    private static final int MAX_ROUNDS = 10;

    private static final Duration MAX_TIME = Duration.ofMillis(500);

    /** The lifetime of the probe's counters, after which the server removes those of a killed process. */
    private static final Duration LIFE = Duration.ofMinutes(1);

    /**
     * The pause between attempts. The client connects to a node of a cluster at the first call, and refuses calls until
     * then.
     */
    private static final Duration PAUSE = Duration.ofMillis(10);

    private final Link link;
    private final Keys names;
    private final Deadline deadline;
    private final UUID holder = UUID.randomUUID();
    private long sequence;

    /**
     * A command that a server refuses.
     *
     * @param what the command or the call
     * @param error its answer
     */
    record Refusal(String what, String error) {}

    Probe(Link link, Keys names, Duration patience) {
        this.link = link;
        this.names = names;
        this.deadline = Deadline.after(patience);
    }

    /** Tries a server; returns its first refusal. */
    Optional<Refusal> run(Link.Server server) {
        List<Counter> counters = counters(server);
        return commands(server, counters).or(() -> calls(server, counters)).or(() -> commands(server, counters));
    }

    /** Returns two counters of one subject, which belong to the server. */
    private List<Counter> counters(Link.Server server) {
        Instant start = Instant.now().truncatedTo(ChronoUnit.SECONDS);
        for (int i = 0; ; i++) {
            String subject = "probe-" + holder + "-" + i;
            Counter first = Counter.of("probe-1", subject, start, start.plus(LIFE));
            if (server.holds().test(names.of(first))) {
                return List.of(first, Counter.of("probe-2", subject, start, start.plus(LIFE)));
            }
        }
    }

    private List<Operation> operations(List<Counter> counters) {
        Counter one = counters.get(0);
        List<Operation.Acquire> group = new ArrayList<>();
        for (Counter counter : counters) {
            group.add(new Operation.Acquire(counter, 1, 1, Long.MAX_VALUE, id()));
        }
        return List.of(
                new Operation.Acquire(one, 1, 1, Long.MAX_VALUE, id()),
                new Operation.Adjust(one, 1, id()),
                new Operation.Read(one),
                new Operation.Group(group));
    }

    private OperationId id() {
        return new OperationId(holder, ++sequence);
    }

    /** Tries each command separately, within a script; removes the counters. */
    private Optional<Refusal> commands(Link.Server server, List<Counter> counters) {
        List<String> keys = counters.stream().map(names::of).toList();
        while (true) {
            PendingCall call = PendingCall.byText(new Request(Script.PROBE, keys, List.of()));
            Batch.send(List.of(call), link, deadline);
            Optional<List<String>> texts = call.texts();
            if (texts.isPresent()) {
                List<String> refused = texts.get();
                return refused.isEmpty()
                        ? Optional.empty()
                        : Optional.of(new Refusal(refused.get(0) + " in scripts", refused.get(1)));
            }
            Optional<Refusal> refusal = refusal(server, call.outcome(), "EVAL");
            if (refusal.isPresent()) {
                return refusal;
            }
        }
    }

    /** Tries each kind of operation separately, all of them in one call, and a call that its caller gives up. */
    private Optional<Refusal> calls(Link.Server server, List<Counter> counters) {
        Deadline enough = Deadline.after(MAX_TIME);
        for (int i = 0; i < MAX_ROUNDS && (i < MIN_ROUNDS || !enough.hasPassed()); i++) {
            List<Operation> operations = operations(counters);
            for (Operation operation : operations) {
                Optional<Refusal> refusal = call(server, List.of(operation));
                if (refusal.isPresent()) {
                    return refusal;
                }
            }
            Optional<Refusal> refusal = call(server, operations);
            if (refusal.isPresent()) {
                return refusal;
            }
        }
        List<Outcome> unused = new Batch(operations(counters), names, link.groups()).outcomes();
        return Optional.empty();
    }

    private Optional<Refusal> call(Link.Server server, List<Operation> operations) {
        while (true) {
            Batch batch = new Batch(operations, names, link.groups());
            batch.send(link, deadline);
            Optional<Outcome> failed = batch.outcomes().stream()
                    .filter(Outcome.Failed.class::isInstance)
                    .findFirst();
            if (failed.isEmpty()) {
                return Optional.empty();
            }
            Optional<Refusal> refusal = refusal(server, failed.get(), "a script");
            if (refusal.isPresent()) {
                return refusal;
            }
        }
    }

    /** Returns the server's refusal; empty if there was no answer, so that the probe can try again. */
    private Optional<Refusal> refusal(Link.Server server, Outcome failed, String what) {
        Throwable failure = ((Outcome.Failed) failed).cause();
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
