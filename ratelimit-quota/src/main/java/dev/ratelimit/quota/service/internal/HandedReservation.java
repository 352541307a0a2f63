package dev.ratelimit.quota.service.internal;

import dev.ratelimit.quota.QuotaUnavailableException;
import dev.ratelimit.quota.spi.Counter;
import dev.ratelimit.quota.spi.Operation;
import dev.ratelimit.quota.spi.OperationId;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A reservation that several objects may end, in any process: by its handle, or by an idempotency key. It is committed
 * once.
 *
 * <p>An object first records how it ends ({@link Ending}), and then sends the corrections. One correction is the charge
 * of the committed amount, which all objects send under one id. The other is the return of the reserved amount, which
 * all objects of one round send under another id. Each counter takes each correction once. So the order of the
 * corrections does not matter, nor whether a window has ended for one of the objects. If one object has given an amount
 * back and another commits it, the amount is charged. A process may die between the record and the corrections: the
 * next object completes them.
 *
 * <p>After a failed commit, this object refunds nothing: closing it repeats the commit.
 *
 * <p>Thread-safe.
 */
final class HandedReservation implements Reserved {

    /**
     * The number of the charge among the operations of a handle. {@link IdempotentRequests} and returns use other
     * numbers.
     */
    private static final long CHARGED = 1;

    /** The number of the return in round 0. Each later round uses the next odd number. */
    private static final long RETURNED = 3;

    private final StoreCalls calls;
    private final InstantSource clock;
    private final Handle handle;
    private final Ending ending;
    private final AtomicBoolean ended = new AtomicBoolean();
    private final TimeToLive timeToLive;
    private final ClosingCharge closing;

    /** The amount of the last commit, whether or not the store answered; null before a commit. */
    private volatile @Nullable Long committed;

    /** Whether the amount was given back because the time to live was over. A later commit is then charged. */
    private volatile boolean expired;

    HandedReservation(
            StoreReservation.Service service,
            Handle handle,
            boolean allowed,
            ClosingCharge closing,
            TimeToLive timeToLive) {
        this.calls = service.calls();
        this.clock = service.clock();
        this.ending = new Ending(calls, clock, handle);
        this.handle = handle;
        this.closing = closing;
        this.timeToLive = timeToLive;
        this.ended.set(!allowed);
    }

    @Override
    public boolean isOver() {
        return ended.get();
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
    public boolean commit(long actual) {
        if (ended.get() && !expired) {
            return false;
        }
        checkAge();
        committed = actual;
        return end(actual);
    }

    @Override
    public boolean cancel() {
        if (committed != null || ended.get()) {
            return false;
        }
        checkAge();
        return giveBack();
    }

    @Override
    public void close() {
        if (ended.get() && !(expired && committed != null)) {
            return;
        }
        try {
            if (isTooOld()) {
                finish();
            } else if (committed != null) {
                end(committed);
            } else if (closing.amount() > 0) {
                end(closing.amount());
            } else {
                giveBack();
            }
        } catch (QuotaUnavailableException e) {
            // It stays charged as it is: in doubt, strict. A caller that needs the outcome calls commit or cancel.
        }
    }

    /** Closes it because its time to live is over. */
    @Override
    public void expire() {
        expired = committed == null && !ended.get() && closing.amount() == 0;
        close();
    }

    private boolean isTooOld() {
        return !clock.instant().isBefore(handle.until());
    }

    private void checkAge() {
        if (isTooOld()) {
            throw new IllegalStateException("the reservation is older than " + Handle.LIFE.toDays()
                    + " days, and the store no longer knows whether it has ended: it stays charged as it is;"
                    + " correct it by charge or decrement");
        }
    }

    private boolean end(long actual) {
        Ending.Known known = ending.commit(actual);
        long first = Objects.requireNonNull(known.committed());
        correct(known.mayCharge() ? first : 0, known.mayGiveBack());
        expired = false;
        finish();
        return known.mayCharge() && first == actual;
    }

    private boolean giveBack() {
        Ending.Known known = ending.giveBack();
        correct(0, known.mayGiveBack());
        finish();
        return known.mayGiveAllBack() && known.committed() == null;
    }

    private void finish() {
        ended.set(true);
        timeToLive.end();
    }

    private void correct(long charge, List<Boolean> givesBack) {
        List<Operation> operations = new ArrayList<>();
        OperationId charged = new OperationId(handle.id(), CHARGED);
        OperationId returned = new OperationId(handle.id(), RETURNED + 2 * handle.round());
        for (int i = 0; i < handle.targets().size(); i++) {
            Counter counter = handle.targets().get(i).counter();
            long counted = handle.counted().get(i);
            if (charge > 0) {
                operations.add(new Operation.Adjust(counter, charge, charged));
            }
            if (givesBack.get(i) && counted > 0) {
                // After the charge, so that no other request takes its room. If the counter would stop at its maximum,
                // before the charge.
                int place = charge > Long.MAX_VALUE / 2 ? operations.size() - 1 : operations.size();
                operations.add(place, new Operation.Adjust(counter, -counted, returned));
            }
        }
        if (!operations.isEmpty()) {
            calls.counted(operations);
        }
    }
}
