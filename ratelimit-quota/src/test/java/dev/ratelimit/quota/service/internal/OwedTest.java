package dev.ratelimit.quota.service.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.quota.CalendarWindow;
import dev.ratelimit.quota.Quota;
import dev.ratelimit.quota.spi.Operation.Adjust;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.FutureTask;
import java.util.stream.IntStream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class OwedTest {

    private static final long NOW = Instant.parse("2026-06-01T12:00:00Z").toEpochMilli();
    private static final long TOMORROW = NOW + Duration.ofDays(1).toMillis();
    private static final long[] NO_LIMIT = {Long.MAX_VALUE};

    private static List<Target> key(String key, long nowMillis) {
        return List.of(new CurrentWindow(Quota.of("q", 10, CalendarWindow.daily()), Grace.PROPORTIONAL, nowMillis)
                .target(key, nowMillis));
    }

    private static void post(OwedUnits owed, long nowMillis) {
        for (Adjust adjust : owed.next(1_000, nowMillis, () -> null)) {
            owed.done(adjust, nowMillis);
        }
    }

    @Test
    void aCounterBeyondTheMostThereMayBeTakesNothing() {
        OwedUnits owed = new OwedUnits(2, false);
        assertThat(owed.allow(key("a", NOW), 1, NO_LIMIT, NOW)).isTrue();
        assertThat(owed.allow(key("b", NOW), 1, NO_LIMIT, NOW)).isTrue();
        assertThat(owed.allow(key("c", NOW), 1, NO_LIMIT, NOW)).isFalse();
        assertThat(owed.add(key("c", NOW), 1, true, NOW)).isFalse();
        assertThat(owed.allow(key("a", NOW), 1, NO_LIMIT, NOW)).isTrue();
        post(owed, NOW);
        assertThat(owed.size()).isZero();
        assertThat(owed.allow(key("c", NOW), 1, NO_LIMIT, NOW)).isTrue();
    }

    @Test
    void windowsThatHaveEndedMakeRoom() {
        OwedUnits owed = new OwedUnits(2, true);
        owed.allow(key("a", NOW), 1, NO_LIMIT, NOW);
        owed.allow(key("b", NOW), 1, NO_LIMIT, NOW);
        post(owed, NOW);
        assertThat(owed.allow(key("c", NOW), 1, NO_LIMIT, NOW)).isFalse();
        assertThat(owed.allow(key("c", TOMORROW), 1, NO_LIMIT, TOMORROW)).isTrue();
        assertThat(owed.allowed(key("a", NOW))).containsExactly(0);
    }

    @Test
    void whatAStoreMayHaveForgottenIsDropped() {
        OwedUnits owed = new OwedUnits(2, false);
        owed.allow(key("a", NOW), 1, NO_LIMIT, NOW);
        long later = NOW + Duration.ofDays(40).toMillis();
        assertThat(owed.next(10, later, () -> null)).isEmpty();
        assertThat(owed.size()).isZero();
    }

    @Test
    void countersThatTheStoreHasForgottenMakeRoomThoughNothingIsPosted() {
        for (boolean keepsAllowed : new boolean[] {false, true}) {
            OwedUnits owed = new OwedUnits(2, keepsAllowed);
            owed.allow(key("a", NOW), 1, NO_LIMIT, NOW);
            owed.allow(key("b", NOW), 1, NO_LIMIT, NOW);
            owed.next(1, NOW, () -> null);
            assertThat(owed.allow(key("c", NOW), 1, NO_LIMIT, NOW + 1_000)).isFalse();
            long later = NOW + Duration.ofDays(40).toMillis();
            assertThat(owed.allow(key("c", later), 1, NO_LIMIT, later)).isTrue();
            assertThat(owed.size()).isEqualTo(1);
        }
    }

    @Test
    void whatHasNoAnswerComesAgainUnchanged() {
        OwedUnits owed = new OwedUnits(2, false);
        owed.allow(key("a", NOW), 3, NO_LIMIT, NOW);
        List<Adjust> first = owed.next(10, NOW, () -> null);
        owed.allow(key("a", NOW), 4, NO_LIMIT, NOW);
        assertThat(owed.next(10, NOW, () -> null)).isEqualTo(first);
        owed.done(first.get(0), NOW);
        assertThat(owed.next(10, NOW, () -> null)).extracting(Adjust::delta).containsExactly(4L);
    }

    @Test
    void onlyWhatWasAllowedHereGivesRoomHere() {
        OwedUnits owed = new OwedUnits(2, true);
        long[] limit = {5};
        owed.allow(key("a", NOW), 5, limit, NOW);
        // A refund of what the store had granted is owed, and makes no room in the share.
        owed.add(key("a", NOW), -3, false, NOW);
        assertThat(owed.allow(key("a", NOW), 1, limit, NOW)).isFalse();
        assertThat(owed.next(10, NOW, () -> null)).extracting(Adjust::delta).containsExactly(2L);
        owed.add(key("a", NOW), -2, true, NOW);
        assertThat(owed.allow(key("a", NOW), 2, limit, NOW)).isTrue();
    }

    @Test
    void amountsDoNotWrap() {
        OwedUnits owed = new OwedUnits(2, false);
        owed.allow(key("a", NOW), Long.MAX_VALUE, NO_LIMIT, NOW);
        owed.add(key("a", NOW), Long.MAX_VALUE, true, NOW);
        assertThat(owed.next(10, NOW, () -> null)).extracting(Adjust::delta).containsExactly(Long.MAX_VALUE);
    }

    /** What a race runs on. */
    private interface Ledger {
        boolean allow();

        /** Posts; returns how much. */
        long post();
    }

    /** Whether threads that allow while another posts were granted no more than the limit, all of which was posted. */
    private static boolean isExact(Ledger ledger, long limit) throws Exception {
        int threads = 4;
        CyclicBarrier start = new CyclicBarrier(threads);
        List<FutureTask<long[]>> tasks = new ArrayList<>();
        for (int t = 0; t < threads; t++) {
            boolean posts = t == 0;
            FutureTask<long[]> task = new FutureTask<>(() -> {
                start.await();
                long[] allowedAndPosted = new long[2];
                for (int i = 0; i < limit; i++) {
                    allowedAndPosted[0] += ledger.allow() ? 1 : 0;
                    allowedAndPosted[1] += posts && i % 8 == 0 ? ledger.post() : 0;
                }
                return allowedAndPosted;
            });
            new Thread(task).start();
            tasks.add(task);
        }
        long allowed = 0;
        long posted = 0;
        for (FutureTask<long[]> task : tasks) {
            allowed += task.get()[0];
            posted += task.get()[1];
        }
        posted += ledger.post();
        return allowed == limit && posted == allowed;
    }

    @RepeatedTest(5)
    @Timeout(60)
    void whatIsAllowedByManyThreadsIsTheLimitAndIsPostedOnce() throws Exception {
        OwedUnits owed = new OwedUnits(2, true);
        List<Target> targets = key("a", NOW);
        Ledger ledger = new Ledger() {
            @Override
            public boolean allow() {
                return owed.allow(targets, 1, new long[] {5_000}, NOW);
            }

            @Override
            public long post() {
                long posted = 0;
                for (Adjust adjust : owed.next(10, NOW, () -> null)) {
                    posted += adjust.delta();
                    owed.done(adjust, NOW);
                }
                return posted;
            }
        };
        assertThat(isExact(ledger, 5_000)).isTrue();
    }

    /** The twin keeps numbers without a lock. */
    @SuppressWarnings("NonAtomicVolatileUpdate") // the fault
    private static final class WithoutALock implements Ledger {
        private final long limit;
        private volatile long allowed;
        private volatile long owed;

        WithoutALock(long limit) {
            this.limit = limit;
        }

        @Override
        public boolean allow() {
            if (allowed >= limit) {
                return false;
            }
            allowed++;
            owed++;
            return true;
        }

        @Override
        public long post() {
            long posted = owed;
            owed = 0;
            return posted;
        }
    }

    @Test
    @Timeout(60)
    void oneWithoutALockIsCaught() {
        assertThat(IntStream.range(0, 1_000).anyMatch(attempt -> {
                    try {
                        return !isExact(new WithoutALock(5_000), 5_000);
                    } catch (Exception e) {
                        throw new IllegalStateException(e);
                    }
                }))
                .isTrue();
    }
}
