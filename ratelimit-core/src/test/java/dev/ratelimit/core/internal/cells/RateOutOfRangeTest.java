package dev.ratelimit.core.internal.cells;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.ratelimit.ClusterShare;
import dev.ratelimit.Policy;
import dev.ratelimit.Rate;
import dev.ratelimit.core.Limiters;
import java.time.Duration;
import java.util.function.LongFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** An error about a rate names the argument that is too large, and the largest that works: it does, and one more does not. */
class RateOutOfRangeTest {

    private static void build(Rate rate, Duration maxDelay) {
        Limiters.perKey(Policy.of("p", rate).shape(maxDelay));
    }

    private static String error(Rate rate, Duration maxDelay) {
        return error(() -> build(rate, maxDelay));
    }

    private static String error(ThrowingCallable call) {
        return String.valueOf(
                catchThrowableOfType(IllegalArgumentException.class, call).getMessage());
    }

    /** The number or the time that stands in a message at a group of a pattern, from its beginning on. */
    private static long named(String message, String pattern) {
        Matcher matcher = Pattern.compile(pattern + ".*").matcher(message);
        assertThat(matcher.matches()).as(message).isTrue();
        String text = matcher.group(1);
        return text.startsWith("P") ? Duration.parse(text).toNanos() : Long.parseLong(text);
    }

    private static void isTheLargest(long number, LongFunction<Runnable> build) {
        build.apply(number).run();
        assertThatThrownBy(() -> build.apply(number + 1).run()).isInstanceOf(IllegalArgumentException.class);
    }

    /** Once failed: three a second that wait for up to a year were told that their burst is too large. */
    @ParameterizedTest
    @CsvSource({"3, PT1S, 3, 365", "1, PT24H, 200, 300", "999983, PT1S, 999983, 1", "7, PT168H, 100, 365"})
    void theLongestDelay(long permits, Duration period, long burst, int days) {
        Rate rate = new Rate(permits, period, burst);
        Duration delay = Duration.ofDays(days);
        String message = error(rate, delay);
        String head = "the maximum delay " + delay + " is too long for " + permits + " per " + period
                + " with a burst of " + burst + ": at most ";
        isTheLargest(
                named(message, Pattern.quote(head) + "(P[^;]+)"), nanos -> () -> build(rate, Duration.ofNanos(nanos)));
        if (message.contains("; or")) {
            isTheLargest(
                    named(message, ".*; or, with that delay, a burst of at most (\\d+)"),
                    most -> () -> build(rate.burst(most), delay));
        }
    }

    @Test
    void theOtherWayOutOfALongDelayIsASmallerBurst() {
        assertThat(error(Rate.perDay(1).burst(200), Duration.ofDays(300)))
                .contains("; or, with that delay, a burst of at most 116");
        assertThat(error(Rate.perSecond(3), Duration.ofDays(365))).doesNotContain("burst of at most");
    }

    @ParameterizedTest
    @CsvSource({
        "1, PT24H, 500, 0",
        "30, PT12000H, 30, 0",
        "1, PT24H, 500, 300",
        "1, PT1S, 9223372036854775807, 0",
        "9223372036854775807, PT2562047H47M16.854775807S, 9223372036854775807, 0",
        "999999999, PT1S, 999999999, 0"
    })
    void theBurst(long permits, Duration period, long burst, int days) {
        Rate rate = new Rate(permits, period, burst);
        Duration delay = Duration.ofDays(days);
        String head = "the burst of " + burst + " is too large for " + permits + " per " + period + ", ";
        isTheLargest(
                named(error(rate, delay), Pattern.quote(head) + "[^:]+: at most (\\d+)"),
                most -> () -> build(rate.burst(most), delay));
    }

    @Test
    void theBurstAndTheLongestDelay() {
        Rate rate = Rate.perSecond(3).burst(10_000_000_000L);
        Duration delay = Duration.ofDays(365);
        String message = error(rate, delay);
        isTheLargest(
                named(message, "the burst of 10000000000 is too large for 3 per PT1S,[^:]+: at most (\\d+); and"),
                most -> () -> build(rate.burst(most), Duration.ZERO));
        isTheLargest(
                named(message, ".*the maximum delay PT8760H is too long: with a burst of 1 at most (P.+)"),
                nanos -> () -> build(rate.burst(1), Duration.ofNanos(nanos)));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 100})
    void thePeriod(long permits) {
        Rate rate = new Rate(permits, Duration.ofNanos(Long.MAX_VALUE), 5);
        isTheLargest(
                named(
                        error(rate, Duration.ZERO),
                        "the period PT2562047H47M16.854775807S is too long for " + permits
                                + " permits?: at most (P.+)"),
                nanos -> () -> build(new Rate(permits, Duration.ofNanos(nanos), 1), Duration.ZERO));
    }

    @Test
    void theNumberOfNodes() {
        isTheMaxNumberOfNodes(nodes -> () -> Limiters.builder(Rate.of(1, Duration.ofDays(30)))
                .clusterShare(ClusterShare.fixed((int) nodes))
                .build());
        isTheMaxNumberOfNodes(nodes -> () -> Limiters.singleBuilder(Rate.of(1, Duration.ofDays(30)))
                .clusterShare(ClusterShare.fixed((int) nodes))
                .build());
    }

    private static void isTheMaxNumberOfNodes(LongFunction<Runnable> build) {
        String message = error(() -> build.apply(20).run());
        assertThat(message).endsWith("would be too slow to be kept, but was 20");
        isTheLargest(
                named(message, "the initial number of nodes must be at most (\\d+), because the parts of "), build);
    }

    @Test
    void theBurstWindow() {
        Rate rate = Rate.of(7, Duration.ofSeconds(10));
        String message = error(() -> rate.burstWindow(Duration.ofSeconds(1)));
        long least = named(message, "the burst window PT1S is too short: .* choose at least (P.+)");
        assertThat(rate.burstWindow(Duration.ofNanos(least)).capacity()).isEqualTo(1);
        assertThatThrownBy(() -> rate.burstWindow(Duration.ofNanos(least - 1)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void thePermitsOfAPeriod() {
        Duration period = Duration.ofNanos(1234);
        String message = error(() -> Rate.of(5000, period));
        isTheLargest(
                named(message, "permits must be at most (\\d+) in a period of PT0.000001234S"),
                permits -> () -> Rate.of(permits, period));
    }
}
