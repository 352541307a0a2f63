package dev.ratelimit.quota.tck;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.Certainty;
import dev.ratelimit.quota.spi.Counter;
import dev.ratelimit.quota.spi.Operation;
import dev.ratelimit.quota.spi.Operation.Acquire;
import dev.ratelimit.quota.spi.Operation.Adjust;
import dev.ratelimit.quota.spi.Operation.Group;
import dev.ratelimit.quota.spi.Operation.Read;
import dev.ratelimit.quota.spi.Outcome;
import dev.ratelimit.quota.spi.Outcome.Counted;
import dev.ratelimit.quota.spi.Outcome.Failed;
import dev.ratelimit.store.Deadline;
import dev.ratelimit.tck.internal.Race;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Chapter S7 of the rules: trouble is no denial. */
public interface S7TroubleIsNoDenial extends StoreHooks {

    /** The deadline of a call to a store that is cut off. */
    Duration SHORT = Duration.ofMillis(200);

    /** Requests each kind of operation while the store is cut off. */
    @Test
    @DisplayName("S7.1 what cannot be done is Failed or a StoreException, and never a denial")
    default void s7_1_troubleIsNoDenial() {
        try (Bench bench = new Bench(this)) {
            List<Operation> operations = eachKind(bench);
            bench.cut();
            for (Operation operation : operations) {
                assertThat(bench.store().attempt(operation, Deadline.after(SHORT)))
                        .as("S7.1: %s, while the store is cut off", operation)
                        .isInstanceOf(Failed.class);
            }
        }
    }

    /** Deadlines are so short that many calls do not end in time. */
    @Test
    @DisplayName("S7.2 NOT_APPLIED is said only if nothing was counted, where deadlines are short")
    default void s7_2_notAppliedIsCertainWhereDeadlinesAreShort() {
        try (Bench bench = new Bench(this)) {
            Counter counter = bench.counter();
            bench.store().acquire(counter, 1, 100_000);
            Ledger ledger = new Ledger();
            Race.of("S7.2", bench.patience(), 4, thread -> () -> {
                Random random = new Random(thread);
                for (int i = 0; i < 60; i++) {
                    // From a tenth of a microsecond to some milliseconds, all orders of magnitude alike.
                    long nanos = (long) (100 * Math.exp(random.nextDouble() * 11));
                    Acquire acquire = new Acquire(counter, 1, 1, 100_000, null);
                    ledger.enter(bench.store(), acquire, Deadline.after(Duration.ofNanos(nanos)));
                }
                return ledger;
            });
            checkCertainty(bench, counter, 1, ledger);
        }
    }

    /** The store is cut off in the middle of many calls, and comes back. */
    @Test
    @DisplayName("S7.2 NOT_APPLIED is said only if nothing was counted, nor will be, where the store was cut off")
    default void s7_2_notAppliedIsCertainWhereTheStoreWasCutOff() {
        try (Bench bench = new Bench(this)) {
            Counter counter = bench.counter();
            // Tells whether faults can be made, before there are threads.
            bench.cut();
            bench.restore();
            Ledger ledger = new Ledger();
            Race.of("S7.2", bench.patience(), 4, thread -> () -> {
                if (thread == 3) {
                    LockSupport.parkNanos(20_000_000);
                    bench.cut();
                    LockSupport.parkNanos(400_000_000);
                    bench.restore();
                    return ledger;
                }
                long end = System.nanoTime() + 700_000_000;
                while (System.nanoTime() - end < 0) {
                    Acquire acquire = new Acquire(counter, 1, 1, Long.MAX_VALUE, null);
                    ledger.enter(bench.store(), acquire, Deadline.after(SHORT));
                }
                return ledger;
            });
            bench.eventually(
                    () -> bench.store().attempt(new Read(counter), Deadline.after(deadline())) instanceof Counted);
            checkCertainty(bench, counter, 0, ledger);
        }
    }

