package dev.ratelimit.quota.service;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.Certainty;
import dev.ratelimit.quota.CalendarWindow;
import dev.ratelimit.quota.Quota;
import dev.ratelimit.quota.QuotaDecision;
import dev.ratelimit.quota.QuotaService;
import dev.ratelimit.quota.QuotaUnavailableException;
import dev.ratelimit.quota.QuotaUsage;
import dev.ratelimit.quota.spi.Capabilities;
import dev.ratelimit.quota.spi.Operation;
import dev.ratelimit.quota.spi.Outcome;
import dev.ratelimit.quota.spi.QuotaStore;
import dev.ratelimit.store.Deadline;
import dev.ratelimit.testing.FaultyStore;
import dev.ratelimit.testing.FaultyStore.Fault;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Threads that meet on one key, alone and together in a lane: each grant is a place of its own below the limit. */
@Timeout(60)
class QuotasRaceTest {

    private static final int THREADS = 8;
    private static final int CALLS = 2_000;
    private static final String KEY = "key";

    /** What the callers of a race were told, and what the store shows afterwards. */
    private record Account(long granted, long uncertain, boolean placesAreDistinct, List<Long> used) {

        String fault(long limit) {
            if (!placesAreDistinct) {
                return "two callers were told the same place";
            }
            for (long shown : used) {
                if (shown > limit || shown < granted || shown > granted + uncertain) {
                    return "used is " + shown + " where " + granted + " were granted, and " + uncertain + " perhaps";
                }
            }
            return "";
        }
    }

    private static Account race(QuotaService quotas, int threads) throws Exception {
        AtomicLong granted = new AtomicLong();
        AtomicLong uncertain = new AtomicLong();
        Set<Long> places = ConcurrentHashMap.newKeySet();
        CyclicBarrier start = new CyclicBarrier(threads);
        List<Thread> racers = new ArrayList<>();
        for (int t = 0; t < threads; t++) {
            racers.add(new Thread(() -> {
                try {
                    start.await();
                    for (int i = 0; i < CALLS; i++) {
                        try {
                            QuotaDecision decision = quotas.consume(KEY);
                            if (decision.allowed()) {
                                granted.incrementAndGet();
                                places.add(decision.usages().get(0).used());
                            }
                        } catch (QuotaUnavailableException e) {
                            uncertain.addAndGet(e.certainty() == Certainty.INDETERMINATE ? 1 : 0);
                        }
                    }
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            }));
        }
        racers.forEach(Thread::start);
        for (Thread racer : racers) {
            racer.join();
        }
        return new Account(
                granted.get(),
                uncertain.get(),
                places.size() == granted.get(),
                quotas.peek(KEY).usages().stream().map(QuotaUsage::used).toList());
    }

    private static QuotaService quotas(QuotaStore store, int retries, long... limits) {
        QuotasBuilder builder =
                Quotas.builder(store).deadline(Duration.ofMinutes(1)).retries(retries);
        for (int i = 0; i < limits.length; i++) {
            builder.quota(Quota.of("q" + i, limits[i], CalendarWindow.yearly()));
        }
        return builder.build();
    }

    @RepeatedTest(5)
    void exactlyTheLimitIsGranted() throws Exception {
        for (QuotaStore store : List.of(QuotaStores.inMemory(), DistantStore.create())) {
            Account account = race(quotas(store, 0, 10_000), THREADS);
            assertThat(account.fault(10_000)).isEmpty();
            assertThat(account.granted()).isEqualTo(10_000);
        }
    }

    @RepeatedTest(5)
    void ofSeveralTheSmallestIsGranted() throws Exception {
        for (QuotaStore store : List.of(QuotaStores.inMemory(), DistantStore.create())) {
            Account account = race(quotas(store, 0, 12_000, 9_000), THREADS);
            assertThat(account.fault(9_000)).isEmpty();
            assertThat(account.used()).containsExactly(9_000L, 9_000L);
        }
    }

    @RepeatedTest(5)
    void whateverTheStoreLosesNoMoreIsGranted() throws Exception {
        for (int retries = 0; retries < 2; retries++) {
            FaultyStore store = new FaultyStore(DistantStore.create());
            Random random = new Random(7);
            Fault[] faults = Fault.values();
            for (int i = 0; i < 1_000; i++) {
                store.next(random.nextInt(5) == 0 ? faults[random.nextInt(faults.length)] : Fault.NONE);
            }
            // Enough calls before the last look that no fault is left for it.
            QuotaService quotas = quotas(store, retries, 10_000, 10_500);
            Account account = race(quotas, THREADS);
            assertThat(account.fault(10_500)).isEmpty();
            assertThat(account.used().get(0)).isLessThanOrEqualTo(10_000);
        }
    }

    /** A store that looks first and counts then, or tells all of one call the same, is found out. */
    @Test
    void brokenTwinsAreCaught() throws Exception {
        String fault = "";
        for (int round = 0; round < 50 && fault.isEmpty(); round++) {
            fault = race(quotas(new LookThenCount(), 0, 10_000), THREADS).fault(10_000);
            // Lanes let one at a time to the store: another service beside it makes the race.
            if (fault.isEmpty()) {
                QuotaStore shared = new LookThenCount();
                fault = raceOfTwo(shared);
            }
        }
        assertThat(fault).isNotEmpty();
    }

    private static String raceOfTwo(QuotaStore store) throws Exception {
        QuotaService one = quotas(store, 0, 10_000);
        QuotaService two = quotas(store, 0, 10_000);
        Account[] accounts = new Account[2];
        Thread other = new Thread(() -> {
            try {
                accounts[1] = race(two, 4);
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
        other.start();
        accounts[0] = race(one, 4);
        other.join();
        long granted = accounts[0].granted() + accounts[1].granted();
        return granted == 10_000 ? "" : granted + " were granted";
    }

    private static final class LookThenCount implements QuotaStore {

        private volatile long used;

        @Override
        public Capabilities capabilities() {
            return new Capabilities(false, Capabilities.AtomicGroups.NONE, 1_000);
        }

        @Override
        @SuppressWarnings("NonAtomicVolatileUpdate") // the fault
        public List<Outcome> apply(List<Operation> operations, Deadline deadline) {
            List<Outcome> outcomes = new ArrayList<>();
            for (Operation operation : operations) {
                long granted = 0;
                if (operation instanceof Operation.Acquire acquire && used + acquire.want() <= acquire.limit()) {
                    granted = acquire.want();
                    used += granted;
                }
                outcomes.add(new Outcome.Counted(granted, used));
            }
            return Collections.unmodifiableList(outcomes);
        }

        @Override
        public void close() {}
    }
}
