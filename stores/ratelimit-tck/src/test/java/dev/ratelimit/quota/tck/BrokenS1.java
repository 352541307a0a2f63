package dev.ratelimit.quota.tck;

import dev.ratelimit.quota.spi.Operation;
import dev.ratelimit.quota.spi.Operation.Acquire;
import dev.ratelimit.quota.spi.Operation.Adjust;
import dev.ratelimit.quota.spi.Outcome;
import dev.ratelimit.quota.spi.Outcome.Counted;
import dev.ratelimit.quota.tck.PlainBackend.State;
import dev.ratelimit.store.Deadline;
import java.util.List;

/** Stores that break a rule of chapter S1. */
final class BrokenS1 {

    private BrokenS1() {}

    static List<Broken> all() {
        return List.of(
                Broken.of("S1.1", "looks first, and counts then", LooksFirst::new, "S1.2"),
                Broken.of("S1.2", "loses what was counted while it gives back", LosesUpdates::new),
                Broken.of("S1.3", "does not guard the first insert", UnguardedInsert::new),
                Broken.of("S1.4", "adds up amounts that wrap", WrapsAcquires::new),
                Broken.of("S1.4", "wraps when charged", WrapsAdjusts::new),
                Broken.of(
                        "S1.4",
                        "gives back nothing where it is asked for more than there is",
                        RefusesLargeRefunds::new));
    }

    /** Without an id, and only so where a test asks, lest every other race be broken, too. */
    private static boolean isPlainAcquire(Operation operation) {
        return operation instanceof Acquire acquire && acquire.id() == null;
    }

    private static final class LooksFirst extends PlainStore {
        LooksFirst(PlainBackend backend) {
            super(backend);
        }

        @Override
        Outcome decided(Operation operation, Deadline deadline) {
            if (!isPlainAcquire(operation)) {
                return super.decided(operation, deadline);
            }
            Acquire acquire = (Acquire) operation;
            long seen = locked(() -> state(acquire.counter()).used);
            long room = acquire.limit() - seen;
            if (seen == 0 || room < acquire.min()) {
                return super.decided(operation, deadline);
            }
            pause();
            long granted = Math.min(acquire.want(), room);
            return locked(() -> {
                State state = state(acquire.counter());
                state.used += granted;
                return new Counted(granted, state.used);
            });
        }
    }

    private static final class LosesUpdates extends PlainStore {
        LosesUpdates(PlainBackend backend) {
            super(backend);
        }

        @Override
        Outcome decided(Operation operation, Deadline deadline) {
            if (!(operation instanceof Adjust adjust) || adjust.id() != null || adjust.delta() >= -1) {
                return super.decided(operation, deadline);
            }
            long seen = locked(() -> state(adjust.counter()).used);
            pause();
            return locked(() -> {
                State state = state(adjust.counter());
                state.used = changed(adjust, seen);
                return new Counted(0, state.used);
            });
        }
    }

    private static final class UnguardedInsert extends PlainStore {
        UnguardedInsert(PlainBackend backend) {
            super(backend);
        }

        @Override
        Outcome decided(Operation operation, Deadline deadline) {
            if (!isPlainAcquire(operation)) {
                return super.decided(operation, deadline);
            }
            Acquire acquire = (Acquire) operation;
            if (locked(() -> state(acquire.counter()).used) > 0 || acquire.min() > acquire.limit()) {
                return super.decided(operation, deadline);
            }
            pause();
            long granted = Math.min(acquire.want(), acquire.limit());
            return locked(() -> {
                State state = state(acquire.counter());
                state.used += granted;
                return new Counted(granted, state.used);
            });
        }
    }

    private static final class WrapsAcquires extends PlainStore {
        WrapsAcquires(PlainBackend backend) {
            super(backend);
        }

        @Override
        Counted decided(State state, Acquire acquire) {
            if (state.used + acquire.want() < 0) {
                state.used = Long.MAX_VALUE;
                return new Counted(acquire.want(), state.used);
            }
            return super.decided(state, acquire);
        }
    }

    private static final class WrapsAdjusts extends PlainStore {
        WrapsAdjusts(PlainBackend backend) {
            super(backend);
        }

        @Override
        long changed(Adjust adjust, long used) {
            return Math.max(0, used + adjust.delta());
        }
    }

    private static final class RefusesLargeRefunds extends PlainStore {
        RefusesLargeRefunds(PlainBackend backend) {
            super(backend);
        }

        @Override
        long changed(Adjust adjust, long used) {
            return used > 0 && used + adjust.delta() < 0 ? used : super.changed(adjust, used);
        }
    }
}
