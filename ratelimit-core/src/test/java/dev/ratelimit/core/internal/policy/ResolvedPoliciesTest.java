package dev.ratelimit.core.internal.policy;

import static dev.ratelimit.core.internal.policy.Directory.FREE;
import static dev.ratelimit.core.internal.policy.Directory.GOLD;
import static dev.ratelimit.core.internal.policy.Directory.SILVER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ratelimit.Policy;
import dev.ratelimit.PolicyFallback;
import dev.ratelimit.Tiers;
import dev.ratelimit.core.internal.policy.Directory.Mode;
import dev.ratelimit.testing.ManualTime;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is remembered and for how long, what failures do, and what the resolver is asked: one thread, virtual time. */
class ResolvedPoliciesTest {

    private static final long AGE = Duration.ofMinutes(1).toNanos();
    private static final long RETRY = Duration.ofSeconds(1).toNanos();

    private final ManualTime time = new ManualTime();
    private final Directory directory = new Directory();
    private final List<PolicyFallback> reports = new ArrayList<>();
    private final Tiers<String> tiers = Tiers.of(directory, FREE).onFallback(reports::add);
    private final ResolvedPolicies<String> policies = new ResolvedPolicies<>(tiers, time);

    private Policy ask(String key) {
        return policies.of(key, key.hashCode());
    }

    @ParameterizedTest
    @ValueSource(longs = {0, Long.MAX_VALUE - 5, Long.MIN_VALUE, -1})
    void anAnswerIsGoneByUntilItsAgeAndNoLonger(long start) {
        time.set(start);
        directory.policies.put("a", GOLD);
        assertThat(ask("a")).isSameAs(GOLD);
        directory.policies.put("a", SILVER);
        assertThat(ask("a")).isSameAs(GOLD);
        time.advanceNanos(AGE - 1);
        assertThat(ask("a")).isSameAs(GOLD);
        assertThat(directory.asked).hasSize(1);
        time.advanceNanos(1);
        assertThat(ask("a")).isSameAs(SILVER);
        assertThat(ask("a")).isSameAs(SILVER);
        assertThat(directory.asked).hasSize(2);
        assertThat(reports).isEmpty();
    }

    @Test
    void keysAreToldApartByFingerprint() {
        directory.policies.put("a", GOLD);
        assertThat(policies.of("a", 1)).isSameAs(GOLD);
        assertThat(policies.of("b", 0)).isSameAs(SILVER);
        assertThat(policies.of("c", 1)).isSameAs(GOLD);
        assertThat(directory.asked).containsExactly("a", "b");
    }

    @Test
    void theAgeCountsFromTheEndOfTheCall() {
        ResolvedPolicies<String> slow = new ResolvedPolicies<>(
                Tiers.<String>of(
                        key -> {
                            time.advanceNanos(2 * AGE);
                            return directory.resolve(key);
                        },
                        FREE),
                time);
        slow.of("a", 1);
        time.advanceNanos(AGE - 1);
        slow.of("a", 1);
        assertThat(directory.asked).hasSize(1);
    }

    @Test
    void aCallerMayBringTheTime() {
        policies.of("a", 1, 0);
        policies.of("a", 1, AGE - 1);
        // A reading from before the answer was remembered: the caller stood still.
        policies.of("a", 1, -5);
        assertThat(directory.asked).hasSize(1);
        policies.of("a", 1, AGE);
        assertThat(directory.asked).hasSize(2);
    }

