package dev.ratelimit.quota.service.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.Certainty;
import dev.ratelimit.WhenUnavailable;
import dev.ratelimit.quota.QuotaReservation;
import dev.ratelimit.quota.spi.Capabilities;
import dev.ratelimit.quota.spi.Capabilities.AtomicGroups;
import dev.ratelimit.quota.spi.Operation;
import dev.ratelimit.quota.spi.Outcome;
import dev.ratelimit.quota.spi.QuotaStore;
import dev.ratelimit.store.Deadline;
import dev.ratelimit.testing.FaultyStore.Fault;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What becomes of amounts that are owed when calls fail in the worst order. */
class OwedInDoubtTest {

    private static final Duration POSTED = Duration.ofSeconds(10);

    private final ServiceOnTrial trial = new ServiceOnTrial();

    private long counted() {
        trial.advance(POSTED);
        return trial.counted(ServiceOnTrial.DAILY);
    }

    /** Remembers no operations, and says so. */
    private record WithoutMemory(QuotaStore store) implements QuotaStore {

        @Override
        public Capabilities capabilities() {
            return new Capabilities(false, AtomicGroups.ALL, 100);
        }

        @Override
        public List<Outcome> apply(List<Operation> operations, Deadline deadline) {
            return store.apply(operations.stream().map(WithoutMemory::forgotten).toList(), deadline);
        }

        private static Operation forgotten(Operation operation) {
            return operation instanceof Operation.Adjust adjust
                    ? new Operation.Adjust(adjust.counter(), adjust.delta(), null)
                    : operation;
        }

        @Override
        public void close() {
            store.close();
        }
    }

    @Test
    void aRefundInDoubtIsGivenUpWhereTheStoreRemembersNothing() {
        StoreQuotas quotas =
                trial.service(new WithoutMemory(trial.store), WhenUnavailable.allow(), 0, ServiceOnTrial.DAILY);
        quotas.consume("key", 40);
        QuotaReservation reserved = quotas.reserve("key", 30);
        trial.store.next(Fault.REFUSE);
        assertThat(reserved.cancel()).isTrue();
        // The first posting is refused for certain, and the second in doubt.
        trial.store.next(Fault.REFUSE, Fault.LOSE_REPLY);
        assertThat(counted()).isEqualTo(40);
        assertThat(quotas.statistics().owedCounters()).isZero();
    }

    @Test
    void aRefundThatWasRefusedForCertainComesAgainWhereTheStoreRemembersNothing() {
        StoreQuotas quotas =
                trial.service(new WithoutMemory(trial.store), WhenUnavailable.allow(), 0, ServiceOnTrial.DAILY);
        QuotaReservation reserved = quotas.reserve("key", 30);
        trial.store.next(Fault.REFUSE, Fault.REFUSE, Fault.REFUSE);
        reserved.cancel();
        assertThat(counted()).isZero();
    }

    @Test
    void aCommitInDoubtIsOwedUnderTheIdThatItWasSentWith() {
        for (WhenUnavailable choice : List.of(WhenUnavailable.allow(), WhenUnavailable.local(1))) {
            ServiceOnTrial own = new ServiceOnTrial();
            StoreQuotas quotas = own.service(choice, ServiceOnTrial.DAILY, ServiceOnTrial.MINUTELY);
            QuotaReservation first = quotas.reserve("key", 10);
            QuotaReservation second = quotas.reserve("key", 10);
            own.store.next(Fault.LOSE_REPLY, Fault.LOSE_CALL);
            assertThat(first.commit(60)).isTrue();
            assertThat(second.commit(12)).isTrue();
            own.advance(POSTED);
            assertThat(own.counted(ServiceOnTrial.DAILY)).isEqualTo(72);
            assertThat(quotas.statistics().owedCounters()).isZero();
        }
    }

    /** A store and a listener that throw an error once each, while something is posted. */
    @Test
    void anErrorWhilePostingStopsNoPosting() {
        AtomicInteger errors = new AtomicInteger();
        QuotaStore broken = new Breaking(trial.store, errors);
        StoreQuotas quotas = trial.service(broken, WhenUnavailable.allow(), 0, ServiceOnTrial.DAILY);
        trial.store.next(Fault.REFUSE);
        quotas.consume("key", 10);
        errors.set(3);
        assertThat(counted()).isEqualTo(10);
        assertThat(errors).hasValue(0);
        assertThat(trial.time.pending()).isZero();
    }

