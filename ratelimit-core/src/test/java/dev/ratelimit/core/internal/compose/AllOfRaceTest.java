package dev.ratelimit.core.internal.compose;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.Decision;
import dev.ratelimit.Limit;
import dev.ratelimit.Limiter;
import dev.ratelimit.Rate;
import dev.ratelimit.SingleLimiter;
import dev.ratelimit.core.Limiters;
import dev.ratelimit.core.internal.compose.BrokenAll.Fault;
import dev.ratelimit.testing.ManualTime;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Threads that fight over several limits: what is refused drains nothing, and nothing is allowed twice. */
class AllOfRaceTest {

    private static final int THREADS = 8;
    private static final int REFUSALS = 1_000_000;

    private final ManualTime time = new ManualTime();

    @Test
    void aMillionRefusalsLeaveTheSharedLimitAsFullAsItWas() throws Exception {
        assertThat(sharedLimitIsAsFullAfter(REFUSALS, Fault.NONE)).isTrue();
    }

    @Test
    void aTwinThatDrainsTheSharedLimitIsCaught() throws Exception {
        assertThat(sharedLimitIsAsFullAfter(80, Fault.DRAINS)).isFalse();
    }

    private boolean sharedLimitIsAsFullAfter(int refusals, Fault fault) throws Exception {
        SingleLimiter node = Limiters.single(Rate.perSecond(1000), time);
        Limiter<String> perTenant =
                Limiters.builder(Rate.perSecond(100)).timeSource(time).build();
        Limiter<String> perUser =
                Limiters.builder(Rate.perSecond(3)).timeSource(time).build();
        List<Limit<String>> limits = List.of(perUser, perTenant.by(user -> "tenant"), node.forAll());
        Limit<String> all = fault == Fault.NONE ? AllOf.of(List.copyOf(limits)) : new BrokenAll<>(limits, fault);
        assertThat(all.tryAcquire("amok", 3)).isTrue();
        String before = state(node, perTenant);
        assertThat(refusals(all, refusals, Limit::tryAcquire)).isEqualTo(refusals);
        boolean isAsFull = state(node, perTenant).equals(before);
        assertThat(refusals(all, refusals, (limit, user) -> limit.decide(user).allowed()))
                .isEqualTo(refusals);
        return isAsFull && state(node, perTenant).equals(before);
    }

    private static String state(SingleLimiter node, Limiter<String> perTenant) {
        return nanos(node.peek()) + ", " + nanos(perTenant.peek("tenant"));
    }

    /** To the nanosecond: remaining permits are whole ones. */
    private static String nanos(Decision decision) {
        return decision.remaining() + " left, full after " + decision.resetAfterNanos();
    }

    @Test
    void whoSharesWithRefusedUsersIsNeverRefusedForThem() throws Exception {
        assertThat(honestRefusals(Fault.NONE, 100_000)).isZero();
    }

    @Test
    void aTwinThatAsksTheSharedLimitFirstIsCaught() throws Exception {
        long refusals = 0;
        // On a machine that is busy elsewhere the threads may take turns for a while.
        for (int attempt = 0; attempt < 50 && refusals == 0; attempt++) {
            refusals = honestRefusals(Fault.GENERAL_FIRST, 100_000);
        }
        assertThat(refusals).isPositive();
    }

    /** How often an honest user is refused the last permit of the node, while others are refused by their own limits. */
    private long honestRefusals(Fault fault, int rounds) throws Exception {
        SingleLimiter node = Limiters.single(Rate.perSecond(1), time);
        Limiter<String> perUser =
                Limiters.builder(Rate.perSecond(5)).timeSource(time).build();
        List<Limit<String>> limits = List.of(perUser, node.forAll());
        Limit<String> all = fault == Fault.NONE ? AllOf.of(List.copyOf(limits)) : new BrokenAll<>(limits, fault);
        assertThat(perUser.tryAcquire("amok", 5)).isTrue();
        AtomicBoolean over = new AtomicBoolean();
        List<Callable<Long>> tasks = new ArrayList<>();
        for (int t = 0; t < 3; t++) {
            tasks.add(() -> {
                while (!over.get()) {
                    all.tryAcquire("amok");
                }
                return 0L;
            });
        }
        tasks.add(() -> {
            long refused = 0;
            for (int i = 0; i < rounds; i++) {
                if (all.tryAcquire("honest")) {
                    all.refund("honest", 1);
                } else {
                    refused++;
                }
            }
            over.set(true);
            return refused;
        });
        return sum(tasks);
    }

    @Test
    void eachLimitGivesExactlyWhatWasAllowed() throws Exception {
        assertThat(wrongRounds(Fault.NONE, 300)).isZero();
    }

