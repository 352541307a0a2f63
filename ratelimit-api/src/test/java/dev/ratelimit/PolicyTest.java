package dev.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class PolicyTest {

    private static final Rate RATE = Rate.perSecond(10);
    private static final Policy PLAIN = Policy.of("plain", RATE);
    private static final Policy FULL = Policy.of("full", RATE, Rate.perHour(100))
            .shape(Duration.ofMillis(200))
            .blackout(Duration.ofSeconds(3))
            .maxConcurrent(4)
            .leaseTimeout(Duration.ofMinutes(1));

    @Test
    void aPlainPolicyHasRatesAndNothingElse() {
        assertThat(PLAIN.name()).isEqualTo("plain");
        assertThat(PLAIN.rates()).containsExactly(RATE);
        assertThat(PLAIN.blocks()).isFalse();
        assertThat(PLAIN.maxDelay()).isZero();
        assertThat(PLAIN.blackout()).isEmpty();
        assertThat(PLAIN.maxConcurrent()).isEmpty();
        assertThat(PLAIN.leaseTimeout()).isEmpty();
    }

    @Test
    void eachSettingIsKept() {
        assertThat(FULL.rates()).containsExactly(RATE, Rate.perHour(100));
        assertThat(FULL.maxDelay()).isEqualTo(Duration.ofMillis(200));
        assertThat(FULL.blackout()).contains(Duration.ofSeconds(3));
        assertThat(FULL.maxConcurrent()).hasValue(4);
        assertThat(FULL.leaseTimeout()).contains(Duration.ofMinutes(1));
        assertThat(FULL.named("other").named("full")).isEqualTo(FULL);
    }

    @Test
    void settingsCanBeTakenBack() {
        assertThat(FULL.shape(Duration.ZERO).blackout(Duration.ZERO))
                .isEqualTo(Policy.of("full", RATE, Rate.perHour(100))
                        .maxConcurrent(4)
                        .leaseTimeout(Duration.ofMinutes(1)));
        assertThat(FULL.leaseTimeout(Duration.ZERO).leaseTimeout()).isEmpty();
        assertThat(FULL.maxConcurrent(5).leaseTimeout()).contains(Duration.ofMinutes(1));
    }

    @Test
    void changesLeaveTheOriginalAsItWas() {
        PLAIN.shape(Duration.ofSeconds(1)).blackout(Duration.ofSeconds(1)).maxConcurrent(1);
        assertThat(PLAIN).isEqualTo(Policy.of("plain", RATE));
        Rate[] more = {Rate.perMinute(1)};
        Policy policy = Policy.of("p", RATE, more);
        more[0] = Rate.perDay(1);
        assertThat(policy.rates()).containsExactly(RATE, Rate.perMinute(1));
        assertThatThrownBy(() -> policy.rates().clear()).isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void policiesWithoutRates() {
        assertThat(Policy.unlimited().rates()).isEmpty();
        assertThat(Policy.unlimited().blocks()).isFalse();
        assertThat(Policy.blocked().rates()).isEmpty();
        assertThat(Policy.blocked().blocks()).isTrue();
        assertThat(Policy.blocked().named("banned").blocks()).isTrue();
        assertThat(Policy.unlimited()).isNotEqualTo(Policy.blocked().named("unlimited"));
        assertThat(Policy.unlimited().maxConcurrent(3).maxConcurrent()).hasValue(3);
    }

    @Test
    void equalIfAllPartsAre() {
        Policy twin = Policy.of("full", RATE, Rate.perHour(100))
                .maxConcurrent(4)
                .leaseTimeout(Duration.ofMinutes(1))
                .blackout(Duration.ofSeconds(3))
                .shape(Duration.ofMillis(200));
        assertThat(twin).isEqualTo(FULL).hasSameHashCodeAs(FULL).isEqualTo(twin);
        for (Policy other : List.of(
                FULL.named("other"),
                FULL.shape(Duration.ofMillis(201)),
                FULL.blackout(Duration.ofSeconds(4)),
                FULL.maxConcurrent(5).leaseTimeout(Duration.ofMinutes(1)),
                FULL.maxConcurrent(4).leaseTimeout(Duration.ofMinutes(2)),
                FULL.leaseTimeout(Duration.ZERO),
                PLAIN)) {
            assertThat(other).isNotEqualTo(FULL);
        }
        assertThat(Policy.of("p", RATE, Rate.perHour(1))).isNotEqualTo(Policy.of("p", Rate.perHour(1), RATE));
        assertThat((Object) PLAIN).isNotEqualTo("plain");
    }

    static Stream<Arguments> texts() {
        return Stream.of(
                Arguments.of(PLAIN, "Policy[plain, " + RATE + "]"),
                Arguments.of(
                        FULL,
                        "Policy[full, " + RATE + ", " + Rate.perHour(100)
                                + ", waits up to PT0.2S, blackout of PT3S, at most 4 at once for up to PT1M]"),
                Arguments.of(Policy.unlimited(), "Policy[unlimited]"),
                Arguments.of(Policy.unlimited().maxConcurrent(2), "Policy[unlimited, at most 2 at once]"),
                Arguments.of(Policy.blocked(), "Policy[blocked, allows nothing]"));
    }

    @ParameterizedTest
    @MethodSource("texts")
    void readsAsText(Policy policy, String text) {
        assertThat(policy).hasToString(text);
    }

    static Stream<Arguments> badInput() {
        Duration tooLong = Policy.MAX_DURATION.plusNanos(1);
        Duration negative = Duration.ofNanos(-1);
        Rate[] tooMany = IntStream.rangeClosed(1, Policy.MAX_RATES)
                .mapToObj(Rate::perMinute)
                .toArray(Rate[]::new);
        return Stream.of(
                bad("the name of a policy must not be empty", () -> Policy.of("", RATE)),
                bad("the name of a policy must not be empty", () -> PLAIN.named("")),
                bad("the name of a policy must not contain control characters", () -> Policy.of("a\r\nb", RATE)),
                bad("the name of a policy must not contain control characters", () -> PLAIN.named("\u0000")),
                bad("the rate " + RATE + " is in the policy already: name it once", () -> Policy.of("p", RATE, RATE)),
                bad("a policy has at most 8 rates, but was given 9", () -> Policy.of("p", RATE, tooMany)),
                bad("the maximum delay must be at least 0, but was PT-0.000000001S", () -> PLAIN.shape(negative)),
                bad("the maximum delay must be at most 365 days, but was " + tooLong, () -> PLAIN.shape(tooLong)),
                bad(
                        "the policy unlimited has no rate to wait for: begin with Policy.of(name, rate)",
                        () -> Policy.unlimited().shape(Duration.ofSeconds(1))),
                bad("the blackout must be at least 0, but was PT-0.000000001S", () -> PLAIN.blackout(negative)),
                bad("the blackout must be at most 365 days, but was " + tooLong, () -> PLAIN.blackout(tooLong)),
                bad(
                        "the policy blocked has no rate to exceed: begin with Policy.of(name, rate)",
                        () -> Policy.blocked().blackout(Duration.ofSeconds(1))),
                bad("leases at once must be at least 1, but was 0", () -> PLAIN.maxConcurrent(0)),
                bad(
                        "leases at once must be at least 1, but was -2147483648",
                        () -> PLAIN.maxConcurrent(Integer.MIN_VALUE).leaseTimeout(Duration.ofSeconds(1))),
                bad(
                        "the policy plain has no leases to time out: call maxConcurrent(n) before leaseTimeout(...)",
                        () -> PLAIN.leaseTimeout(Duration.ofSeconds(1))),
                bad(
                        "the lease timeout must be at least 0, but was PT-0.000000001S",
                        () -> PLAIN.maxConcurrent(1).leaseTimeout(negative)),
                bad(
                        "the lease timeout must be at most 365 days, but was " + tooLong,
                        () -> PLAIN.maxConcurrent(1).leaseTimeout(tooLong)),
                bad("the number of parts must be at least 1, but was 0", () -> PLAIN.dividedBy(0)));
    }

    private static Arguments bad(String message, ThrowingCallable call) {
        return Arguments.of(message, call);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("badInput")
    void badInputIsOneClearError(String message, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOf(IllegalArgumentException.class).hasMessage(message);
    }

    @Test
    @SuppressWarnings("NullAway")
    void nullsAreNamed() {
        Map.<String, ThrowingCallable>of(
                        "name", () -> Policy.of(null, RATE),
                        "rate", () -> Policy.of("p", RATE, Rate.perHour(1), null),
                        "more", () -> Policy.of("p", RATE, (Rate[]) null),
                        "maximum delay", () -> PLAIN.shape(null),
                        "blackout", () -> PLAIN.blackout(null),
                        "lease timeout", () -> PLAIN.maxConcurrent(1).leaseTimeout(null))
                .forEach((name, call) -> assertThatThrownBy(call)
                        .isInstanceOf(NullPointerException.class)
                        .hasMessage(name));
        assertThatThrownBy(() -> Policy.of("p", null)).hasMessage("rate");
        assertThatThrownBy(() -> PLAIN.named(null)).hasMessage("name");
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 4, 7, 1000})
    void aPartHasPartsOfWhatIsCountedAndTheTimesOfTheWhole(int parts) {
        Policy part = FULL.dividedBy(parts);
        assertThat(part.name()).isEqualTo("full");
        assertThat(part.rates())
                .containsExactly(RATE.dividedBy(parts), Rate.perHour(100).dividedBy(parts));
        assertThat(part.maxConcurrent()).hasValue(Math.max(1, 4 / parts));
        assertThat(part.maxDelay()).isEqualTo(FULL.maxDelay());
        assertThat(part.blackout()).isEqualTo(FULL.blackout());
        assertThat(part.leaseTimeout()).isEqualTo(FULL.leaseTimeout());
    }

    @Test
    void partsOfWhatHasNothingToDivide() {
        assertThat(FULL.dividedBy(1)).isSameAs(FULL);
        assertThat(PLAIN.dividedBy(3).maxConcurrent()).isEmpty();
        assertThat(Policy.unlimited().dividedBy(3)).isEqualTo(Policy.unlimited());
        assertThat(Policy.blocked().dividedBy(3)).isEqualTo(Policy.blocked());
    }

    @Test
    void ratesWhosePartsAreTheSameBecomeOne() {
        Policy twice = Policy.of("p", RATE.burst(2), RATE.burst(3), Rate.perHour(100));
        assertThat(twice.dividedBy(3).rates())
                .containsExactly(RATE.dividedBy(3).burst(1), Rate.perHour(100).dividedBy(3));
    }
}