    /** Throws errors after it has counted, as often as it is told to. */
    private record Breaking(QuotaStore store, AtomicInteger errors) implements QuotaStore {

        @Override
        public Capabilities capabilities() {
            return store.capabilities();
        }

        @Override
        public List<Outcome> apply(List<Operation> operations, Deadline deadline) {
            List<Outcome> outcomes = store.apply(operations, deadline);
            if (errors.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
                throw new StackOverflowError("deep in a driver");
            }
            return outcomes;
        }

        @Override
        public void close() {
            store.close();
        }
    }

    @Test
    void whatIsOwedBeforeAStoreIsOpenCountsOnce() {
        boolean[] down = {true};
        LaterStore later = new LaterStore(
                () -> {
                    if (down[0]) {
                        throw new IllegalStateException("connection refused");
                    }
                    return trial.store;
                },
                Runnable::run);
        StoreQuotas quotas = trial.service(later, WhenUnavailable.allow(), 0, ServiceOnTrial.DAILY);
        assertThat(quotas.consume("key", 7).allowed()).isTrue();
        // The first posting opens the store, and its reply is lost.
        trial.store.next(Fault.LOSE_REPLY);
        down[0] = false;
        assertThat(counted()).isEqualTo(7);
    }

    @Test
    void whatIsOwedBeforeAStoreIsOpenCountsOnceThoughPostingFailsBefore() {
        boolean[] down = {true};
        LaterStore later = new LaterStore(
                () -> {
                    if (down[0]) {
                        throw new IllegalStateException("connection refused");
                    }
                    return trial.store;
                },
                Runnable::run);
        StoreQuotas quotas = trial.service(later, WhenUnavailable.allow(), 0, ServiceOnTrial.DAILY);
        quotas.consume("key", 7);
        trial.advance(Duration.ofMillis(150));
        trial.store.next(Fault.LOSE_REPLY);
        down[0] = false;
        assertThat(counted()).isEqualTo(7);
    }

    @Test
    void aRefundIsOwedAfterWhatIsUnderWay() {
        StoreQuotas quotas = trial.service(WhenUnavailable.allow(), ServiceOnTrial.DAILY);
        trial.store.next(Fault.REFUSE, Fault.REFUSE);
        QuotaReservation reserved = quotas.reserve("key", 50);
        trial.advance(Duration.ofMillis(150));
        assertThat(reserved.commit(10)).isTrue();
        assertThat(counted()).isEqualTo(10);
    }

    /** Answers what concerns some keys with a failure of each operation. */
    private record WithoutKeys(QuotaStore store, String prefix) implements QuotaStore {

        @Override
        public Capabilities capabilities() {
            return new Capabilities(true, AtomicGroups.ALL, 3);
        }

        @Override
        public List<Outcome> apply(List<Operation> operations, Deadline deadline) {
            return operations.stream()
                    .map(operation -> apply(operation, deadline))
                    .toList();
        }

        private Outcome apply(Operation operation, Deadline deadline) {
            return operation instanceof Operation.Adjust adjust
                            && adjust.counter().subject().contains(prefix)
                    ? new Outcome.Failed(Certainty.NOT_APPLIED, new IllegalStateException("a key of another shard"))
                    : store.apply(List.of(operation), deadline).get(0);
        }

        @Override
        public void close() {
            store.close();
        }
    }

    @Test
    void countersThatTheStoreCannotTakeDelayNoOthers() {
        StoreQuotas quotas =
                trial.service(new WithoutKeys(trial.store, "bad"), WhenUnavailable.allow(), 0, ServiceOnTrial.DAILY);
        trial.store.beginOutage(Fault.REFUSE);
        for (int i = 0; i < 7; i++) {
            quotas.consume("bad" + i, 1);
        }
        for (int i = 0; i < 20; i++) {
            quotas.consume("good" + i, 1);
        }
        quotas.consume("key", 5);
        trial.store.endOutage();
        assertThat(counted()).isEqualTo(5);
        assertThat(quotas.statistics().owedCounters()).isEqualTo(7);
    }
}
