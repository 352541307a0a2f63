package dev.ratelimit.redis;

import dev.ratelimit.quota.spi.CounterQuery;
import dev.ratelimit.quota.spi.ListedCounter;
import dev.ratelimit.store.Deadline;
import dev.ratelimit.store.StoreException;
import io.lettuce.core.KeyScanCursor;
import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisConnectionStateListener;
import io.lettuce.core.ScanArgs;
import io.lettuce.core.ScanCursor;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.protocol.AsyncCommand;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/**
 * One call that lists counters: it scans the keys of each server in small steps, one after the other, and reads the
 * counters of the query after each step. Calls of other callers go out between the steps.
 *
 * <p>A cursor is valid only in the server process that returned it. So a lost connection ends the call, even if the
 * client has reconnected.
 *
 * <p>Not thread-safe.
 */
final class Listing {

    /** The number of keys that a server scans in one step. A step delays other calls by less than a millisecond. */
    private static final int STEP = 500;

    /** The number of counters that are read at once. Answers to other calls wait behind these. */
    private static final int READS = 100;

    private final Link link;
    private final Keys names;
    private final CounterQuery query;
    private final Deadline deadline;
    private final ScanArgs step;
    private final MostUsed most;

    Listing(Link link, Keys names, CounterQuery query, Deadline deadline) {
        this.link = link;
        this.names = names;
        this.query = query;
        this.deadline = deadline;
        this.step = new ScanArgs().match(names.pattern(query.quota())).limit(STEP);
        this.most = new MostUsed(query.max());
    }

    /**
     * Lists the counters, and waits for the result.
     *
     * @throws StoreException if a server did not list all its counters by the deadline
     */
    List<ListedCounter> counters() {
        if (!link.knowsAllServers()) {
            throw ListingTrouble.of("not all slots of the Redis cluster have a master at present", null);
        }
        for (Link.Server server : link.servers(Duration.ofNanos(deadline.remainingNanos()))) {
            scan(server);
        }
        return most.list();
    }

    private void scan(Link.Server server) {
        StatefulRedisConnection<String, String> connection = answer(server, "a connection", server.connection());
        Loss loss = new Loss();
        connection.addListener(loss);
        try {
            ScanCursor cursor = ScanCursor.INITIAL;
            while (!cursor.isFinished()) {
                ScanCursor from = cursor;
                KeyScanCursor<String> found =
                        answer(server, "SCAN", () -> connection.async().scan(from, step));
                if (loss.happened.get() || !connection.isOpen()) {
                    throw ListingTrouble.of("the connection to " + server.name() + " was lost", null);
                }
                read(server, found.getKeys());
                cursor = found;
            }
        } finally {
            connection.removeListener(loss);
        }
    }

    private void read(Link.Server server, List<String> keys) {
        List<CounterRead> reads = keys.stream()
                .filter(key ->
                        names.counter(key, Instant.MAX).filter(query::matches).isPresent())
                .map(CounterRead::of)
                .toList();
        for (int from = 0; from < reads.size(); from += READS) {
            readAtOnce(server, reads.subList(from, Math.min(from + READS, reads.size())));
        }
    }

    private void readAtOnce(Link.Server server, List<CounterRead> reads) {
        try {
            answer(server, "HMGET", () -> {
                link.dispatch(reads.stream().map(CounterRead::command).toList());
                return reads.get(0).values();
            });
            for (CounterRead read : reads) {
                List<String> values = answer(server, "HMGET", read::values);
                read.listed(values, names).ifPresent(most::add);
            }
        } finally {
            reads.forEach(read -> read.command().cancel());
        }
    }

    private <T> T answer(Link.Server server, String what, Supplier<? extends CompletionStage<T>> question) {
        if (deadline.hasPassed()) {
            throw ListingTrouble.late(server);
        }
        try {
            CompletionStage<T> asked = question.get();
            try {
                return asked.toCompletableFuture().get(deadline.remainingNanos(), TimeUnit.NANOSECONDS);
            } finally {
                // Other callers wait for the same connection, so it is not cancelled.
                if (asked instanceof AsyncCommand<?, ?, ?> command) {
                    command.cancel();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw ListingTrouble.of("interrupted while waiting for " + server.name(), e);
        } catch (TimeoutException e) {
            throw ListingTrouble.late(server);
        } catch (ExecutionException e) {
            throw ListingTrouble.failed(server, what, e.getCause() == null ? e : e.getCause());
        } catch (CancellationException e) {
            throw ListingTrouble.of("the connection to " + server.name() + " was closed", e);
        } catch (RuntimeException e) {
            throw ListingTrouble.failed(server, what, e);
        }
    }

    /** Records whether a connection was lost. */
    private static final class Loss implements RedisConnectionStateListener {

        private final AtomicBoolean happened = new AtomicBoolean();

        @Override
        public void onRedisDisconnected(RedisChannelHandler<?, ?> ignored) {
            happened.set(true);
        }
    }
}
