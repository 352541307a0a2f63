package dev.ratelimit.jdbc;

import dev.ratelimit.internal.OwnThreads;
import dev.ratelimit.quota.spi.Counter;
import dev.ratelimit.quota.spi.Operation;
import dev.ratelimit.quota.spi.Operation.Acquire;
import dev.ratelimit.quota.spi.Operation.Adjust;
import dev.ratelimit.quota.spi.Operation.Group;
import dev.ratelimit.quota.spi.Operation.Read;
import dev.ratelimit.quota.spi.OperationId;
import dev.ratelimit.quota.spi.QuotaStore;
import dev.ratelimit.store.Deadline;
import dev.ratelimit.store.StoreException;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The warm-up of a store while it is built: opens connections, prepares statements, starts threads and loads classes.
 * The first calls of a process often arrive together, and their deadlines are short.
 *
 * <p>It counts on counters of its own, which are expired from the start, and deletes them. Its concurrent calls also
 * detect a pooler that loses prepared statements.
 */
final class WarmUp {

    private static final Logger LOG = LoggerFactory.getLogger(WarmUp.class);

    /** More rounds than drivers need before they prepare a statement on the server. */
    private static final int ROUNDS = 8;

    private static final int MAX_CALLERS = 16;
    private static final Duration MAX = Duration.ofSeconds(2);
    private static final Duration MAX_CALL = Duration.ofSeconds(1);

    private final QuotaStore store;
    private final UUID holder = UUID.randomUUID();
    private final Deadline deadline;
    private final AtomicReference<@Nullable StoreException> pooler = new AtomicReference<>();

    private WarmUp(QuotaStore store, Deadline deadline) {
        this.store = store;
        this.deadline = deadline;
    }

    /** Warms a store up; returns the names of the counters that it left. Throws if connections are not reliable. */
    static List<String> run(QuotaStore store, boolean local, int maxCalls, Deadline start) {
        Duration longest = Duration.ofNanos(Math.max(1, Math.min(MAX.toNanos(), start.remainingNanos())));
        WarmUp warmUp = new WarmUp(store, Deadline.after(longest));
        int callers = local ? 1 : Math.min(maxCalls, MAX_CALLERS);
        warmUp.together(callers, local ? 1 : ROUNDS);
        StoreException failure = warmUp.pooler.get();
        if (failure != null) {
            throw SetupCheck.failed(String.valueOf(failure.getMessage()), failure);
        }
        List<String> names = new ArrayList<>();
        for (int caller = 0; caller < callers; caller++) {
            names.add(warmUp.counter(caller, "a").name());
            names.add(warmUp.counter(caller, "b").name());
        }
        return names;
    }

    private void together(int callers, int rounds) {
        ExecutorService threads =
                Executors.newFixedThreadPool(callers, OwnThreads.named("ratelimit-jdbc-warm-up", WarmUp.class));
        try {
            for (int caller = 0; caller < callers; caller++) {
                int number = caller;
                threads.execute(() -> call(number, rounds));
            }
        } catch (OutOfMemoryError e) {
            LOG.debug("no thread could be started to warm the store up", e);
        }
        threads.shutdown();
        try {
            threads.awaitTermination(deadline.remainingNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Counter counter(int caller, String which) {
        return Counter.of("warm-up", holder + "-" + caller + which, Instant.EPOCH, Instant.EPOCH.plusSeconds(1));
    }

    private void call(int caller, int rounds) {
        Counter a = counter(caller, "a");
        Counter b = counter(caller, "b");
        try {
            apply(Acquire.allOrNothing(a, 1, 100));
            apply(Acquire.allOrNothing(a, 1, 100));
            apply(new Acquire(a, 1, 1, 100, new OperationId(holder, 1)));
            apply(new Group(List.of(
                    new Acquire(a, 1, 1, 100, new OperationId(holder, 2)),
                    new Acquire(b, 1, 1, 100, new OperationId(holder, 2)))));
            apply(new Adjust(a, -1, new OperationId(holder, 3)));
            // From here on nothing is granted, so that nothing is written.
            for (int round = 0; round < rounds; round++) {
                apply(Acquire.allOrNothing(a, 1, 0));
                apply(new Acquire(a, 1, 1, 0, new OperationId(holder, 4)));
                apply(new Group(List.of(Acquire.allOrNothing(a, 1, 0), Acquire.allOrNothing(b, 1, 0))));
                apply(new Read(a));
            }
        } catch (StoreException e) {
            if (lost(e)) {
                pooler.compareAndSet(null, e);
            } else {
                // The check has found that the store works. Without the warm-up it is only slower at first.
                LOG.debug("the store could not be warmed up", e);
            }
        }
    }

    private void apply(Operation operation) {
        Duration left = Duration.ofNanos(Math.max(1, Math.min(MAX_CALL.toNanos(), deadline.remainingNanos())));
        store.apply(List.of(operation), Deadline.after(left));
    }

    private static boolean lost(StoreException failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql && SqlStates.preparedStatementLost(sql)) {
                return true;
            }
        }
        return false;
    }
}
