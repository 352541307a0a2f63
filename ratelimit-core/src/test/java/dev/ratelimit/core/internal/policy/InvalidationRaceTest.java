package dev.ratelimit.core.internal.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.Policy;
import dev.ratelimit.Rate;
import dev.ratelimit.Tiers;
import dev.ratelimit.testing.ManualTime;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The policy changes and is invalidated while others resolve it: who asks afterwards never gets the one of before. */
@Timeout(120)
class InvalidationRaceTest {

    private static final int CHANGES = 30_000;

    /** What the directory holds, as a burst that goes up by one with each change. */
    private volatile Policy named = policy(1);

    private static Policy policy(long version) {
        return Policy.of("version", Rate.perSecond(1).burst(version));
    }

    /** Now and then it stands still between reading and answering, so that changes come between on any machine. */
    private Policy resolve() {
        Policy read = named;
        if (version(read) % 16 == 0) {
            Crew.stepAside();
        }
        return read;
    }

    private static long version(Policy policy) {
        return policy.rates().get(0).capacity();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void nobodyGetsThePolicyOfBefore(boolean all) throws Exception {
        ResolvedPolicies<String> policies =
                new ResolvedPolicies<>(Tiers.<String>of(key -> resolve(), Policy.blocked()), new ManualTime());
        Runnable invalidate = all ? policies::invalidateAll : () -> policies.invalidate(1);
        assertThat(staleAnswers(() -> policies.of("a", 1), invalidate)).isZero();
    }

    @Test
    void aTwinThatRemembersWhatWasInvalidatedMeanwhileIsCaught() throws Exception {
        ConcurrentMap<String, Policy> remembered = new ConcurrentHashMap<>();
        Supplier<Policy> ask = () -> {
            Policy known = remembered.get("a");
            if (known == null) {
                known = resolve();
                remembered.put("a", known);
            }
            return known;
        };
        long stale = 0;
        for (int attempt = 0; attempt < 50 && stale == 0; attempt++) {
            stale = staleAnswers(ask, () -> remembered.remove("a"));
        }
        assertThat(stale).isPositive();
    }

    /** Changes and invalidates again and again while two others ask; returns how often it got what it had replaced. */
    private long staleAnswers(Supplier<Policy> ask, Runnable invalidate) throws Exception {
        AtomicBoolean isOver = new AtomicBoolean();
        Crew.Member<Void> one = Crew.start(() -> askUntil(isOver, ask));
        Crew.Member<Void> other = Crew.start(() -> askUntil(isOver, ask));
        long stale = 0;
        for (long version = 2; version <= CHANGES; version++) {
            named = policy(version);
            invalidate.run();
            stale += version(ask.get()) == version ? 0 : 1;
        }
        isOver.set(true);
        one.join();
        other.join();
        return stale;
    }

    private static Void askUntil(AtomicBoolean isOver, Supplier<Policy> ask) {
        long latest = 0;
        while (!isOver.get()) {
            long version = version(ask.get());
            assertThat(version).isPositive();
            latest = Math.max(latest, version);
        }
        return null;
    }
}
