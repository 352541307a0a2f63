package dev.ratelimit.core.internal.quota;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.WhenUnavailable;
import dev.ratelimit.quota.QuotaReservation;
import dev.ratelimit.quota.spi.Capabilities;
import dev.ratelimit.quota.spi.Capabilities.AtomicGroups;
import dev.ratelimit.quota.spi.Deadline;
import dev.ratelimit.quota.spi.Operation;
import dev.ratelimit.quota.spi.Outcome;
import dev.ratelimit.quota.spi.QuotaStore;
import dev.ratelimit.testing.FaultyStore.Fault;
import java.time.Duration;
import java.util.List;
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
}
