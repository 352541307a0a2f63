package dev.ratelimit.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ratelimit.Decision;
import dev.ratelimit.Decision.Reason;
import dev.ratelimit.Rate;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ProblemDetailsTest {

    private static final long SECOND = 1_000_000_000;
    private static final String TYPES = "https://iana.org/assignments/http-problem-types#";
    private static final Rate RATE = Rate.perMinute(20).burst(5);
    private static final ServiceLimit ADMITS = ServiceLimit.of("allows", Decision.allowed(RATE, 4, 3 * SECOND));
    private static final Decision OVER_LIMIT = Decision.refused(Reason.OVER_LIMIT, RATE, 0, SECOND + 1, 15 * SECOND);
    private static final ServiceLimit OVER = ServiceLimit.of("over", OVER_LIMIT);
    private static final ServiceLimit NO_PLACE =
            ServiceLimit.of("no place", Decision.refused(Reason.SATURATED, RATE, 5, 4 * SECOND, 0));
    private static final ServiceLimit TOO_LARGE = ServiceLimit.of("too large", Decision.exceedsCapacity(RATE, 5, 0));

    @Test
    void whatNoRateRefused() {
        ProblemDetails blocked =
                ProblemDetails.of(ServiceLimit.of("b", Decision.blocked()), ServiceLimit.of("over", OVER_LIMIT));
        assertThat(blocked.status()).isEqualTo(403);
        assertThat(blocked.type()).isEqualTo("about:blank");
        assertThat(blocked.detail())
                .startsWith("By the limit \"b\" nothing is allowed.")
                .doesNotContain("Try again");
        ProblemDetails tooMany = ProblemDetails.of("t", Decision.tooManyConcurrent());
        assertThat(tooMany.status()).isEqualTo(429);
        assertThat(tooMany.detail())
                .isEqualTo("By the limit \"t\", too many requests are in progress at once. Try again in 1 s.");
        ProblemDetails blackout = ProblemDetails.of("s", Decision.refused(Reason.BLACKOUT, RATE, 0, 3 * SECOND, 0));
        assertThat(blackout.status()).isEqualTo(429);
        assertThat(blackout.detail()).isEqualTo("By the limit \"s\", nothing is allowed for a time. Try again in 3 s.");
        assertThat(ProblemDetails.of("w", Decision.refused(Reason.TOO_MANY_WAITING, RATE, 0, 1, 0))
                        .status())
                .isEqualTo(503);
    }

    @Test
    void theBody() {
        assertThat(ProblemDetails.of("over", OVER_LIMIT))
                .hasToString("{\"type\":\"" + TYPES + "quota-exceeded\",\"title\":\"Quota Exceeded\",\"status\":429,"
                        + "\"detail\":\"Over the limit \\\"over\\\", which is 5 requests at once and 20 in 60 s."
                        + " Try again in 2 s.\",\"violated-policies\":[\"over\"]}");
        assertThat(ProblemDetails.MEDIA_TYPE).isEqualTo("application/problem+json");
    }

    static Stream<Arguments> problems() {
        return Stream.of(
                Arguments.of(List.of(OVER), "quota-exceeded", "Quota Exceeded", 429),
                Arguments.of(List.of(ADMITS, OVER), "quota-exceeded", "Quota Exceeded", 429),
                Arguments.of(List.of(TOO_LARGE), "quota-exceeded", "Quota Exceeded", 413),
                Arguments.of(List.of(NO_PLACE), "temporary-reduced-capacity", "Temporary Reduced Capacity", 503),
                Arguments.of(List.of(NO_PLACE, OVER), "quota-exceeded", "Quota Exceeded", 429),
                Arguments.of(List.of(OVER, NO_PLACE, TOO_LARGE), "quota-exceeded", "Quota Exceeded", 413));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("problems")
    void theGravestReasonDecides(List<ServiceLimit> limits, String type, String title, int status) {
        ProblemDetails problem = ProblemDetails.of(limits);
        List<String> refusing = limits.stream()
                .filter(limit -> limit != ADMITS)
                .map(ServiceLimit::name)
                .toList();
        assertThat(problem.type()).isEqualTo(TYPES + type);
        assertThat(problem.title()).isEqualTo(title);
        assertThat(problem.status()).isEqualTo(status);
        assertThat(problem.violatedPolicies()).isEqualTo(refusing);
        assertThat(JsonReader.read(problem.json()))
                .isEqualTo(Map.of(
                        "type", problem.type(),
                        "title", title,
                        "status", BigDecimal.valueOf(status),
                        "detail", problem.detail(),
                        "violated-policies", refusing));
    }

    @Test
    void theExplanationNamesEachLimitThatRefuses() {
        assertThat(ProblemDetails.of(NO_PLACE, ADMITS, OVER).detail())
                .isEqualTo("For now, the limit \"no place\" cannot take on another request. "
                        + "Over the limit \"over\", which is 5 requests at once and 20 in 60 s. Try again in 4 s.");
        assertThat(ProblemDetails.of(TOO_LARGE, OVER).detail())
                .isEqualTo("More was asked for than the limit \"too large\" ever allows, which is 5 requests at once. "
                        + "Over the limit \"over\", which is 5 requests at once and 20 in 60 s.");
        Rate odd = Rate.of(1, Duration.ofMillis(250)).burst(9);
        assertThat(ProblemDetails.of(ServiceLimit.of("b", Decision.refused(Reason.OVER_LIMIT, odd, 0, 1, 1))
                                .unit("content-bytes"))
                        .detail())
                .isEqualTo("Over the limit \"b\", which is 9 content-bytes at once and 1 in 0.25 s. Try again in 1 s.");
    }

    @Property(tries = 5_000)
    void anyExplanationIsReadBackAndTheBodyIsAscii(
            @ForAll("anyCharacters") String detail, @ForAll("names") String name) {
        String json = ProblemDetails.of(name, OVER_LIMIT).detail(detail).json();
        assertThat(JsonReader.read(json))
                .isEqualTo(Map.of(
                        "type",
                        TYPES + "quota-exceeded",
                        "title",
                        "Quota Exceeded",
                        "status",
                        BigDecimal.valueOf(429),
                        "detail",
                        detail,
                        "violated-policies",
                        List.of(name)));
        assertThat(json.chars()).allMatch(c -> c >= ' ' && c <= '~');
    }

    @Test
    void whatIsAllowedIsNoProblem() {
        assertThatThrownBy(() -> ProblemDetails.of(ADMITS))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("all of the limits allow");
        assertThatThrownBy(() -> ProblemDetails.of()).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> ProblemDetails.of(OVER, OVER)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    @SuppressWarnings("NullAway")
    void nulls() {
        assertThatThrownBy(() -> ProblemDetails.of(OVER).detail(null))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("detail");
    }

    @Provide
    Arbitrary<String> anyCharacters() {
        return Arbitraries.strings().withCharRange('\0', '\uffff').ofMaxLength(30);
    }

    @Provide
    Arbitrary<String> names() {
        return Arbitraries.strings().withCharRange(' ', '~').ofMinLength(1).ofMaxLength(20);
    }
}
