package dev.ratelimit.quota.tck;

import dev.ratelimit.Certainty;
import dev.ratelimit.quota.spi.Operation;
import dev.ratelimit.quota.spi.Operation.Acquire;
import dev.ratelimit.quota.spi.Operation.Adjust;
import dev.ratelimit.quota.spi.Outcome;
import dev.ratelimit.quota.spi.Outcome.Counted;
import dev.ratelimit.store.Deadline;
import java.time.Duration;
import java.util.List;

/** Stores that break a rule of chapters S6 and S7. */
final class BrokenS6AndS7 {

    private BrokenS6AndS7() {}

    static List<Broken> all() {
        return List.of(
                Broken.of("S6.1", "undoes acquires of who has gone away", UndoesAcquires::new),
                Broken.of("S6.2", "undoes refunds of who has gone away", UndoesRefunds::new),
                Broken.inFaults("S7.1", "denies when it is cut off", DeniesInTrouble::new),
                Broken.inFaults("S7.1", "throws what nobody knows", Throws::new, "S7.2", "S7.3", "S7.4"),
                Broken.of("S7.2", "says NOT_APPLIED when the answer comes late", LateIsNotApplied::new),
                Broken.inFaults("S7.2", "says NOT_APPLIED when the answer is lost", LostIsNotApplied::new),
                Broken.inFaults("S7.3", "waits for longer than the deadline", WaitsLonger::new),
                Broken.of("S7.3", "begins after the deadline", BeginsLate::new),
                Broken.inFaults("S7.4", "never recovers", NeverRecovers::new, "S7.2"),
                Broken.of("S7.5", "works on after close()", WorksOn::new),
                Broken.of("S7.5", "is in doubt after close()", InDoubt::new));
    }

    /** Counts, undoes it, and says that it does not know. */
    private static Outcome undone(PlainStore store, Operation operation, Operation inverse) {
        store.locked(() -> store.now(operation));
        PlainStore.pause();
        long end = System.nanoTime() + 2_000_000;
        while (System.nanoTime() - end < 0) {
            Thread.onSpinWait();
        }
        store.locked(() -> store.now(inverse));
        return PlainStore.failed(Certainty.INDETERMINATE);
    }

    private static final class UndoesAcquires extends PlainStore {
        UndoesAcquires(PlainBackend backend) {
            super(backend);
        }

        @Override
        Outcome decided(Operation operation, Deadline deadline) {
            return operation instanceof Acquire acquire
                            && Thread.currentThread().isInterrupted()
                    ? undone(this, acquire, new Adjust(acquire.counter(), -acquire.want(), null))
                    : super.decided(operation, deadline);
        }
    }

    private static final class UndoesRefunds extends PlainStore {
        UndoesRefunds(PlainBackend backend) {
            super(backend);
        }

        @Override
        Outcome decided(Operation operation, Deadline deadline) {
            return operation instanceof Adjust adjust && Thread.currentThread().isInterrupted()
                    ? undone(this, adjust, new Adjust(adjust.counter(), -adjust.delta(), null))
                    : super.decided(operation, deadline);
        }
    }

    private static final class DeniesInTrouble extends PlainStore {
        DeniesInTrouble(PlainBackend backend) {
            super(backend);
        }

        @Override
        Outcome unreachable(Operation operation) {
            return operation instanceof Acquire ? new Counted(0, 0) : super.unreachable(operation);
        }
    }

    private static final class Throws extends PlainStore {
        Throws(PlainBackend backend) {
            super(backend);
        }

        @Override
        Outcome unreachable(Operation operation) {
            throw new IllegalStateException("connection refused");
        }
    }

    private static final class LateIsNotApplied extends PlainStore {
        LateIsNotApplied(PlainBackend backend) {
            super(backend);
        }

        @Override
        Outcome decided(Operation operation, Deadline deadline) {
            Outcome outcome = super.decided(operation, deadline);
            if (operation instanceof Acquire && deadline.remainingNanos() < 10_000_000) {
                pause();
            }
            return deadline.hasPassed() ? failed(Certainty.NOT_APPLIED) : outcome;
        }
    }

    private static final class LostIsNotApplied extends PlainStore {
        LostIsNotApplied(PlainBackend backend) {
            super(backend);
        }

        @Override
        Outcome unreachable(Operation operation) {
            locked(() -> now(operation));
            return failed(Certainty.NOT_APPLIED);
        }
    }

    private static final class WaitsLonger extends PlainStore {
        WaitsLonger(PlainBackend backend) {
            super(backend);
        }

        @Override
        Outcome one(Operation operation, Deadline deadline) {
            Outcome outcome = super.one(operation, deadline);
            if (backend.cut && !closed) {
                backend.answers(Deadline.after(Duration.ofMillis(150)));
            }
            return outcome;
        }
    }

    private static final class BeginsLate extends PlainStore {
        BeginsLate(PlainBackend backend) {
            super(backend);
        }

        @Override
        boolean tooLate(Deadline deadline) {
            return false;
        }
    }

    private static final class NeverRecovers extends PlainStore {
        private volatile boolean lost;

        NeverRecovers(PlainBackend backend) {
            super(backend);
        }

        @Override
        Outcome unreachable(Operation operation) {
            lost = true;
            return super.unreachable(operation);
        }

        @Override
        Outcome decided(Operation operation, Deadline deadline) {
            return lost ? failed(Certainty.NOT_APPLIED) : super.decided(operation, deadline);
        }
    }

    private static final class WorksOn extends PlainStore {
        WorksOn(PlainBackend backend) {
            super(backend);
        }

        @Override
        Outcome afterClose(Operation operation) {
            return locked(() -> now(operation));
        }
    }

    private static final class InDoubt extends PlainStore {
        InDoubt(PlainBackend backend) {
            super(backend);
        }

        @Override
        Outcome afterClose(Operation operation) {
            return failed(Certainty.INDETERMINATE);
        }
    }
}
