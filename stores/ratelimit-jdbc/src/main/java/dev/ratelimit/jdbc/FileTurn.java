package dev.ratelimit.jdbc;

import dev.ratelimit.store.Deadline;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The right to change an H2 file, which one connection of this process has at a time.
 *
 * <p>While H2 writes one transaction to the file, it can also write a change of another transaction, without the undo
 * record of that change. If the process is killed at that moment, the row belongs to a transaction that no longer
 * exists. H2 2.5.252 may then wait for that transaction for ever, at each later change of the row, even after a
 * restart. With one transaction at a time, each change is in the file together with its undo record.
 *
 * <p>All stores of this process that use the same file share one turn. There is one entry for each file that was ever
 * opened.
 */
final class FileTurn {

    private static final Map<Path, FileTurn> TURNS = new ConcurrentHashMap<>();

    private final Semaphore free = new Semaphore(1);
    private volatile @Nullable Connection holder;

    private FileTurn() {}

    static FileTurn of(Path file) {
        return TURNS.computeIfAbsent(file.toAbsolutePath().normalize(), path -> new FileTurn());
    }

    /**
     * Waits for the turn until the deadline; returns whether the connection has it. One that has it already keeps it.
     */
    boolean take(Connection connection, Deadline deadline) {
        if (holder == connection) {
            return true;
        }
        try {
            if (!free.tryAcquire(deadline.remainingNanos(), TimeUnit.NANOSECONDS)) {
                return false;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
        holder = connection;
        return true;
    }

    /** Waits for the turn, without a deadline. */
    void take(Connection connection) {
        free.acquireUninterruptibly();
        holder = connection;
    }

    /** Hands the turn on if the connection has it. */
    void leave(Connection connection) {
        if (holder == connection) {
            holder = null;
            free.release();
        }
    }
}
