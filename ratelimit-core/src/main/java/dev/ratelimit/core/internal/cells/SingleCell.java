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
 * A limiter without keys: a keyed limiter that is used with a single key, and a fast path to the cell of that key.
 *
 * <p><b>The fast path</b> serves a policy with a single rate and without a listener. It charges a cell as the table
 * does ({@link Charges}), but knows in advance where the cell is, and the {@link SingleRateTerms}. It charges the
 * cell only if the cell belongs to this key, counts in the units of the terms, is within the horizon, and has not
 * changed since it was read. In all other cases it calls the keyed limiter. So this limiter can do everything that the
 * keyed limiter can, on the same cells.
 *
 * <p><b>Speed.</b> Reading the clock makes the processor finish all earlier instructions. Later instructions may begin
 * meanwhile, but a chain of two references costs two waits. So this class follows references before it reads the clock.
 * They are volatile only for this purpose, because a compiler would postpone reads of other fields until they are
 * needed. The other reads are in the order that {@link Horizon} requires: clock, cell, anchor.
 *
 * <p><b>A live change.</b> A call checks after it has read the cell that the terms are still in force, and a change of
 * units exchanges the cell. So a thread that was paused during a change either finds that the cell has changed, or
 * takes its permits as if it had called before the change. Terms are not in force once their rate is released, and an
 * exchange keeps the number of the cell: these are the rules of {@link RateChanges}. While the policy changes, no terms
 * are in force, and all calls use the keyed limiter.
 */
public final class SingleCell implements SingleLimiter {

    /** Returned if the keyed limiter must decide. It is not an outcome: those have zeros in their low bits. */
    private static final long ASK = 1;

    /** The index of the cell: a constant, so that nothing must be read before the cell. */
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
    private volatile Charges charges;
    private volatile long[] words;
    private volatile SingleRateTerms terms;

    /**
     * Creates a limiter in front of a keyed one.
     *
     * @param limiter the keyed limiter, which nothing else uses
     * @param key the only key that is used with it
     * @param fingerprint the key's fingerprint, for which {@link #isItsKey} is true
     * @param table the table with the state of the keyed limiter
     * @param time the time source of the table
     * @param deciding the budgets of the policy in force, if they alone decide; otherwise null
     * @param queues positive while calls wait at the keyed limiter, its reservations are not yet due, or it may be in
     *     a blackout that was called for
     * @param giveBack gives back permits that were taken without regard to the queues
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
        this.charges = table.charges();
        this.words = table.places().words();
        this.terms = inForce();
    }

    /** Returns whether the preferred place of a fingerprint is the first place of a table with one or two sets. */
    public static boolean isItsKey(long fingerprint) {
        return fingerprint >= 0 && Places.start(fingerprint) == 0;
    }

    private SingleRateTerms inForce() {
        Budgets alone = deciding.get();
        return alone == null
                ? SingleRateTerms.NONE
                : SingleRateTerms.of(alone.gcra(), charges, limiter.policy(key).name());
    }

    // The fast path

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
        // If other calls wait, the retry-after must be behind them, which only the keyed limiter knows.
        return outcome == ASK || (!Outcome.isAllowed(outcome) && queues.get() != 0)
                ? limiter.decide(key, permits)
                : Outcome.decision(known.gcra, outcome, permits).withPolicy(known.policy);
    }

    /** Takes permits if the budget has them now; returns an {@link Outcome}, or {@link #ASK}. */
    private long take(long permits, SingleRateTerms known) {
        Charges charges = this.charges;
        long[] words = this.words;
        AtomicInteger queues = this.queues;
        while (true) {
            long now = Clock.read(time);
            long before = (long) WORD.getVolatile(words, CELL);
            long different = (Cell.number(before) ^ known.number) | (words[CELL - 1] ^ fingerprint);
            if ((((now - charges.anchor()) & known.beyond) | different) != 0
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
                // Read after the exchange, so that a call that begins to wait later has seen this charge.
                return queues.get() != 0 ? giveBack(permits) : Gcra.distance(after, reading);
            }
        }
    }

    /**
     * Other calls wait or have reserved permits, so the keyed limiter must decide whether these permits may be taken.
     */
    private long giveBack(long permits) {
        giveBack.accept(permits);
        return ASK;
    }

    @SuppressWarnings("ReferenceEquality") // compares identities on purpose
    private boolean isReplaced(SingleRateTerms known) {
        return terms != known;
    }

    // Through the keyed limiter

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
