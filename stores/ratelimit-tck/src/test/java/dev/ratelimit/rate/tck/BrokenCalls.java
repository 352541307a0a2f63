package dev.ratelimit.rate.tck;

import dev.ratelimit.Certainty;
import dev.ratelimit.rate.spi.BudgetState;
import dev.ratelimit.rate.spi.BudgetState.Step;
import dev.ratelimit.rate.spi.RateOperation;
import dev.ratelimit.rate.spi.RateOperation.Take;
import dev.ratelimit.rate.spi.RateOutcome;
import dev.ratelimit.rate.spi.RateOutcome.Applied;
import dev.ratelimit.store.Deadline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/** Stores whose calls, keeping or concurrency break a rule of chapters R1, R4, R7 and R8. */
final class BrokenCalls {

    private BrokenCalls() {}

    static List<BrokenRateStore> all() {
        return List.of(
                BrokenRateStore.of("R1.1", "reads, and writes later", ReadsThenWrites::new),
                BrokenRateStore.of("R1.3", "does not guard the first write", UnguardedFirst::new),
                BrokenRateStore.of("R4.1", "reads a clock of its own", OwnClock::new),
                BrokenRateStore.of("R4.3", "forgets a budget that is half full", ForgetsEarly::new),
                BrokenRateStore.of("R4.3", "keeps nothing over a restart", OwnStates::new),
                BrokenRateStore.of("R4.4", "deletes only what is used again", NeverDeletes::new),
                BrokenRateStore.inFaults("R7.1", "refuses while it is cut off", RefusesInFaults::new),
                BrokenRateStore.inFaults("R7.2", "says that it has not applied what it has", WronglyCertain::new),
                BrokenRateStore.inFaults("R7.3", "does not look at deadlines", NeverLate::new),
                BrokenRateStore.inFaults("R7.3", "waits three times as long", WaitsLonger::new),
                BrokenRateStore.inFaults("R7.4", "stays broken after a fault", StaysBroken::new),
                BrokenRateStore.of("R7.5", "goes on after close()", NeverClosed::new),
                BrokenRateStore.of("R8.1", "answers in the reverse order", ReverseOrder::new),
                BrokenRateStore.of("R8.2", "applies the last operation first", LastFirst::new),
                BrokenRateStore.of("R8.3", "mixes up the outcomes of threads", MixedThreads::new),
                BrokenRateStore.of("R8.3", "cannot be closed twice", ClosedTwice::new),
                BrokenRateStore.of("R8.4", "does not see capitals", NoCapitals::new),
                BrokenRateStore.of("R8.4", "cuts long names", CutsNames::new));
    }

    private static final class ReadsThenWrites extends PlainRateStore {
        ReadsThenWrites(RateBackend backend) {
            super(backend);
        }

        @Override
        RateOutcome applied(RateOperation operation) {
            BudgetState before = state(operation);
            LockSupport.parkNanos(1_000);
            Step step = step(before, operation, now());
            keep(operation, step.state());
            return step.outcome();
        }
    }

    private static final class UnguardedFirst extends PlainRateStore {
        UnguardedFirst(RateBackend backend) {
            super(backend);
        }

        @Override
        RateOutcome applied(RateOperation operation) {
            if (backend.states.containsKey(operation.name())) {
                return super.applied(operation);
            }
            LockSupport.parkNanos(1_000_000);
            Step step = step(BudgetState.FULL, operation, now());
            keep(operation, step.state());
            return step.outcome();
        }
    }

    private static final class OwnClock extends PlainRateStore {
        private static final AtomicInteger OPENED = new AtomicInteger();
        private final long ahead = OPENED.incrementAndGet() % 2 == 0 ? 2_000_000 : 0;

        OwnClock(RateBackend backend) {
            super(backend);
        }

        @Override
        long now() {
            return super.now() + ahead;
        }
    }

    private static final class ForgetsEarly extends PlainRateStore {
        ForgetsEarly(RateBackend backend) {
            super(backend);
        }

        @Override
        void sweep() {
            long later = backend.nowMicros() + 390_000;
            backend.states.values().removeIf(state -> state.expiresMicros() <= later);
        }
    }

    private static final class OwnStates extends PlainRateStore {
        private final ConcurrentHashMap<String, BudgetState> states = new ConcurrentHashMap<>();

        OwnStates(RateBackend backend) {
            super(backend);
        }

        @Override
        BudgetState state(RateOperation operation) {
            return states.getOrDefault(operation.name(), BudgetState.FULL);
        }

