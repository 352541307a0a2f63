package dev.ratelimit.core.internal.policy;

import static dev.ratelimit.core.internal.policy.Directory.FREE;
import static dev.ratelimit.core.internal.policy.Directory.GOLD;
import static dev.ratelimit.core.internal.policy.Directory.SILVER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.ratelimit.Policy;
import dev.ratelimit.PolicyFallback;
import dev.ratelimit.PolicyResolver;
import dev.ratelimit.Tiers;
import dev.ratelimit.core.internal.policy.Crew.Member;
import dev.ratelimit.testing.ManualTime;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Threads that ask for one key at once, with a resolver that stands still until it is told to go on. */
@Timeout(60)
class CoalescingTest {

    private static final int THREADS = 8;

    private final ManualTime time = new ManualTime();
    private final CountDownLatch entered = new CountDownLatch(1);
    private final CountDownLatch release = new CountDownLatch(1);
    private final List<Thread> askedOn = Collections.synchronizedList(new ArrayList<>());
    private final List<PolicyFallback> reports = Collections.synchronizedList(new ArrayList<>());

    /** The first call stands still, then ends so; later ones say silver. */
    private ResolvedPolicies<String> policies(PolicyResolver<String> first) {
        return new ResolvedPolicies<>(
                Tiers.<String>of(
                                key -> {
                                    askedOn.add(Thread.currentThread());
                                    if (askedOn.size() > 1) {
                                        return SILVER;
                                    }
                                    entered.countDown();
                                    release.await();
                                    return first.resolve(key);
                                },
                                FREE)
                        .onFallback(reports::add),
                time);
    }

    private Member<Policy> leader(ResolvedPolicies<String> policies) throws InterruptedException {
        Member<Policy> leader = Crew.start(() -> policies.of("a", 1));
        entered.await();
        return leader;
    }

    private static List<Member<Policy>> waiting(ResolvedPolicies<String> policies) {
        List<Member<Policy>> members = new ArrayList<>();
        for (int i = 1; i < THREADS; i++) {
            members.add(Crew.start(() -> policies.of("a", 1)));
        }
        Crew.awaitParked(members);
        return members;
    }

    @Test
    void oneThreadAsksForAll() throws Exception {
        ResolvedPolicies<String> policies = policies(key -> GOLD);
        Member<Policy> leader = leader(policies);
        List<Member<Policy>> others = waiting(policies);
        // Another key does not wait for this one.
        assertThat(policies.of("b", 2)).isSameAs(SILVER);
        release.countDown();
        for (Member<Policy> member : others) {
            assertThat(member.join()).isSameAs(GOLD);
        }
        assertThat(leader.join()).isSameAs(GOLD);
        assertThat(askedOn).containsExactly(leader.thread(), Thread.currentThread());
    }

    @Test
    void oneFailureIsEverybodysAndReportedOnce() throws Exception {
        ResolvedPolicies<String> policies = policies(key -> {
            throw new IOException("down");
        });
        Member<Policy> leader = leader(policies);
        List<Member<Policy>> others = waiting(policies);
        release.countDown();
        for (Member<Policy> member : others) {
            assertThat(member.join()).isSameAs(FREE);
        }
        assertThat(leader.join()).isSameAs(FREE);
        assertThat(askedOn).hasSize(1);
        assertThat(reports).hasSize(1);
    }

    @Test
    void anErrorIsItsCallersAndTheOthersGoOn() throws Exception {
        ResolvedPolicies<String> policies = policies(key -> {
            throw new StackOverflowError();
        });
        Member<Policy> leader = leader(policies);
        List<Member<Policy>> others = waiting(policies);
        release.countDown();
        for (Member<Policy> member : others) {
            assertThat(member.join()).isSameAs(FREE);
        }
        assertThat(askedOn).hasSize(1);
        assertThat(catchThrowable(leader::join)).hasCauseInstanceOf(StackOverflowError.class);
    }

    @Test
    void thoseWhoWaitedForAnInterruptedOneAskAgainOnce() throws Exception {
        ResolvedPolicies<String> policies = policies(key -> GOLD);
        Member<Policy> leader = leader(policies);
        List<Member<Policy>> others = waiting(policies);
        leader.thread().interrupt();
        assertThat(leader.join()).isSameAs(FREE);
        for (Member<Policy> member : others) {
            assertThat(member.join()).isSameAs(SILVER);
        }
        assertThat(askedOn).hasSize(2);
    }

    @Test
    void oneThatIsInterruptedWhileItWaitsGoesByWhatIsKnown() throws Exception {
        ResolvedPolicies<String> policies = policies(key -> GOLD);
        Member<Policy> leader = leader(policies);
        List<Boolean> flags = Collections.synchronizedList(new ArrayList<>());
        Member<Policy> impatient = Crew.start(() -> {
            Policy policy = policies.of("a", 1);
            flags.add(Thread.currentThread().isInterrupted());
            return policy;
        });
        Crew.awaitParked(List.of(impatient));
        impatient.thread().interrupt();
        assertThat(impatient.join()).isSameAs(FREE);
        assertThat(flags).containsExactly(true);
        assertThat(reports).isEmpty();
        release.countDown();
        assertThat(leader.join()).isSameAs(GOLD);
    }

