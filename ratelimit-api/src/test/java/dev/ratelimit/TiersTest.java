package dev.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class TiersTest {

    private static final Policy FREE = Policy.of("free", Rate.perSecond(5));
    private static final PolicyResolver<String> RESOLVER = key -> FREE;
    private static final Tiers<String> TIERS = Tiers.of(RESOLVER, FREE);

    @Test
    void defaults() {
        assertThat(TIERS.resolver()).isSameAs(RESOLVER);
        assertThat(TIERS.fallback()).isSameAs(FREE);
        assertThat(TIERS.maxEntries()).isEqualTo(10_000);
        assertThat(TIERS.maxAge()).isEqualTo(Duration.ofMinutes(1));
        assertThat(TIERS.retryAfter()).isEqualTo(Duration.ofSeconds(1));
        TIERS.onFallback().accept(new PolicyFallback(FREE, false, new IOException("down")));
    }

    @Test
    void eachSettingIsKeptAndTheOriginalAsItWas() {
        Consumer<PolicyFallback> listener = fallback -> {};
        Tiers<String> set = TIERS.maxEntries(7)
                .maxAge(Policy.MAX_DURATION)
                .retryAfter(Duration.ofNanos(1))
                .onFallback(listener);
        assertThat(set.maxEntries()).isEqualTo(7);
        assertThat(set.maxAge()).isEqualTo(Policy.MAX_DURATION);
        assertThat(set.retryAfter()).isEqualTo(Duration.ofNanos(1));
        assertThat(set.onFallback()).isSameAs(listener);
        assertThat(set.resolver()).isSameAs(RESOLVER);
        assertThat(set.fallback()).isSameAs(FREE);
        assertThat(TIERS.maxEntries()).isEqualTo(10_000);
        assertThat(set.maxAge(Duration.ofSeconds(2)))
                .hasToString("Tiers[7 keys for PT2S, fallback Policy[free, " + Rate.perSecond(5) + "]]");
    }

    static Stream<Arguments> badInput() {
        Duration tooLong = Policy.MAX_DURATION.plusNanos(1);
        return Stream.of(
                bad("maxEntries must be from 1 to 100000000, but was 0", () -> TIERS.maxEntries(0)),
                bad("maxEntries must be from 1 to 100000000, but was -1", () -> TIERS.maxEntries(-1)),
                bad("maxEntries must be from 1 to 100000000, but was 100000001", () -> TIERS.maxEntries(100_000_001)),
                bad("the maximum age must be at least 1 ns, but was PT0S", () -> TIERS.maxAge(Duration.ZERO)),
                bad("the maximum age must be at most 365 days, but was " + tooLong, () -> TIERS.maxAge(tooLong)),
                bad(
                        "the time to retry after must be at least 1 ns, but was PT-1S",
                        () -> TIERS.retryAfter(Duration.ofSeconds(-1))),
                bad(
                        "the time to retry after must be at most 365 days, but was " + tooLong,
                        () -> TIERS.retryAfter(tooLong)));
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
        assertThatThrownBy(() -> Tiers.of(null, FREE))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("resolver");
        assertThatThrownBy(() -> Tiers.of(RESOLVER, null)).hasMessage("fallback");
        assertThatThrownBy(() -> TIERS.maxAge(null)).hasMessage("maximum age");
        assertThatThrownBy(() -> TIERS.retryAfter(null)).hasMessage("time to retry after");
        assertThatThrownBy(() -> TIERS.onFallback(null)).hasMessage("onFallback");
        assertThatThrownBy(() -> new PolicyFallback(null, true, new IOException()))
                .hasMessage("policy");
        assertThatThrownBy(() -> new PolicyFallback(FREE, true, null)).hasMessage("cause");
    }

    @Test
    void aFallbackReadsAsText() {
        IOException down = new IOException("down");
        assertThat(new PolicyFallback(FREE, true, down))
                .hasToString("free (last known), because of java.io.IOException: down");
        assertThat(new PolicyFallback(FREE, false, down))
                .hasToString("free (default, none known), because of java.io.IOException: down");
    }
}
