package dev.ratelimit.rate.tck;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.Certainty;
import dev.ratelimit.rate.spi.BudgetTerms;
import dev.ratelimit.rate.spi.RateOperation;
import dev.ratelimit.rate.spi.RateOperation.Blackout;
import dev.ratelimit.rate.spi.RateOperation.Charge;
import dev.ratelimit.rate.spi.RateOperation.GiveBack;
import dev.ratelimit.rate.spi.RateOperation.Read;
import dev.ratelimit.rate.spi.RateOperation.Refund;
import dev.ratelimit.rate.spi.RateOperation.Reset;
import dev.ratelimit.rate.spi.RateOperation.Take;
import dev.ratelimit.rate.spi.RateOutcome;
import dev.ratelimit.rate.spi.RateOutcome.Applied;
import dev.ratelimit.rate.spi.RateOutcome.Failed;
import dev.ratelimit.rate.spi.StoredRate;
import dev.ratelimit.store.Deadline;
import dev.ratelimit.tck.internal.Race;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Chapter R7 of the rules: a failure is no refusal. */
public interface R7FailureIsNoRefusal extends RateStoreHooks {

    /** The deadline of a call to a store that is cut off. */
    Duration SHORT = Duration.ofMillis(200);

    /** Terms with a permit in 11 days, 9,000 at once. */
    BudgetTerms MANY = new BudgetTerms(List.of(new StoredRate(1_000_000_000_000L, 1, 9_000)));

    /** Terms with a permit in 17 minutes, and more at once than the fastest store grants in a test. */
    BudgetTerms MILLIONS = new BudgetTerms(List.of(new StoredRate(1_000_000_000L, 1, 9_000_000)));

    /** Requests each kind of operation while the store is cut off. */
    @Test
    @DisplayName("R7.1 what cannot be done is Failed or a StoreException, and never a refusal")
    default void r7_1_failureIsNoRefusal() {
        try (RateBench bench = new RateBench(this)) {
            List<RateOperation> operations = eachKind(bench);
            bench.cut();
            for (RateOperation operation : operations) {
                assertThat(bench.store().attempt(operation, Deadline.after(SHORT)))
                        .as("R7.1: %s, while the store is cut off", operation)
                        .isInstanceOf(Failed.class);
            }
        }
    }

    /** Deadlines are so short that many calls do not end in time. */
    @Test
    @DisplayName("R7.2 NOT_APPLIED is said only if nothing was applied, where deadlines are short")
    default void r7_2_notAppliedIsCertainWhereDeadlinesAreShort() {
        try (RateBench bench = new RateBench(this)) {
            String name = RateBench.name();
            bench.store().applied(Take.allOrNothing(name, MANY, 1));
            AtomicLong granted = new AtomicLong(1);
            AtomicLong uncertain = new AtomicLong();
            Race.of("R7.2", patience(), 4, thread -> () -> {
                Random random = new Random(thread);
                for (int i = 0; i < 60; i++) {
                    // From a tenth of a microsecond to some milliseconds, all orders of magnitude alike.
                    long nanos = (long) (100 * Math.exp(random.nextDouble() * 11));
                    enter(bench, name, MANY, Deadline.after(Duration.ofNanos(nanos)), granted, uncertain);
                }
                return granted;
            });
            checkCertainty(bench, name, MANY, granted.get(), uncertain.get());
        }
    }

    /** The store is cut off in the middle of many calls, and comes back. */
    @Test
    @DisplayName("R7.2 NOT_APPLIED is said only if nothing was applied, nor will be, where the store was cut off")
    default void r7_2_notAppliedIsCertainWhereTheStoreWasCutOff() {
        try (RateBench bench = new RateBench(this)) {
            String name = RateBench.name();
            bench.cut();
            bench.restore();
            AtomicLong granted = new AtomicLong();
            AtomicLong uncertain = new AtomicLong();
            Race.of("R7.2", patience(), 4, thread -> () -> {
                if (thread == 3) {
                    LockSupport.parkNanos(20_000_000);
                    bench.cut();
                    LockSupport.parkNanos(400_000_000);
                    bench.restore();
                    return granted;
                }
                long end = System.nanoTime() + 700_000_000;
                while (System.nanoTime() - end < 0) {
                    enter(bench, name, MILLIONS, Deadline.after(SHORT), granted, uncertain);
                }
                return granted;
            });
            Read read = new Read(name, MILLIONS);
            bench.eventually(() -> bench.store().attempt(read, Deadline.after(deadline())) instanceof Applied);
            checkCertainty(bench, name, MILLIONS, granted.get(), uncertain.get());
        }
    }

