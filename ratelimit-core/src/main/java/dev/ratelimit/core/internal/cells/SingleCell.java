package dev.ratelimit.core.internal.cells;

import dev.ratelimit.Decision;
import dev.ratelimit.Gauges;
import dev.ratelimit.Lease;
import dev.ratelimit.Limiter;
import dev.ratelimit.Policy;
import dev.ratelimit.Reservation;
import dev.ratelimit.SingleLimiter;
import dev.ratelimit.Snapshot;
import dev.ratelimit.TimeSource;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A limiter without a key: a keyed limiter that is asked with one key only, and a short way to that key's cell.
 *
 * <p><b>The short way</b> is for one rate that decides alone, where nobody else is to hear of it. It is the table's way of
 * charging a cell ({@link CellTable}), with all taken out that is known beforehand: where the cell is, and the {@link
 * SingleRateTerms}. It charges a cell only if that is this key's, counts in the units of the terms, is within the horizon, and has
 * not changed since it was read. Whatever is different, it leaves to the keyed limiter. So all that a limiter can do, this
 * one can, on the same cells.
 *
 * <p><b>Speed.</b> Reading the clock makes the processor finish all that came before; what comes after may begin meanwhile,
 * but one number behind another reference is waited for twice. So references are followed before the clock is read: they
 * are volatile for that only, because a compiler would put off reading other fields until they are needed. The order of the
 * other readings is {@link Horizon}'s: clock, cell, anchor.
 *
 * <p><b>A live change.</b> Whether the terms are still in force is looked at after the cell was read, and a change of units
 * exchanges the cell. So a thread that stood still during a change finds another cell than it has read, or takes its permits
 * as if it had come before the change. No terms are in force once their rate is released, and a cell is only exchanged for one
 * of the same number: the rules of {@link RateChanges}. While the policy changes no terms are in force, and all take the keyed limiter's
 * way.
 */
public final class SingleCell implements SingleLimiter {

    /** The answer where the keyed limiter is to be asked. No outcome: those have zeros in their low bits. */
    private static final long ASK = 1;

    /** Where the cell is: a constant, so that nothing has to be read before the cell is. */
    private static final int CELL = Places.FIRST + 1;

    private static final VarHandle WORD = MethodHandles.arrayElementVarHandle(long[].class);

    private final Limiter<Object> limiter;
    private final Object key;
    private final Supplier<@Nullable Budgets> deciding;
    private final AtomicInteger queues;
    private final LongConsumer giveBack;
    private final TimeSource time;
    private final long fingerprint;
    private final ReentrantLock updating = new ReentrantLock();
    private volatile CellTable table;
    private volatile long[] words;
    private volatile SingleRateTerms terms;

    /**
     * Creates a limiter in front of a keyed one.
     *
     * @param limiter the keyed limiter, which nobody else asks
     * @param key the key that it is asked with
     * @param fingerprint the key's fingerprint: {@linkplain #isItsKey one of those} that stand in the first place
     * @param table where the keyed limiter keeps its state
     * @param time the time of the table
     * @param deciding the budgets that decide alone under the policy in force, if there are any
     * @param queues above zero while calls wait at the keyed limiter, its reservations are not yet due, or it may be in
     *     a blackout that was called for
     * @param giveBack gives back permits that were taken without regard to those
     */
    public SingleCell(
            Limiter<Object> limiter,
            Object key,
            long fingerprint,
            CellTable table,
            TimeSource time,
            Supplier<@Nullable Budgets> deciding,
            AtomicInteger queues,
            LongConsumer giveBack) {
        if (table.places().first(fingerprint) != CELL - 1) {
            throw new IllegalArgumentException("the cell of the key " + key + " is not in the first place");
        }
        this.limiter = limiter;
        this.key = key;
        this.fingerprint = fingerprint;
        this.time = time;
        this.deciding = deciding;
        this.queues = queues;
        this.giveBack = giveBack;
        this.table = table;
        this.words = table.places().words();
        this.terms = inForce();
    }

    /** Whether a fingerprint stands in the first place of a table that has one set or two. */
    public static boolean isItsKey(long fingerprint) {
        return fingerprint >= 0 && Places.start(fingerprint) == 0;
    }

    private SingleRateTerms inForce() {
        Budgets alone = deciding.get();
        return alone == null
                ? SingleRateTerms.NONE
                : SingleRateTerms.of(alone.gcra(), table, limiter.policy(key).name());
    }

    // The short way

    @Override
    public boolean tryAcquire() {
        long outcome = take(1, terms);
        return outcome == ASK ? limiter.tryAcquire(key) : Outcome.isAllowed(outcome);
    }

    @Override
    public boolean tryAcquire(long permits) {
        Permits.check(permits);
        long outcome = take(permits, terms);
        return outcome == ASK ? limiter.tryAcquire(key, permits) : Outcome.isAllowed(outcome);
    }

    @Override
    public Decision decide() {
        return decide(1);
    }

