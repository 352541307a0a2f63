package dev.ratelimit.core.internal.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.Tiers;
import dev.ratelimit.testing.ManualTime;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;

/** A flood of new keys neither grows what is remembered, nor pushes out what is in use. */
class SteadyUseTest {

    private static final int BOUND = 1_000;
    private static final int STEADY = 100;
    private static final int NEW_BETWEEN = 1_900;
    private static final int ROUNDS = 100;

    private int round;
    private int lateSteadyQuestions;

    /** Counts questions for steady keys once it can be known that they are: it takes the cache some rounds. */
    private void asked(boolean isSteady) {
        lateSteadyQuestions += isSteady && round >= ROUNDS / 2 ? 1 : 0;
    }

    @Test
    void keysInUseStayWhileTheFloodPasses() {
        ResolvedPolicies<Boolean> policies = new ResolvedPolicies<>(
                Tiers.<Boolean>of(
                                isSteady -> {
                                    asked(isSteady);
                                    return Directory.GOLD;
                                },
                                Directory.FREE)
                        .maxEntries(BOUND),
                new ManualTime());
        flood(policies::of);
        assertThat(policies.size()).isEqualTo(BOUND);
        // None, as a rule; the cache lets chance play a small part.
        assertThat(lateSteadyQuestions).isLessThan(ROUNDS / 2 * STEADY / 100);
    }

    @Test
    void aTwinThatForgetsTheLeastRecentlyUsedIsCaught() {
        Map<Long, Boolean> remembered = new LinkedHashMap<>(16, 0.75f, true) {
            @Override
            protected boolean removeEldestEntry(Map.Entry<Long, Boolean> eldest) {
                return size() > BOUND;
            }
        };
        flood((isSteady, fingerprint) -> {
            if (remembered.get(fingerprint) == null) {
                asked(isSteady);
                remembered.put(fingerprint, isSteady);
            }
        });
        assertThat(lateSteadyQuestions).isEqualTo(ROUNDS / 2 * STEADY);
    }

    /** Each steady key once a round, and between the rounds almost twice as many new ones as can be remembered. */
    private void flood(BiConsumer<Boolean, Long> ask) {
        SplittableRandom random = new SplittableRandom(7);
        for (round = 0; round < ROUNDS; round++) {
            for (long key = 0; key < STEADY; key++) {
                ask.accept(true, key * 0x9E37_79B9_7F4A_7C15L);
            }
            for (int i = 0; i < NEW_BETWEEN; i++) {
                ask.accept(false, random.nextLong());
            }
        }
    }
}
