package dev.ratelimit.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ratelimit.Decision;
import dev.ratelimit.Rate;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The figures of one limit, as they stand in the fields. */
class ServiceLimitTest {

    private static final long SECOND = 1_000_000_000;

    private final Rate rate = Rate.perMinute(20).burst(5);

    static Stream<Arguments> quotas() {
        return Stream.of(
                Arguments.of("as much as a period's permits", Rate.perMinute(100), "q=100;w=60"),
                Arguments.of("more", Rate.perSecond(1000).burstWindow(Duration.ofSeconds(5)), "q=5000;w=5"),
                Arguments.of("less than a second's worth", Rate.perSecond(1000).burst(50), "q=50;w=1"),
                Arguments.of("not whole seconds' worth", Rate.perSecond(3).burst(10), "q=10;w=4"),
                Arguments.of("one, in a day", Rate.perDay(1), "q=1;w=86400"),
                Arguments.of(
                        "16 digits",
                        Rate.perSecond(1_000_000_000).burst(1_000_000_000_000_001L),
                        "q=999999999999999;w=1000000"),
                Arguments.of(
                        "for 15 digits of seconds",
                        Rate.of(1, Duration.ofSeconds(333)).burst(3_003_003_003_003L),
                        "q=3003003003003;w=999999999999999"),
                Arguments.of(
                        "for 16 digits of seconds",
                        Rate.of(1, Duration.ofSeconds(1000)).burst(1_000_000_000_000L),
                        "q=1000000000000"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("quotas")
    void quotaOfACapacity(String capacity, Rate rate, String expected) {
        assertThat(HttpFields.of("x", Decision.allowed(rate, 1, 0)).asMap().get("RateLimit-Policy"))
                .isEqualTo("\"x\";" + expected);
    }

    static Stream<Arguments> windows() {
        Rate rate = Rate.perMinute(20).burst(5);
        return Stream.of(
                Arguments.of("full", Decision.allowed(rate, 5, 0), "r=5;t=15"),
                Arguments.of("one left", Decision.allowed(rate, 1, 12 * SECOND), "r=1;t=3"),
                Arguments.of("just emptied", Decision.allowed(rate, 0, 15 * SECOND), "r=0;t=3"),
                Arguments.of("half a permit left", Decision.allowed(rate, 0, 13 * SECOND + SECOND / 2), "r=0;t=2"),
                Arguments.of("nearly a permit left", Decision.allowed(rate, 0, 12 * SECOND + 1), "r=0;t=1"),
                Arguments.of(
                        "empty, and too much asked for", Decision.exceedsCapacity(rate, 0, 15 * SECOND), "r=0;t=3"),
                Arguments.of("a capacity of one", Decision.allowed(Rate.perHour(1), 0, 3600 * SECOND), "r=0;t=3600"),
                Arguments.of("a period of thirds", Decision.allowed(Rate.perSecond(3), 1, 700_000_000), "r=1;t=1"),
                Arguments.of(
                        "16 digits left",
                        Decision.allowed(Rate.perSecond(1_000_000_000).burst(Long.MAX_VALUE), Long.MAX_VALUE, 0),
                        "r=999999999999999;t=1000000"),
                Arguments.of(
                        "for 16 digits of seconds",
                        Decision.allowed(
                                Rate.of(1, Duration.ofSeconds(1000)).burst(1_000_000_000_000L), 1_000_000_000_000L, 0),
                        "r=1000000000000"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("windows")
    void windowOfWhatIsLeft(String level, Decision decision, String expected) {
        assertThat(HttpFields.of("x", decision).asMap().get("RateLimit")).isEqualTo("\"x\";" + expected);
    }

    @Test
    void unitAndPartitionKey() {
        byte[] key = {'A', 'p', 'p', '-', '9', '9', '9'};
        ServiceLimit limit = ServiceLimit.of("a \"b\" \\ c", Decision.allowed(Rate.perMinute(600), 600, 0))
                .unit("content-bytes")
                .partitionKey(key);
        key[0] = 'Z';
        assertThat(HttpFields.of(limit)).hasToString("""
                        RateLimit-Policy: "a \\"b\\" \\\\ c";q=600;qu="content-bytes";w=60;pk=:QXBwLTk5OQ==:
                        RateLimit: "a \\"b\\" \\\\ c";r=600;t=60;pk=:QXBwLTk5OQ==:""");
    }

    static Stream<Arguments> badNames() {
        return Stream.of(
                Arguments.of("", "must not be empty"),
                Arguments.of("a\r\nSet-Cookie: b", "only printable ASCII characters, but the one at index 1 is U+000D"),
                Arguments.of("é", "index 0 is U+00E9"),
                Arguments.of("tab\t", "index 3 is U+0009"),
                Arguments.of("\u007f", "index 0 is U+007F"),
                Arguments.of("\ud83d\ude00", "index 0 is U+D83D"));
    }

    @ParameterizedTest
    @MethodSource("badNames")
    void whatNoFieldCanHoldIsRefused(String name, String message) {
        Decision decision = Decision.allowed(rate, 3, 6 * SECOND);
        assertThatThrownBy(() -> HttpFields.of(name, decision))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("the name ")
                .hasMessageContaining(message);
        assertThatThrownBy(() -> ServiceLimit.of("x", decision).unit(name))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("the unit ");
    }

    @Test
    void isReadable() {
        assertThat(ServiceLimit.of("x", Decision.allowed(rate, 3, 6 * SECOND)))
                .hasToString("x: allowed, 3 of 5 left, full after PT6S");
    }

    @Test
    @SuppressWarnings("NullAway")
    void nulls() {
        ServiceLimit limit = ServiceLimit.of("x", Decision.allowed(rate, 3, 6 * SECOND));
        assertThatThrownBy(() -> limit.unit(null))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("unit");
        assertThatThrownBy(() -> limit.partitionKey(null))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("partitionKey");
    }
}