    @Override
    public Decision decide(long permits) {
        Permits.check(permits);
        SingleRateTerms known = terms;
        long outcome = take(permits, known);
        // Where others wait, when to come again is behind them.
        return outcome == ASK || (!Outcome.isAllowed(outcome) && queues.get() != 0)
                ? limiter.decide(key, permits)
                : Outcome.decision(known.gcra, outcome, permits).withPolicy(known.policy);
    }

    /** Takes permits that are there now; returns an {@link Outcome}, or that the keyed limiter is to be asked. */
    private long take(long permits, SingleRateTerms known) {
        CellTable table = this.table;
        long[] words = this.words;
        AtomicInteger queues = this.queues;
        while (true) {
            long now = Clock.read(time);
            long before = (long) WORD.getVolatile(words, CELL);
            long different = (Cell.number(before) ^ known.number) | (words[CELL - 1] ^ fingerprint);
            if ((((now - table.anchor()) & known.beyond) | different) != 0
                    || permits > known.capacity
                    || isReplaced(known)
                    || queues.get() != 0) {
                return ASK;
            }
            long cost = permits * known.permit;
            long reading = known.emission * now;
            long since = reading - Gcra.allowedFrom(before, cost, known.full);
            if (since < 0) {
                if ((long) WORD.getVolatile(words, CELL) == before) {
                    return since;
                }
                continue;
            }
            long after = Math.max(Gcra.distance(before, reading), 0) + reading + cost + (before & ~Cell.POSITION);
            if (WORD.compareAndSet(words, CELL, before, after)) {
                // Looked at after the exchange: a call that begins to wait then has seen it.
                return queues.get() != 0 ? giveBack(permits) : Gcra.distance(after, reading);
            }
        }
    }

    /** Others wait, or have reserved: the keyed limiter knows whether these permits are to be had. */
    private long giveBack(long permits) {
        giveBack.accept(permits);
        return ASK;
    }

    @SuppressWarnings("ReferenceEquality") // these very terms
    private boolean isReplaced(SingleRateTerms known) {
        return terms != known;
    }

    // The keyed limiter's way

    @Override
    public Decision peek() {
        return limiter.peek(key);
    }

    @Override
    public Decision peek(long permits) {
        return limiter.peek(key, permits);
    }

    @Override
    public Reservation reserve(long permits) {
        return limiter.reserve(key, permits);
    }

    @Override
    public boolean acquire() throws InterruptedException {
        return limiter.acquire(key);
    }

    @Override
    public boolean acquire(long permits) throws InterruptedException {
        return limiter.acquire(key, permits);
    }

    @Override
    public boolean acquire(long permits, Duration maxWait) throws InterruptedException {
        return limiter.acquire(key, permits, maxWait);
    }

    @Override
    public CompletionStage<Decision> acquireAsync() {
        return limiter.acquireAsync(key);
    }

    @Override
    public CompletionStage<Decision> acquireAsync(long permits) {
        return limiter.acquireAsync(key, permits);
    }

    @Override
    public CompletionStage<Decision> acquireAsync(long permits, Executor executor) {
        return limiter.acquireAsync(key, permits, executor);
    }

    @Override
    public CompletionStage<Decision> acquireAsync(long permits, Duration maxWait) {
        return limiter.acquireAsync(key, permits, maxWait);
    }

    @Override
    public CompletionStage<Decision> acquireAsync(long permits, Duration maxWait, Executor executor) {
        return limiter.acquireAsync(key, permits, maxWait, executor);
    }

    @Override
    public Lease tryEnter() {
        return limiter.tryEnter(key);
    }

    @Override
    public Lease enter(Duration maxWait) throws InterruptedException {
        return limiter.enter(key, maxWait);
    }

    @Override
    public CompletionStage<Lease> enterAsync(Duration maxWait) {
        return limiter.enterAsync(key, maxWait);
    }

    @Override
    public CompletionStage<Lease> enterAsync(Duration maxWait, Executor executor) {
        return limiter.enterAsync(key, maxWait, executor);
    }

    @Override
    public Gauges gauges() {
        return limiter.gauges();
    }

    @Override
    public void refund(long permits) {
        limiter.refund(key, permits);
    }

    @Override
    public long charge(long permits) {
        return limiter.charge(key, permits);
    }

    @Override
    public void reset() {
        limiter.reset(key);
    }

    @Override
    public void blackout(Duration duration) {
        limiter.blackout(key, duration);
    }

    @Override
    public Policy policy() {
        return limiter.policy(key);
    }

    @Override
    public Snapshot snapshot() {
        return limiter.snapshot(key);
    }

    @Override
    public void update(Policy policy) {
        Objects.requireNonNull(policy, "policy");
        updating.lock();
        try {
            terms = SingleRateTerms.NONE;
            try {
                limiter.update(policy);
            } finally {
                terms = inForce();
            }
        } finally {
            updating.unlock();
        }
    }

    @Override
    public String toString() {
        return "SingleLimiter[" + policy() + "]";
    }
}