    @ParameterizedTest
    @EnumSource(names = {"THROWS_CHECKED", "THROWS_UNCHECKED", "RETURNS_NULL"})
    void whereNothingIsKnownTheDefaultStandsInUntilItIsTimeToRetry(Mode mode) {
        directory.mode = mode;
        assertThat(ask("a")).isSameAs(FREE);
        time.advanceNanos(RETRY - 1);
        assertThat(ask("a")).isSameAs(FREE);
        assertThat(directory.asked).hasSize(1);
        assertThat(reports).singleElement().satisfies(report -> {
            assertThat(report.policy()).isSameAs(FREE);
            assertThat(report.known()).isFalse();
        });
        time.advanceNanos(1);
        assertThat(ask("a")).isSameAs(FREE);
        assertThat(directory.asked).hasSize(2);
        assertThat(reports).hasSize(2).allMatch(report -> !report.known());
        directory.mode = Mode.UP;
        time.advanceNanos(RETRY);
        assertThat(ask("a")).isSameAs(SILVER);
        assertThat(reports).hasSize(2);
    }

    @Test
    void theReportSaysWhatWentWrong() {
        directory.mode = Mode.THROWS_CHECKED;
        ask("a");
        directory.mode = Mode.RETURNS_NULL;
        ask("b");
        assertThat(reports.get(0).cause()).isInstanceOf(IOException.class).hasMessage("down");
        assertThat(reports.get(1).cause())
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the resolver returned null; keys that it does not know need an answer, too");
    }

    @Test
    void theLastKnownPolicyOutlivesItsAge() {
        directory.policies.put("a", GOLD);
        ask("a");
        directory.mode = Mode.THROWS_CHECKED;
        for (int retries = 1; retries <= 100; retries++) {
            time.advanceNanos(AGE);
            assertThat(ask("a")).isSameAs(GOLD);
            assertThat(ask("a")).isSameAs(GOLD);
            assertThat(directory.asked).hasSize(1 + retries);
        }
        assertThat(ask("b")).isSameAs(FREE);
        assertThat(reports).hasSize(101);
        assertThat(reports.get(99).known()).isTrue();
        assertThat(reports.get(99).policy()).isSameAs(GOLD);
        directory.mode = Mode.UP;
        directory.policies.put("a", SILVER);
        time.advanceNanos(RETRY);
        assertThat(ask("a")).isSameAs(SILVER);
    }

    @Test
    void anErrorReachesItsCallerAndIsAFailureForTheNext() {
        directory.mode = Mode.THROWS_ERROR;
        assertThatThrownBy(() -> ask("a"))
                .isInstanceOf(NoClassDefFoundError.class)
                .hasMessage("Driver");
        assertThat(ask("a")).isSameAs(FREE);
        assertThat(directory.asked).hasSize(1);
        assertThat(reports)
                .singleElement()
                .satisfies(report -> assertThat(report.cause()).isInstanceOf(NoClassDefFoundError.class));
    }

    @Test
    void anInterruptionIsKeptAndTheNextCallAsksAtOnce() {
        directory.policies.put("a", GOLD);
        ask("a");
        time.advanceNanos(AGE);
        directory.mode = Mode.IS_INTERRUPTED;
        assertThat(ask("a")).isSameAs(GOLD);
        assertThat(Thread.interrupted()).isTrue();
        assertThat(reports).singleElement().matches(PolicyFallback::known);
        directory.mode = Mode.UP;
        directory.policies.put("a", SILVER);
        assertThat(ask("a")).isSameAs(SILVER);
    }

    @Test
    void aListenerThatFailsDoesNoHarm() {
        directory.mode = Mode.THROWS_CHECKED;
        ResolvedPolicies<String> reporting = new ResolvedPolicies<>(
                tiers.onFallback(fallback -> {
                    throw new IllegalStateException("the log is full");
                }),
                time);
        assertThat(reporting.of("a", 1)).isSameAs(FREE);
        assertThat(reporting.of("a", 1)).isSameAs(FREE);
        assertThat(directory.asked).hasSize(1);
    }

    @Test
    void aListenerMayAskForTheSameKey() {
        directory.mode = Mode.THROWS_CHECKED;
        List<Policy> seen = new ArrayList<>();
        List<ResolvedPolicies<String>> itself = new ArrayList<>();
        itself.add(new ResolvedPolicies<>(
                tiers.onFallback(fallback -> seen.add(itself.get(0).of("a", 1))), time));
        itself.get(0).of("a", 1);
        assertThat(seen).containsExactly(FREE);
        assertThat(directory.asked).hasSize(1);
    }

