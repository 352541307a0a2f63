package dev.ratelimit.core.internal.limit;

import dev.ratelimit.Decision;
import dev.ratelimit.TimeSource;
import dev.ratelimit.core.internal.waiting.Departures;
import dev.ratelimit.core.internal.waiting.Sleep;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Those who wait for permits of one limiter: no more than so many, each until its reservation is due.
 *
 * <p>The reservation is made first, so the order of waiting is the order of coming, for each key; the wait is only for time
 * to pass. A place among the waiters is taken before that, so that nothing is reserved for somebody who may not wait.
 */
final class Waiters {

    private final TimeSource time;
    private final int most;
    private final AtomicInteger waiting = new AtomicInteger();

    Waiters(TimeSource time, int most) {
        this.time = time;
        this.most = most;
    }

    /** Takes permits, and returns when they may be used or were refused. */
    Decision await(PolicyBudgets budgets, long key, long permits) throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        CellReservation reservation = reserve(budgets, key, permits);
        if (isAtOnce(reservation)) {
            return reservation.decision();
        }
        try {
            Sleep.awaitUntil(time, reservation.dueNanos());
        } catch (InterruptedException e) {
            reservation.cancel();
            throw e;
        } finally {
            waiting.decrementAndGet();
        }
        return reservation.decision();
    }

    /** Takes permits; the future is completed when they may be used or were refused. */
    @SuppressWarnings("FutureReturnValueIgnored") // callers are to cancel the departure, not what counts it
    CompletableFuture<Decision> later(
            PolicyBudgets budgets, long key, long permits, @Nullable Executor executor, Consumer<Decision> told) {
        CellReservation reservation = reserve(budgets, key, permits);
        told.accept(reservation.decision());
        if (isAtOnce(reservation)) {
            return CompletableFuture.completedFuture(reservation.decision());
        }
        CompletableFuture<Decision> departure =
                Departures.at(time, reservation.dueNanos(), reservation.decision(), reservation::cancel, executor);
        departure.whenComplete((decision, failure) -> waiting.decrementAndGet());
        return departure;
    }

    private static boolean isAtOnce(CellReservation reservation) {
        return reservation.decision().delayNanos() == 0;
    }

    /** Reserves permits; whoever has to wait for them has a place among the waiters. */
    private CellReservation reserve(PolicyBudgets budgets, long key, long permits) {
        long clock = time.nanos();
        if (!budgets.shapes()) {
            return CellReservation.answered(budgets.decide(key, permits, clock), clock);
        }
        if (waiting.incrementAndGet() > most) {
            waiting.decrementAndGet();
            return CellReservation.answered(withoutWaiting(budgets, key, permits, clock), clock);
        }
        CellReservation reservation = budgets.reserve(key, permits, clock);
        if (isAtOnce(reservation)) {
            waiting.decrementAndGet();
        }
        return reservation;
    }

    private static Decision withoutWaiting(PolicyBudgets budgets, long key, long permits, long clock) {
        Decision decision = budgets.decide(key, permits, clock);
        return decision.reason() != Decision.Reason.OVER_LIMIT
                ? decision
                : Decision.refused(
                                Decision.Reason.TOO_MANY_WAITING,
                                decision.rate().orElseThrow(),
                                decision.remaining(),
                                decision.retryAfterNanos(),
                                decision.resetAfterNanos())
                        .of(decision.policy());
    }
}