    /** The deadline has passed when the call begins. */
    @Test
    @DisplayName("S7.3 what had not begun by the deadline never begins")
    default void s7_3_afterTheDeadlineNothingBegins() {
        try (Bench bench = new Bench(this)) {
            Counter counter = bench.counter();
            bench.store().acquire(counter, 4, 10);
            for (Operation operation :
                    List.of(new Acquire(counter, 1, 1, 10, null), new Adjust(counter, -1, null), new Read(counter))) {
                Deadline passed = Deadline.after(Duration.ofNanos(1));
                while (!passed.hasPassed()) {
                    Thread.onSpinWait();
                }
                failedWith(
                        Certainty.NOT_APPLIED,
                        "S7.3: " + operation + ", after the deadline",
                        bench.store().attempt(operation, passed));
            }
            LockSupport.parkNanos(50_000_000);
            assertThat(bench.store().used(counter))
                    .as("S7.3: shown after acquires that must not begin")
                    .isEqualTo(4);
        }
    }

    /** Requests each kind of operation while the store is cut off, and measures the time; the best of three counts. */
    @Test
    @DisplayName("S7.3 a call ends by its deadline")
    default void s7_3_callEndsByItsDeadline() {
        try (Bench bench = new Bench(this)) {
            List<Operation> operations = eachKind(bench);
            bench.cut();
            for (Operation operation : operations) {
                long best = Long.MAX_VALUE;
                for (int i = 0; i < 3 && best > SHORT.plus(lateness()).toNanos(); i++) {
                    long began = System.nanoTime();
                    bench.store().attempt(operation, Deadline.after(SHORT));
                    best = Math.min(best, System.nanoTime() - began);
                }
                assertThat(Duration.ofNanos(best))
                        .as("S7.3: time that %s took within %s, while the store is cut off", operation, SHORT)
                        .isLessThanOrEqualTo(SHORT.plus(lateness()));
            }
        }
    }

    /** The store is cut off, called, and connected again. */
    @Test
    @DisplayName("S7.4 after trouble the store works again by itself")
    default void s7_4_worksAgainByItself() {
        try (Bench bench = new Bench(this)) {
            Counter counter = bench.counter();
            bench.store().acquire(counter, 4, 10);
            bench.cut();
            bench.store().attempt(new Read(counter), Deadline.after(SHORT));
            bench.store().attempt(new Acquire(bench.counter(), 1, 1, 10, null), Deadline.after(SHORT));
            bench.restore();
            Read read = new Read(counter);
            assertThat(bench.eventually(
                            () -> bench.store().attempt(read, Deadline.after(deadline())) instanceof Counted))
                    .as("S7.4: works again within %s", patience())
                    .isTrue();
            assertThat(bench.store().acquire(counter, 1, 10))
                    .as("S7.4: an acquire after it")
                    .isEqualTo(new Counted(1, 5));
        }
    }

    /** Requests each kind of operation after the store was closed. */
    @Test
    @DisplayName("S7.5 after close() a call fails with NOT_APPLIED")
    default void s7_5_closedStoreDoesNothing() {
        try (Bench bench = new Bench(this)) {
            List<Operation> operations = eachKind(bench);
            bench.store().store().close();
            for (Operation operation : operations) {
                failedWith(
                        Certainty.NOT_APPLIED,
                        "S7.5: " + operation + ", after close()",
                        bench.store().attempt(operation, Deadline.after(deadline())));
            }
        }
    }

    private static void failedWith(Certainty certainty, String what, Outcome outcome) {
        assertThat(outcome)
                .as(what)
                .isInstanceOfSatisfying(
                        Failed.class,
                        failed -> assertThat(failed.certainty()).as(what).isEqualTo(certainty));
    }

    private static void checkCertainty(Bench bench, Counter counter, long before, Ledger ledger) {
        // Operations in progress get some time to arrive.
        LockSupport.parkNanos(100_000_000);
        assertThat(bench.store().used(counter))
                .as(
                        "S7.2: shown, where %d were counted, and all that may have been make %d",
                        before + ledger.counted(), before + ledger.countedAtMost())
                .isBetween(before + ledger.counted(), before + ledger.countedAtMost());
    }

    private static List<Operation> eachKind(Bench bench) {
        Counter counter = bench.counter();
        bench.store().acquire(counter, 1, 10);
        List<Counter> two = bench.counters(2);
        return List.of(
                new Acquire(counter, 1, 1, 10, null),
                new Acquire(bench.counter(), 2, 1, 10, bench.id()),
                new Adjust(counter, -1, bench.id()),
                new Read(counter),
                new Group(List.of(Acquire.allOrNothing(two.get(0), 1, 10), Acquire.allOrNothing(two.get(1), 1, 10))));
    }
}