    /** The deadline has passed when the call begins. */
    @Test
    @DisplayName("R7.3 what had not begun by the deadline never begins")
    default void r7_3_afterTheDeadlineNothingBegins() {
        try (RateBench bench = new RateBench(this)) {
            String name = RateBench.name();
            bench.store().applied(Take.allOrNothing(name, MANY, 4));
            for (RateOperation operation :
                    List.of(Take.allOrNothing(name, MANY, 1), new Charge(name, MANY, 1), new Reset(name, MANY))) {
                Deadline passed = Deadline.after(Duration.ofNanos(1));
                while (!passed.hasPassed()) {
                    Thread.onSpinWait();
                }
                failedWith(
                        "R7.3: " + operation + ", after the deadline",
                        bench.store().attempt(operation, passed));
            }
            LockSupport.parkNanos(50_000_000);
            assertThat(owed(bench, name, MANY)).as("R7.3: permits owed").isEqualTo(4);
        }
    }

    /** Requests each kind of operation while the store is cut off, and measures the time; the best of three counts. */
    @Test
    @DisplayName("R7.3 a call ends by its deadline")
    default void r7_3_callEndsByItsDeadline() {
        try (RateBench bench = new RateBench(this)) {
            List<RateOperation> operations = eachKind(bench);
            bench.cut();
            for (RateOperation operation : operations) {
                long best = Long.MAX_VALUE;
                for (int i = 0; i < 3 && best > SHORT.plus(lateness()).toNanos(); i++) {
                    long began = System.nanoTime();
                    bench.store().attempt(operation, Deadline.after(SHORT));
                    best = Math.min(best, System.nanoTime() - began);
                }
                assertThat(Duration.ofNanos(best))
                        .as("R7.3: time that %s took within %s, while the store is cut off", operation, SHORT)
                        .isLessThanOrEqualTo(SHORT.plus(lateness()));
            }
        }
    }

    /** The store is cut off, called, and connected again. */
    @Test
    @DisplayName("R7.4 after a failure the store works again by itself")
    default void r7_4_worksAgainByItself() {
        try (RateBench bench = new RateBench(this)) {
            String name = RateBench.name();
            bench.store().applied(Take.allOrNothing(name, MANY, 4));
            bench.cut();
            Read read = new Read(name, MANY);
            bench.store().attempt(read, Deadline.after(SHORT));
            bench.store().attempt(Take.allOrNothing(RateBench.name(), MANY, 1), Deadline.after(SHORT));
            bench.restore();
            assertThat(bench.eventually(
                            () -> bench.store().attempt(read, Deadline.after(deadline())) instanceof Applied))
                    .as("R7.4: works again within %s", patience())
                    .isTrue();
            assertThat(owed(bench, name, MANY)).as("R7.4: permits owed").isEqualTo(4);
        }
    }

    /** Requests each kind of operation after the store was closed. */
    @Test
    @DisplayName("R7.5 after close() a call fails with NOT_APPLIED")
    default void r7_5_closedStoreDoesNothing() {
        try (RateBench bench = new RateBench(this)) {
            List<RateOperation> operations = eachKind(bench);
            bench.store().store().close();
            for (RateOperation operation : operations) {
                failedWith(
                        "R7.5: " + operation + ", after close()",
                        bench.store().attempt(operation, Deadline.after(deadline())));
            }
        }
    }

    private static void enter(
            RateBench bench,
            String name,
            BudgetTerms terms,
            Deadline within,
            AtomicLong granted,
            AtomicLong uncertain) {
        RateOutcome outcome = bench.store().attempt(Take.allOrNothing(name, terms, 1), within);
        if (outcome instanceof Applied applied) {
            granted.addAndGet(applied.permits());
        } else if (((Failed) outcome).certainty() == Certainty.INDETERMINATE) {
            uncertain.incrementAndGet();
        }
    }

    private static void failedWith(String what, RateOutcome outcome) {
        assertThat(outcome)
                .as(what)
                .isInstanceOfSatisfying(
                        Failed.class,
                        failed -> assertThat(failed.certainty()).as(what).isEqualTo(Certainty.NOT_APPLIED));
    }

    private static void checkCertainty(RateBench bench, String name, BudgetTerms terms, long granted, long uncertain) {
        // Operations in progress get some time to arrive.
        LockSupport.parkNanos(100_000_000);
        assertThat(owed(bench, name, terms))
                .as("R7.2: permits owed, where %d were granted, and %d more may have been", granted, uncertain)
                .isBetween(granted, granted + uncertain);
    }

    /** The permits owed, rounded up: a test takes less time than a permit. */
    private static long owed(RateBench bench, String name, BudgetTerms terms) {
        long debt = bench.store().applied(new Read(name, terms)).debts().get(0);
        long permit = terms.rates().get(0).unitsPerPermit();
        return (debt + permit - 1) / permit;
    }

    private static List<RateOperation> eachKind(RateBench bench) {
        String name = RateBench.name();
        Applied taken = bench.store().applied(Take.allOrNothing(name, MANY, 3));
        return List.of(
                Take.allOrNothing(name, MANY, 1),
                Take.allOrNothing(RateBench.name(), MANY, 1),
                new GiveBack(name, MANY, 1, taken.generation()),
                new Refund(name, MANY, 1),
                new Charge(name, MANY, 1),
                new Blackout(name, MANY, 1_000),
                new Read(name, MANY),
                new Reset(name, MANY));
    }
}
