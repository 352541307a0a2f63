package dev.ratelimit.rate.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ratelimit.Certainty;
import dev.ratelimit.rate.spi.RateOperation.Read;
import dev.ratelimit.rate.spi.RateOperation.Take;
import dev.ratelimit.rate.spi.RateOutcome.Applied;
import dev.ratelimit.rate.spi.RateOutcome.Failed;
import dev.ratelimit.store.Deadline;
import dev.ratelimit.store.StoreException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A store over a map with versions, whose answers are lost, late, or of another program on purpose. */
class CompareAndSetStoreTest {

    private static final BudgetTerms TERMS = new BudgetTerms(List.of(new StoredRate(1_000_000_000_000L, 1, 100)));

    private final VersionedMap values = new VersionedMap();
    private final RateStore store = RateStores.compareAndSet(values);

    private RateOutcome apply(RateOperation operation) {
        return store.apply(List.of(operation), Deadline.after(Duration.ofSeconds(10)))
                .get(0);
    }

    private long owed() {
        return (((Applied) apply(new Read("b", TERMS))).debts().get(0) + 999_999_999_999L) / 1_000_000_000_000L;
    }

    @Test
    void repeatsWhereAnotherProcessWasFaster() {
        values.conflicts.set(3);
        assertThat(apply(Take.allOrNothing("b", TERMS, 1)))
                .isInstanceOfSatisfying(
                        Applied.class, applied -> assertThat(applied.permits()).isEqualTo(1));
        assertThat(values.conflicts.get()).isZero();
        // Three takes of other processes, and this one.
        assertThat(owed()).isEqualTo(4);
    }

    @Test
    void stopsAtTheDeadlineWithNothingApplied() {
        values.conflicts.set(Integer.MAX_VALUE);
        AtomicLong readings = new AtomicLong();
        Deadline deadline = Deadline.after(Duration.ofMillis(20), () -> readings.incrementAndGet() * 100_000);
        RateOutcome outcome =
                store.apply(List.of(Take.allOrNothing("b", TERMS, 1)), deadline).get(0);
        assertThat(outcome).isInstanceOfSatisfying(Failed.class, failed -> {
            assertThat(failed.certainty()).isEqualTo(Certainty.NOT_APPLIED);
            assertThat(failed.cause()).hasMessageContaining("hot key");
        });
    }

    @Test
    void aLostAnswerIsNotRepeated() {
        values.beforeWrite = () -> new IllegalStateException("connection reset");
        values.afterWrite = true;
        assertThat(apply(Take.allOrNothing("b", TERMS, 1)))
                .isInstanceOfSatisfying(
                        Failed.class, failed -> assertThat(failed.certainty()).isEqualTo(Certainty.INDETERMINATE));
        values.beforeWrite = null;
        assertThat(owed()).isEqualTo(1);
    }

    @Test
    void whatTheEngineIsCertainOfIsSaid() {
        values.beforeWrite = () -> new StoreException(Certainty.NOT_APPLIED, "no connection", null);
        assertThat(apply(Take.allOrNothing("b", TERMS, 1)))
                .isInstanceOfSatisfying(
                        Failed.class, failed -> assertThat(failed.certainty()).isEqualTo(Certainty.NOT_APPLIED));
        assertThat(owed()).isZero();
    }

    @Test
    void aReadThatFailsHasAppliedNothing() {
        values.onRead = () -> new IllegalStateException("connection reset");
        assertThat(apply(Take.allOrNothing("b", TERMS, 1)))
                .isInstanceOfSatisfying(
                        Failed.class, failed -> assertThat(failed.certainty()).isEqualTo(Certainty.NOT_APPLIED));
        values.onRead = () -> new StoreException(Certainty.INDETERMINATE, "no answer", null);
        assertThat(apply(Take.allOrNothing("b", TERMS, 1)))
                .isInstanceOfSatisfying(
                        Failed.class, failed -> assertThat(failed.certainty()).isEqualTo(Certainty.NOT_APPLIED));
    }

    @Test
    void aValueOfAnotherProgramIsAFailure() {
        values.map.put("b", new VersionedMap.Entry("hello", 7));
        assertThat(apply(Take.allOrNothing("b", TERMS, 1))).isInstanceOfSatisfying(Failed.class, failed -> {
            assertThat(failed.certainty()).isEqualTo(Certainty.NOT_APPLIED);
            assertThat(failed.cause()).hasMessageContaining("the budget b cannot be read");
        });
    }

    @Test
    void aRefusalWritesNothing() {
        apply(Take.allOrNothing("b", TERMS, 100));
        int writes = values.writes.get();
        apply(Take.allOrNothing("b", TERMS, 1));
        apply(new Read("b", TERMS));
        assertThat(values.writes.get()).isEqualTo(writes);
    }

    @Test
    void closesTheEngine() {
        store.close();
        assertThat(values.closed).isTrue();
        assertThat(apply(new Read("b", TERMS)))
                .isInstanceOfSatisfying(
                        Failed.class, failed -> assertThat(failed.certainty()).isEqualTo(Certainty.NOT_APPLIED));
    }

    @Test
    void aCallHasOneToAThousandOperations() {
        assertThatThrownBy(() -> store.apply(List.of(), Deadline.never()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("1 to 1000");
    }

    /** An engine in memory. */
    private static final class VersionedMap implements VersionedValues {

        record Entry(String value, long version) {}

        final ConcurrentHashMap<String, Entry> map = new ConcurrentHashMap<>();
        final AtomicInteger conflicts = new AtomicInteger();
        final AtomicInteger writes = new AtomicInteger();

        @Nullable
        Supplier<RuntimeException> onRead;

        @Nullable
        Supplier<RuntimeException> beforeWrite;

        boolean afterWrite;
        boolean closed;

        @Override
        public Found read(String name, Deadline deadline) {
            if (onRead != null) {
                throw onRead.get();
            }
            Entry entry = map.get(name);
            long now = System.currentTimeMillis() * 1000;
            return entry == null
                    ? VersionedValues.nothing(now)
                    : VersionedValues.found(entry.value(), entry.version(), now);
        }

        @Override
        public boolean putIfAbsent(String name, String value, Duration life, Deadline deadline) {
            meet(name);
            return write(() -> map.putIfAbsent(name, new Entry(value, 1)) == null);
        }

        @Override
        public boolean replace(String name, Found found, String value, Duration life, Deadline deadline) {
            meet(name);
            return write(() -> map.replace(
                    name,
                    new Entry(Objects.requireNonNull(found.value()), found.version()),
                    new Entry(value, found.version() + 1)));
        }

        /** Another process takes a permit between the read and the write. */
        private void meet(String name) {
            if (conflicts.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
                Entry before = map.get(name);
                BudgetState state = before == null ? BudgetState.FULL : BudgetState.parse(before.value());
                BudgetState after = state.apply(Take.allOrNothing(name, TERMS, 1), System.currentTimeMillis() * 1000)
                        .state();
                map.put(name, new Entry(after.toText(), before == null ? 1 : before.version() + 1));
            }
        }

        private boolean write(Supplier<Boolean> change) {
            if (beforeWrite != null && !afterWrite) {
                throw beforeWrite.get();
            }
            writes.incrementAndGet();
            boolean done = change.get();
            if (beforeWrite != null) {
                throw beforeWrite.get();
            }
            return done;
        }

        @Override
        public void close() {
            closed = true;
        }
    }
}