        @Override
        void keep(RateOperation operation, BudgetState after) {
            states.put(operation.name(), after);
        }
    }

    private static final class NeverDeletes extends PlainRateStore {
        NeverDeletes(RateBackend backend) {
            super(backend);
        }

        @Override
        void sweep() {}
    }

    private static final class RefusesInFaults extends PlainRateStore {
        RefusesInFaults(RateBackend backend) {
            super(backend);
        }

        @Override
        RateOutcome isCutOff(RateOperation operation, Deadline deadline) {
            return new Applied(0, Collections.nCopies(operation.terms().rates().size(), 0L), 0, 0);
        }
    }

    private static final class WronglyCertain extends PlainRateStore {
        WronglyCertain(RateBackend backend) {
            super(backend);
        }

        @Override
        RateOutcome isCutOff(RateOperation operation, Deadline deadline) {
            super.applied(operation);
            super.isCutOff(operation, deadline);
            return failed(Certainty.NOT_APPLIED, "cut off");
        }
    }

    private static final class NeverLate extends PlainRateStore {
        NeverLate(RateBackend backend) {
            super(backend);
        }

        @Override
        RateOutcome late(RateOperation operation) {
            return applied(operation);
        }
    }

    private static final class WaitsLonger extends PlainRateStore {
        WaitsLonger(RateBackend backend) {
            super(backend);
        }

        @Override
        RateOutcome isCutOff(RateOperation operation, Deadline deadline) {
            return super.isCutOff(operation, Deadline.after(Duration.ofNanos(1 + 3 * deadline.remainingNanos())));
        }
    }

    private static final class StaysBroken extends PlainRateStore {
        private volatile boolean broken;

        StaysBroken(RateBackend backend) {
            super(backend);
        }

        @Override
        RateOutcome isCutOff(RateOperation operation, Deadline deadline) {
            broken = true;
            return super.isCutOff(operation, deadline);
        }

        @Override
        RateOutcome applied(RateOperation operation) {
            return broken ? failed(Certainty.NOT_APPLIED, "broken") : super.applied(operation);
        }
    }

    private static final class NeverClosed extends PlainRateStore {
        NeverClosed(RateBackend backend) {
            super(backend);
        }

        @Override
        boolean isClosed() {
            return false;
        }
    }

    private static final class ReverseOrder extends PlainRateStore {
        ReverseOrder(RateBackend backend) {
            super(backend);
        }

        @Override
        public List<RateOutcome> apply(List<RateOperation> operations, Deadline deadline) {
            List<RateOutcome> outcomes = new ArrayList<>(super.apply(operations, deadline));
            Collections.reverse(outcomes);
            return outcomes;
        }
    }

    private static final class LastFirst extends PlainRateStore {
        LastFirst(RateBackend backend) {
            super(backend);
        }

        @Override
        public List<RateOutcome> apply(List<RateOperation> operations, Deadline deadline) {
            List<RateOperation> reversed = new ArrayList<>(operations);
            Collections.reverse(reversed);
            List<RateOutcome> outcomes = new ArrayList<>(super.apply(reversed, deadline));
            Collections.reverse(outcomes);
            return outcomes;
        }
    }

    private static final class MixedThreads extends PlainRateStore {
        private volatile RateOutcome last = failed(Certainty.NOT_APPLIED, "first");

        MixedThreads(RateBackend backend) {
            super(backend);
        }

        @Override
        RateOutcome applied(RateOperation operation) {
            last = super.applied(operation);
            if (operation instanceof Take take && take.terms().rates().size() == 2) {
                LockSupport.parkNanos(100_000);
            }
            return last;
        }
    }

    private static final class ClosedTwice extends PlainRateStore {
        ClosedTwice(RateBackend backend) {
            super(backend);
        }

        @Override
        public void close() {
            if (isClosed()) {
                throw new IllegalStateException("closed already");
            }
            super.close();
        }
    }

    private static final class NoCapitals extends PlainRateStore {
        NoCapitals(RateBackend backend) {
            super(backend);
        }

        @Override
        String key(RateOperation operation) {
            return operation.name().toLowerCase(Locale.ROOT);
        }
    }

    private static final class CutsNames extends PlainRateStore {
        CutsNames(RateBackend backend) {
            super(backend);
        }

        @Override
        String key(RateOperation operation) {
            return operation.name().substring(0, Math.min(255, operation.name().length()));
        }
    }
}