    @Test
    void whoAsksAfterAnInvalidationWaitsForNoLookUpOfBefore() throws Exception {
        ResolvedPolicies<String> policies = policies(key -> GOLD);
        Member<Policy> leader = leader(policies);
        List<Member<Policy>> before = waiting(policies);
        policies.invalidate(1);
        assertThat(policies.of("a", 1)).isSameAs(SILVER);
        release.countDown();
        assertThat(leader.join()).isSameAs(GOLD);
        for (Member<Policy> member : before) {
            assertThat(member.join()).isSameAs(GOLD);
        }
        assertThat(policies.of("a", 1)).isSameAs(SILVER);
        assertThat(askedOn).hasSize(2);
    }

    @Test
    void theAgedPolicyDoesNotBindWhileItIsResolvedAgain() throws Exception {
        List<Policy> answers = new ArrayList<>(List.of(GOLD, SILVER));
        ResolvedPolicies<String> policies = new ResolvedPolicies<>(
                Tiers.<String>of(
                        key -> {
                            if (answers.size() == 1) {
                                entered.countDown();
                                release.await();
                            }
                            return answers.remove(0);
                        },
                        FREE),
                time);
        assertThat(policies.of("a", 1)).isSameAs(GOLD);
        time.advance(Duration.ofMinutes(1));
        leader(policies);
        List<Member<Policy>> others = waiting(policies);
        release.countDown();
        for (Member<Policy> member : others) {
            assertThat(member.join()).isSameAs(SILVER);
        }
    }

    /** a's resolver asks for b while b's, on another thread, asks for a. */
    @Test
    void resolversThatAskForEachOthersKeysDoNotWaitForEachOther() throws Exception {
        CyclicBarrier bothInside = new CyclicBarrier(2);
        List<ResolvedPolicies<String>> itself = new ArrayList<>();
        itself.add(new ResolvedPolicies<>(
                Tiers.<String>of(
                                key -> {
                                    bothInside.await();
                                    itself.get(0).of(key.equals("a") ? "b" : "a", key.equals("a") ? 2 : 1);
                                    bothInside.await();
                                    return GOLD;
                                },
                                FREE)
                        .onFallback(reports::add),
                time));
        Member<Policy> a = Crew.start(() -> itself.get(0).of("a", 1));
        Member<Policy> b = Crew.start(() -> itself.get(0).of("b", 2));
        assertThat(a.join()).isSameAs(GOLD);
        assertThat(b.join()).isSameAs(GOLD);
        assertThat(reports).hasSize(2);
    }

    @Test
    void inEachRoundTheResolverIsCalledOnce() throws Exception {
        AtomicInteger calls = new AtomicInteger();
        ResolvedPolicies<Integer> policies = new ResolvedPolicies<>(
                Tiers.<Integer>of(
                        round -> {
                            calls.incrementAndGet();
                            Crew.stepAside();
                            return GOLD;
                        },
                        FREE),
                time);
        Crew.race(3, 20_000, (round, thread) -> policies.of(round, round));
        assertThat(calls).hasValue(20_000);
    }

    @Test
    void aTwinThatLooksAndThenAsksIsCaught() throws Exception {
        AtomicInteger calls = new AtomicInteger();
        // On a machine that is busy elsewhere the threads may take turns for a while.
        for (int attempt = 1; attempt <= 50 && calls.get() <= 20_000; attempt++) {
            calls.set(0);
            ConcurrentMap<Integer, Policy> remembered = new ConcurrentHashMap<>();
            Crew.race(3, 20_000, (round, thread) -> {
                if (!remembered.containsKey(round)) {
                    calls.incrementAndGet();
                    Crew.stepAside();
                    remembered.put(round, GOLD);
                }
            });
        }
        assertThat(calls.get()).isGreaterThan(20_000);
    }

    /** It coalesces, but does not look again once it is registered. */
    @Test
    void aTwinThatLooksOnlyOnceIsCaught() throws Exception {
        AtomicInteger calls = new AtomicInteger();
        for (int attempt = 1; attempt <= 50 && calls.get() <= 20_000; attempt++) {
            calls.set(0);
            ConcurrentMap<Integer, Policy> remembered = new ConcurrentHashMap<>();
            ConcurrentMap<Integer, CountDownLatch> underWay = new ConcurrentHashMap<>();
            Crew.race(3, 20_000, (round, thread) -> {
                if (!remembered.containsKey(round)) {
                    CountDownLatch mine = new CountDownLatch(1);
                    Crew.stepAside();
                    if (underWay.putIfAbsent(round, mine) == null) {
                        calls.incrementAndGet();
                        remembered.put(round, GOLD);
                        underWay.remove(round, mine);
                        mine.countDown();
                    }
                }
            });
        }
        assertThat(calls.get()).isGreaterThan(20_000);
    }
}
