package dev.ratelimit.quota.service.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.Certainty;
import dev.ratelimit.DecisionSource;
import dev.ratelimit.WhenUnavailable;
import dev.ratelimit.quota.spi.Capabilities;
import dev.ratelimit.quota.spi.Operation;
import dev.ratelimit.quota.spi.Operation.Adjust;
import dev.ratelimit.quota.spi.Outcome;
import dev.ratelimit.quota.spi.QuotaStore;
import dev.ratelimit.store.Deadline;
import dev.ratelimit.store.StoreException;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A request that comes while its service is closed is refused, or what it was granted is counted. */
@Timeout(120)
class ClosingRaceTest {

    private static final int ROUNDS = 1_000;
    private static final long NOW = new ServiceOnTrial().clock.millis();
    private static final List<Target> KEY =
            List.of(new CurrentWindow(ServiceOnTrial.DAILY, Grace.PROPORTIONAL, NOW).target("key", NOW));

    private static final long[] NO_LIMIT = {Long.MAX_VALUE};

    /** What a round runs on. */
    private interface Ledger {
        boolean allow();

        /** Allows nothing more, and posts all. */
        void close();

        /** How much is owed that nobody posts any more. */
        long left();
    }

    /** One thread has requests allowed until it is refused, and the other closes meanwhile. */
    private static boolean loses(Ledger ledger) throws Exception {
        CyclicBarrier start = new CyclicBarrier(2);
        FutureTask<Long> allows = new FutureTask<>(() -> {
            start.await();
            long allowed = 0;
            while (ledger.allow()) {
                allowed++;
            }
            return allowed;
        });
        new Thread(allows).start();
        start.await();
        ledger.close();
        return allows.get() > 0 && ledger.left() > 0;
    }

    private static void post(OwedUnits owed) {
        for (Adjust adjust : owed.next(10, NOW, () -> null)) {
            owed.done(adjust, NOW);
        }
    }

    /** The real one. */
    private record UnderItsLock(OwedUnits owed) implements Ledger {
        @Override
        public boolean allow() {
            return owed.allow(KEY, 1, NO_LIMIT, NOW);
        }

        @Override
        public void close() {
            owed.close();
            post(owed);
        }

        @Override
        public long left() {
            return owed.size();
        }
    }

    /** The twin looks whether the service is closed, and then allows. */
    private static final class LooksFirst implements Ledger {
        private final OwedUnits owed = new OwedUnits(10, false);
        private volatile boolean closed;

        @Override
        public boolean allow() {
            return !closed && owed.allow(KEY, 1, NO_LIMIT, NOW);
        }

        @Override
        public void close() {
            closed = true;
            post(owed);
        }

        @Override
        public long left() {
            return owed.size();
        }
    }

    private static boolean anyLoses(Callable<Ledger> ledgers, int rounds) throws Exception {
        for (int round = 0; round < rounds; round++) {
            if (loses(ledgers.call())) {
                return true;
            }
        }
        return false;
    }

    @Test
    void whatIsAllowedDuringTheCloseIsPosted() throws Exception {
        assertThat(anyLoses(() -> new UnderItsLock(new OwedUnits(10, false)), ROUNDS))
                .isFalse();
    }

    @Test
    void oneThatLooksFirstIsCaught() throws Exception {
        // On a busy machine threads may take turns for a while.
        assertThat(anyLoses(LooksFirst::new, 1_000_000)).isTrue();
    }

    /** Grants nothing, and counts what is posted. */
    private record OnlyPosts(QuotaStore store) implements QuotaStore {

        @Override
        public Capabilities capabilities() {
            return store.capabilities();
        }

        @Override
        public List<Outcome> apply(List<Operation> operations, Deadline deadline) {
            if (operations.get(0) instanceof Operation.Acquire) {
                throw new StoreException(Certainty.NOT_APPLIED, "refused", null);
            }
            return store.apply(operations, deadline);
        }

        @Override
        public void close() {
            store.close();
        }
    }

    @Test
    void aServiceCountsWhatItGrantsOrRefusesIt() throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            ServiceOnTrial trial = new ServiceOnTrial();
            StoreQuotas quotas =
                    trial.service(new OnlyPosts(trial.counters), WhenUnavailable.allow(), 0, ServiceOnTrial.DAILY);
            FutureTask<Long> allows = new FutureTask<>(() -> {
                long allowed = 0;
                while (quotas.consume("key", 1).allowed()) {
                    allowed++;
                }
                return allowed;
            });
            new Thread(allows).start();
            while (quotas.statistics().allowed(DecisionSource.OPEN) < round % 3) {
                Thread.onSpinWait();
            }
            quotas.close();
            long allowed = allows.get();
            assertThat(quotas.statistics().owedCounters()).isZero();
            assertThat(trial.counted(ServiceOnTrial.DAILY)).isEqualTo(allowed);
        }
    }
}
