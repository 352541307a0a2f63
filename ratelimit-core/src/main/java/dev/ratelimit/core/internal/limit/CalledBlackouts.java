package dev.ratelimit.core.internal.limit;

import dev.ratelimit.Policy;
import dev.ratelimit.TimeSource;
import dev.ratelimit.WhenSaturated;
import dev.ratelimit.core.internal.cells.Blackouts;
import dev.ratelimit.core.internal.cells.CellTable;
import dev.ratelimit.core.internal.queue.WaitQueues;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The blackouts that the application called for, each of its own length. No policy shortens them.
 *
 * <p><b>Where.</b> On a table of their own, which the first one creates, and which is bounded: debts push out no
 * blackout, and blackouts no debt. Where sixteen blackouts stand in the places that a new one could have, the one of
 * them goes that ends first.
 *
 * <p><b>Cost.</b> While any may be running, the number of queues is one more than there are, which all calls read
 * anyway ({@link dev.ratelimit.core.internal.queue.WaitQueues#count}). Until then, no request looks here. The number is
 * kept for a minute longer than the last blackout, because a clock may go back a little.
 *
 * <p>Thread-safe.
 */
final class CalledBlackouts implements WaitQueues.KeyBlackouts {

    /** The most keys in a blackout that there are places for: some 2.4 MB. */
    static final int MAX_KEYS = 100_000;

    private static final long LONGER_NANOS = 60_000_000_000L;

    private final TimeSource time;
    private final AtomicInteger looks;
    private final int maxKeys;
    private final Runnable onEviction;

    private volatile @Nullable CellTable table;
    private volatile @Nullable Blackouts blackouts;

    /** Until when calls have to look, at the longest. */
    private volatile long until;

    private volatile boolean isCounted;

    /**
     * Creates them; no key is in one.
     *
     * @param looks above zero while calls have to look
     * @param maxKeys how many keys the limiter is sized for
     * @param onEviction run when a blackout was forgotten for a new one
     */
    CalledBlackouts(TimeSource time, AtomicInteger looks, int maxKeys, Runnable onEviction) {
        this.time = time;
        this.looks = looks;
        this.maxKeys = Math.min(maxKeys, MAX_KEYS);
        this.onEviction = onEviction;
    }

    @Override
    public long nanosLeft(long key, long clock) {
        Blackouts known = blackouts;
        if (known == null) {
            return 0;
        }
        if (isCounted && clock - until > 0) {
            closeAt(clock);
        }
        return known.remaining(key, clock);
    }

    /** Puts a key in a blackout for at least {@code nanos} nanoseconds, at least 1. */
    void extend(long key, long nanos) {
        long clock = time.nanos();
        blackouts().extend(key, nanos, clock);
        open(clock + nanos + LONGER_NANOS);
    }

    /** Ends the blackout of a key. */
    void end(long key) {
        Blackouts known = blackouts;
        if (known == null) {
            return;
        }
        long clock = time.nanos();
        boolean isLast = clock + known.remaining(key, clock) + LONGER_NANOS - until >= 0;
        known.end(key);
        if (isLast) {
            shorten(known);
        }
    }

    /** How often a blackout was forgotten for a new one. */
    long evicted() {
        CellTable known = table;
        return known == null ? 0 : known.evictedInDebt();
    }

    private synchronized Blackouts blackouts() {
        Blackouts known = blackouts;
        if (known == null) {
            CellTable created = new CellTable(maxKeys, WhenSaturated.EVICT, time, onEviction);
            known = created.blackouts(Policy.MAX_DURATION.toNanos());
            table = created;
            blackouts = known;
        }
        return known;
    }

    /** Has calls look until an instant. The blackout is there already: so no look back can miss it. */
    private synchronized void open(long end) {
        until = isCounted && until - end > 0 ? until : end;
        if (!isCounted) {
            isCounted = true;
            looks.incrementAndGet();
        }
    }

    private synchronized void closeAt(long clock) {
        if (isCounted && clock - until > 0) {
            isCounted = false;
            looks.decrementAndGet();
        }
    }

    /**
     * Has calls look for as long as any blackout is left. One that begins meanwhile is in the table, or still to
     * {@link #open}.
     */
    private synchronized void shorten(Blackouts known) {
        long clock = time.nanos();
        until = clock + known.nanosUntilNone(clock) + LONGER_NANOS;
    }
}