    @Test
    void invalidatingOneKeyForgetsThatOneAndItsLastKnownPolicy() {
        directory.policies.put("a", GOLD);
        ask("a");
        ask("b");
        policies.invalidate("a".hashCode());
        policies.invalidate("never asked for".hashCode());
        directory.mode = Mode.THROWS_CHECKED;
        assertThat(ask("a")).isSameAs(FREE);
        assertThat(ask("b")).isSameAs(SILVER);
        assertThat(directory.asked).containsExactly("a", "b", "a");
    }

    @Test
    void invalidatingAllForgetsAll() {
        ask("a");
        ask("b");
        policies.invalidateAll();
        ask("a");
        ask("b");
        assertThat(directory.asked).containsExactly("a", "b", "a", "b");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatWasInvalidatedMeanwhileIsAnsweredButNotRemembered(boolean all) {
        List<ResolvedPolicies<String>> itself = new ArrayList<>();
        itself.add(new ResolvedPolicies<>(
                Tiers.<String>of(
                        key -> {
                            Policy found = directory.resolve(key);
                            if (directory.asked.size() == 1) {
                                directory.policies.put("a", GOLD);
                                if (all) {
                                    itself.get(0).invalidateAll();
                                } else {
                                    itself.get(0).invalidate(1);
                                }
                            }
                            return found;
                        },
                        FREE),
                time));
        assertThat(itself.get(0).of("a", 1)).isSameAs(SILVER);
        assertThat(itself.get(0).of("a", 1)).isSameAs(GOLD);
        assertThat(itself.get(0).of("a", 1)).isSameAs(GOLD);
        assertThat(directory.asked).hasSize(2);
    }

    @Test
    void aResolverThatAsksForTheSameKeyGetsWhatStandsIn() {
        List<Policy> inside = new ArrayList<>();
        List<ResolvedPolicies<String>> itself = new ArrayList<>();
        itself.add(new ResolvedPolicies<>(
                Tiers.<String>of(
                                key -> {
                                    inside.add(itself.get(0).of(key, 1));
                                    return directory.resolve(key);
                                },
                                FREE)
                        .onFallback(reports::add),
                time));
        assertThat(itself.get(0).of("a", 1)).isSameAs(SILVER);
        time.advanceNanos(AGE);
        assertThat(itself.get(0).of("a", 1)).isSameAs(SILVER);
        assertThat(inside).containsExactly(FREE, SILVER);
        assertThat(reports).extracting(PolicyFallback::known).containsExactly(false, true);
        assertThat(reports.get(0).cause())
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("a resolver asked for a key that was being resolved");
        assertThat(directory.asked).hasSize(2);
    }

    @Test
    void aResolverMayAskForOtherKeys() {
        List<ResolvedPolicies<String>> itself = new ArrayList<>();
        itself.add(new ResolvedPolicies<>(
                Tiers.<String>of(
                                key -> {
                                    directory.resolve(key);
                                    return key.isEmpty() ? GOLD : itself.get(0).of(key.substring(1), key.length() - 1);
                                },
                                FREE)
                        .onFallback(reports::add),
                time));
        assertThat(itself.get(0).of("abc", 3)).isSameAs(GOLD);
        assertThat(directory.asked).containsExactly("abc", "bc", "c", "");
        assertThat(reports).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 100})
    void noMoreIsRememberedThanTheBound(int bound) {
        ResolvedPolicies<String> bounded = new ResolvedPolicies<>(tiers.maxEntries(bound), time);
        for (int i = 0; i < 10_000; i++) {
            bounded.of("key", i * 0x9E37_79B9_7F4A_7C15L);
        }
        assertThat(bounded.size()).isEqualTo(bound);
    }
}
