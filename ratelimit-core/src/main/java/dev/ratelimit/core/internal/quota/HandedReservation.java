package dev.ratelimit.core.internal.quota;

import dev.ratelimit.quota.CloseCharges;
import dev.ratelimit.quota.QuotaDecision;
import dev.ratelimit.quota.QuotaReservation;
import dev.ratelimit.quota.QuotaUnavailableException;
import dev.ratelimit.quota.spi.Counter;
import dev.ratelimit.quota.spi.Operation;
import dev.ratelimit.quota.spi.OperationId;
import dev.ratelimit.quota.spi.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A reservation that any process with its handle may end, and that ends once.
 *
 * <p>The first process that ends it writes by how much, on a counter of the handle's own, which grants once. So all
 * that end it learn the same amount, and send the same correction, which has an id and counts once. Each of these
 * calls can be repeated, also by another process after the first has died between them, for as long as the store
 * remembers the correction: a day at least.
 *
 * <p>After a commit that failed, this object refunds nothing: closing it repeats the commit.
 *
 * <p>Thread-safe.
 */
final class HandedReservation implements QuotaReservation {

    /** The number of the correction among the operations of a handle. */
    private static final long CORRECTED = 1;

    /** The mark outlives what it guards. */
    private static final Duration LONGER = Duration.ofMinutes(1);

    private final StoreCalls calls;
    private final Handle handle;
    private final QuotaDecision decision;
    private final AtomicBoolean ended = new AtomicBoolean();
    private final TimeToLive timeToLive;
    private final ClosingCharge closing;

    /** What was used, as the last commit said, whether or not the store answered; null before a commit. */
    private volatile @Nullable Long committed;

    HandedReservation(CountedReservation.Service service, Handle handle, QuotaDecision decision) {
        this.calls = service.calls();
        this.timeToLive = new TimeToLive(service.surroundings());
        this.handle = handle;
        this.decision = decision;
        this.closing = new ClosingCharge(handle.amount(), service.closeCharges());
        this.ended.set(!decision.allowed());
    }

    @Override
    public boolean allowed() {
        return decision.allowed();
    }

    @Override
    public QuotaDecision decision() {
        return decision;
    }

    @Override
    public void used(long soFar) {
        closing.report(soFar);
    }

    @Override
    public QuotaReservation closeCharges(CloseCharges choice) {
        closing.choose(choice);
        return this;
    }

    @Override
    public QuotaReservation timeToLive(Duration timeToLive) {
        this.timeToLive.set(timeToLive, this);
        if (ended.get()) {
            this.timeToLive.end();
        }
        return this;
    }

    @Override
    public String handle() {
        if (committed != null || ended.getAndSet(true)) {
            throw new IllegalStateException(
                    "the reservation has ended, was committed, or was not granted: there is nothing to hand over");
        }
        timeToLive.end();
        return handle.text();
    }

    @Override
    public boolean commit() {
        return commit(handle.amount());
    }

    @Override
    public boolean commit(long actual) {
        StoreQuotas.checkActual(actual);
        if (ended.get()) {
            return false;
        }
        committed = actual;
        return end(actual);
    }

    @Override
    public boolean cancel() {
        return committed == null && end(0);
    }

    @Override
    public void close() {
        if (!ended.get()) {
            try {
                Long tried = committed;
                end(tried == null ? closing.amount() : tried);
            } catch (QuotaUnavailableException e) {
                // It stays charged as it is: in doubt, strict. A caller that wants to know calls commit or cancel.
            }
        }
    }

    private boolean end(long actual) {
        if (ended.get()) {
            return false;
        }
        // One more than the amount, because an acquire is of at least 1.
        long wanted = Math.min(actual, Long.MAX_VALUE - 1) + 1;
        Outcome.Counted decided = counted(Operation.Acquire.allOrNothing(mark(), wanted, wanted));
        correct(decided.used() - 1 - handle.amount());
        ended.set(true);
        timeToLive.end();
        return decided.used() == wanted;
    }

    private void correct(long delta) {
        if (delta == 0) {
            return;
        }
        List<Operation> operations = new ArrayList<>();
        for (Target target : handle.targets()) {
            operations.add(new Operation.Adjust(target.counter(), delta, new OperationId(handle.id(), CORRECTED)));
        }
        for (Outcome outcome : calls.apply(operations, calls.deadline())) {
            if (outcome instanceof Outcome.Failed failed) {
                throw StoreCalls.unavailable(failed);
            }
        }
    }

    private Outcome.Counted counted(Operation operation) {
        Outcome outcome = calls.apply(operation, calls.deadline());
        if (outcome instanceof Outcome.Failed failed) {
            throw StoreCalls.unavailable(failed);
        }
        return (Outcome.Counted) outcome;
    }

    /**
     * The counter that shows by how much it ended, kept as long as the counters that it corrects.
     *
     * <p>An idempotency key is counted anew in a new window, and ends anew there. Each window that begins does so after all that
     * began before, so the latest start tells which windows these are.
     */
    private Counter mark() {
        Target first = handle.targets().get(0);
        Instant expires = first.counter().expires();
        Instant start = first.window().start();
        for (Target target : handle.targets()) {
            expires = target.counter().expires().isAfter(expires)
                    ? target.counter().expires()
                    : expires;
            start = target.window().start().isAfter(start) ? target.window().start() : start;
        }
        return SideCounters.HANDLE.counter(
                first.counter().quota(), handle.id() + "@" + start.getEpochSecond(), expires.plus(LONGER));
    }

    @Override
    public String toString() {
        return "QuotaReservation[" + handle.amount() + ", " + decision + ", by its handle]";
    }
}