    @Test
    void twinsThatKeepOrGiveBackTooMuchAreCaught() throws Exception {
        for (Fault fault : List.of(Fault.KEEPS, Fault.GIVES_BACK_TWICE, Fault.GIVES_BACK_TOO_FAR)) {
            long wrong = 0;
            for (int attempt = 0; attempt < 50 && wrong == 0; attempt++) {
                wrong = wrongRounds(fault, 20);
            }
            assertThat(wrong).as("%s", fault).isPositive();
        }
    }

    /** Four users of two tenants ask for more than there is; returns in how many rounds a limit gave another number. */
    private long wrongRounds(Fault fault, int rounds) throws Exception {
        long wrong = 0;
        for (int round = 0; round < rounds; round++) {
            SingleLimiter node = Limiters.single(Rate.perSecond(150), time);
            Limiter<Integer> perTenant = Limiters.builder(Rate.perSecond(90))
                    .maxKeys(1000)
                    .timeSource(time)
                    .build();
            Limiter<Integer> perUser = Limiters.builder(Rate.perSecond(60))
                    .maxKeys(1000)
                    .timeSource(time)
                    .build();
            List<Limit<Integer>> limits = List.of(perUser, perTenant.by(user -> user % 2), node.forAll());
            Limit<Integer> all = fault == Fault.NONE ? AllOf.of(List.copyOf(limits)) : new BrokenAll<>(limits, fault);
            AtomicLongArray allowed = new AtomicLongArray(4);
            sum(IntStream.range(0, THREADS)
                    .<Callable<Long>>mapToObj(thread -> () -> {
                        for (int i = 0; i < 200; i++) {
                            int user = (thread + i) % 4;
                            int permits = 1 + (i % 3);
                            if (all.tryAcquire(user, permits)) {
                                allowed.addAndGet(user, permits);
                            }
                        }
                        return 0L;
                    })
                    .toList());
            boolean right = node.peek().remaining() == 150 - allowed(allowed, 0, 1, 2, 3)
                    && perTenant.peek(0).remaining() == 90 - allowed(allowed, 0, 2)
                    && perTenant.peek(1).remaining() == 90 - allowed(allowed, 1, 3);
            for (int user = 0; user < 4; user++) {
                right &= perUser.peek(user).remaining() == 60 - allowed.get(user);
            }
            wrong += right ? 0 : 1;
        }
        return wrong;
    }

    private static long allowed(AtomicLongArray ofUsers, int... users) {
        return IntStream.of(users).mapToLong(ofUsers::get).sum();
    }

    /** With time that goes on, no limit allows more than its capacity and what came back. */
    @Test
    void noLimitIsExceededWhileTimeGoesOn() throws Exception {
        for (int round = 0; round < 20; round++) {
            long start = time.nanos();
            SingleLimiter node = Limiters.single(Rate.perSecond(1000).burst(10), time);
            Limiter<Integer> perUser = Limiters.builder(Rate.perSecond(500).burst(7))
                    .timeSource(time)
                    .build();
            Limit<Integer> all = Limiters.all(perUser, node.forAll());
            AtomicLongArray allowed = new AtomicLongArray(4);
            sum(IntStream.range(0, THREADS)
                    .<Callable<Long>>mapToObj(thread -> () -> {
                        for (int i = 0; i < 5_000; i++) {
                            time.advanceNanos(100);
                            if (all.tryAcquire((thread + i) % 4)) {
                                allowed.incrementAndGet((thread + i) % 4);
                            }
                        }
                        return 0L;
                    })
                    .toList());
            long nanos = time.nanos() - start;
            assertThat(allowed(allowed, 0, 1, 2, 3)).isLessThanOrEqualTo(10 + nanos / 1_000_000);
            for (int user = 0; user < 4; user++) {
                assertThat(allowed.get(user)).isLessThanOrEqualTo(7 + nanos / 2_000_000);
            }
        }
    }

    private interface Question {
        boolean ask(Limit<String> limit, String user);
    }

    private static long refusals(Limit<String> limit, int requests, Question question) throws Exception {
        return sum(IntStream.range(0, THREADS)
                .<Callable<Long>>mapToObj(thread -> () -> {
                    long refused = 0;
                    for (int i = 0; i < requests / THREADS; i++) {
                        refused += question.ask(limit, "amok") ? 0 : 1;
                    }
                    return refused;
                })
                .toList());
    }

    /** Runs tasks at the same time, and adds up what they return. */
    static long sum(List<Callable<Long>> tasks) throws Exception {
        ExecutorService executor = Executors.newFixedThreadPool(tasks.size());
        try {
            long sum = 0;
            for (Future<Long> future : executor.invokeAll(tasks)) {
                sum += future.get();
            }
            return sum;
        } finally {
            executor.shutdownNow();
        }
    }
}
