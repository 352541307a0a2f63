package dev.ratelimit.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import dev.ratelimit.Decision;
import dev.ratelimit.Decision.Reason;
import dev.ratelimit.Rate;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class HttpFieldsTest {

    private static final long SECOND = 1_000_000_000;
    private static final long LONG_AWAY = 1_000_000_000_000L;

    /** A permit every three seconds, five at once. */
    private final Rate rate = Rate.perMinute(20).burst(5);

    @Test
    void limitsWithoutARateHaveNoFigures() {
        assertThat(HttpFields.of("u", Decision.unlimited()).asMap()).isEmpty();
        assertThat(HttpFields.of("b", Decision.blocked()).asMap()).isEmpty();
        assertThat(HttpFields.of("t", Decision.tooManyConcurrent()).asMap()).containsExactly(entry("Retry-After", "1"));
        assertThat(HttpFields.of(
                                ServiceLimit.of("u", Decision.unlimited()),
                                ServiceLimit.of("p", Decision.allowed(Rate.perSecond(5), 3, 1)))
                        .asMap())
                .containsEntry("RateLimit-Policy", "\"p\";q=5;w=1");
    }

    @Test
    void allowed() {
        assertThat(HttpFields.of("per-user", Decision.allowed(rate, 3, 6 * SECOND)))
                .hasToString("""
                        RateLimit-Policy: "per-user";q=5;w=15
                        RateLimit: "per-user";r=3;t=9
                        X-RateLimit-Limit: 5
                        X-RateLimit-Remaining: 3
                        X-RateLimit-Reset: 9""");
    }

    @Test
    void refused() {
        assertThat(HttpFields.of("per-user", Decision.refused(Reason.OVER_LIMIT, rate, 2, 4 * SECOND + 1, 7 * SECOND)))
                .hasToString("""
                        RateLimit-Policy: "per-user";q=5;w=15
                        RateLimit: "per-user";r=0;t=5
                        X-RateLimit-Limit: 5
                        X-RateLimit-Remaining: 0
                        X-RateLimit-Reset: 5
                        Retry-After: 5""");
    }

    @Test
    void refusedForEver() {
        assertThat(HttpFields.of("per-user", Decision.exceedsCapacity(rate, 2, 7 * SECOND)))
                .hasToString("""
                        RateLimit-Policy: "per-user";q=5;w=15
                        RateLimit: "per-user";r=2;t=6
                        X-RateLimit-Limit: 5
                        X-RateLimit-Remaining: 2
                        X-RateLimit-Reset: 6""");
    }

    @Test
    void withoutAPlaceForTheKeyItsFullBudgetIsOfNoUse() {
        assertThat(HttpFields.of("per-user", Decision.refused(Reason.SATURATED, rate, 5, 1, 0))
                        .withoutLegacy())
                .hasToString("""
                        RateLimit-Policy: "per-user";q=5;w=15
                        RateLimit: "per-user";r=0;t=1
                        Retry-After: 1""");
    }

    @Test
    void severalLimits() {
        assertThat(HttpFields.of(
                        ServiceLimit.of("per-user", Decision.allowed(rate, 3, 6 * SECOND)),
                        ServiceLimit.of(
                                "node", Decision.refused(Reason.OVER_LIMIT, Rate.perSecond(100), 0, 1, SECOND))))
                .hasToString("""
                        RateLimit-Policy: "per-user";q=5;w=15, "node";q=100;w=1
                        RateLimit: "per-user";r=3;t=9, "node";r=0;t=1
                        X-RateLimit-Limit: 100
                        X-RateLimit-Remaining: 0
                        X-RateLimit-Reset: 1
                        Retry-After: 1""");
    }

    static Stream<Arguments> waits() {
        return Stream.of(
                Arguments.of(0, "1"),
                Arguments.of(1, "1"),
                Arguments.of(SECOND - 1, "1"),
                Arguments.of(SECOND, "1"),
                Arguments.of(SECOND + 1, "2"),
                Arguments.of(Long.MAX_VALUE - 1, "9223372037"));
    }

    @ParameterizedTest(name = "{0} ns")
    @MethodSource("waits")
    void waitIsRoundedUp(long nanos, String seconds) {
        Decision refusal = Decision.refused(Reason.OVER_LIMIT, rate, 0, nanos, 0);
        assertThat(HttpFields.of("x", refusal).asMap()).containsEntry("Retry-After", seconds);
    }

    @Test
    void maxWaitOfThoseThatRefuseAndNoneIfOneIsForEver() {
        ServiceLimit allows = ServiceLimit.of("allows", Decision.allowed(Rate.perDay(1), 0, 86_400 * SECOND));
        ServiceLimit soon = ServiceLimit.of("soon", Decision.refused(Reason.OVER_LIMIT, rate, 0, SECOND, SECOND));
        ServiceLimit late = ServiceLimit.of("late", Decision.refused(Reason.SATURATED, rate, 5, 7 * SECOND, 0));
        ServiceLimit never = ServiceLimit.of("never", Decision.exceedsCapacity(rate, 5, 0));
        assertThat(HttpFields.of(allows, late, soon).asMap()).containsEntry("Retry-After", "7");
        assertThat(HttpFields.of(late, never).asMap()).doesNotContainKey("Retry-After");
        assertThat(HttpFields.of(allows).asMap()).doesNotContainKey("Retry-After");
    }

    static Stream<Arguments> mostRestrictive() {
        Rate slow = Rate.perHour(10);
        Rate fast = Rate.perSecond(10);
        return Stream.of(
                Arguments.of(
                        "least left",
                        List.of(Decision.allowed(slow, 3, 0), Decision.allowed(fast.burst(99), 2, 0)),
                        "99"),
                Arguments.of(
                        "longest window among equals",
                        List.of(Decision.allowed(fast, 3, 0), Decision.allowed(slow.burst(99), 3, 0)),
                        "99"),
                Arguments.of(
                        "no window is the longest",
                        List.of(
                                Decision.allowed(slow, LONG_AWAY, 0),
                                Decision.allowed(
                                        Rate.of(1, Duration.ofSeconds(1000)).burst(LONG_AWAY), LONG_AWAY, 0)),
                        Long.toString(LONG_AWAY)),
                Arguments.of(
                        "least capacity among equals",
                        List.of(Decision.allowed(fast.burst(99), 1, 0), Decision.allowed(fast.burst(88), 1, 0)),
                        "88"),
                Arguments.of(
                        "a refusal for a time before what allows",
                        List.of(
                                Decision.allowed(slow, 1, 0),
                                Decision.refused(Reason.OVER_LIMIT, fast.burst(99), 5, 1, 1)),
                        "99"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("mostRestrictive")
    void theLegacyFieldsAreThoseOfTheMostRestrictive(String what, List<Decision> decisions, String limit) {
        ServiceLimit first = ServiceLimit.of("first", decisions.get(0));
        ServiceLimit second = ServiceLimit.of("second", decisions.get(1));
        assertThat(HttpFields.of(first, second).asMap()).containsEntry("X-RateLimit-Limit", limit);
        assertThat(HttpFields.of(second, first).asMap()).containsEntry("X-RateLimit-Limit", limit);
    }

    @Test
    void theLegacyFieldsCountRequests() {
        ServiceLimit bytes = ServiceLimit.of("bytes", Decision.refused(Reason.OVER_LIMIT, rate, 0, 1, 1))
                .unit("content-bytes");
        ServiceLimit requests = ServiceLimit.of("requests", Decision.allowed(Rate.perSecond(7), 6, 0));
        assertThat(HttpFields.of(bytes, requests).asMap())
                .containsEntry("X-RateLimit-Limit", "7")
                .containsEntry("Retry-After", "1");
        assertThat(HttpFields.of(bytes).asMap()).doesNotContainKeys("X-RateLimit-Limit", "X-RateLimit-Reset");
    }

    @Test
    void theFieldsAreHandedOverOneByOne() {
        Map<String, String> headers = new TreeMap<>();
        HttpFields fields = HttpFields.of("x", Decision.allowed(rate, 3, 6 * SECOND));
        fields.forEach(headers::put);
        assertThat(headers).isEqualTo(fields.asMap()).hasSize(5);
        assertThatThrownBy(() -> fields.asMap().clear()).isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void limitsOfOneAnswer() {
        ServiceLimit limit = ServiceLimit.of("x", Decision.allowed(rate, 3, 6 * SECOND));
        assertThatThrownBy(() -> HttpFields.of())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("limits must not be empty: give at least one limit");
        assertThatThrownBy(() -> HttpFields.of(limit, limit))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("each limit needs a name of its own, but two are called \"x\";"
                        + " give the policies different names, or use ServiceLimit.of(name, decision)");
    }

    @Test
    @SuppressWarnings("NullAway")
    void nulls() {
        Decision decision = Decision.allowed(rate, 3, 6 * SECOND);
        assertThatThrownBy(() -> HttpFields.of((String) null, decision))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("name");
        assertThatThrownBy(() -> HttpFields.of("x", (Decision) null))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("decision");
        assertThatThrownBy(() -> HttpFields.of("x", decision).forEach(null))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("setter");
    }
}
