package dev.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RateTextTest {

    @ParameterizedTest
    @CsvSource({
        "100/s, 100, PT1S, 100, 100",
        "20/min burst 5, 20, PT1M, 5, 5",
        "20 per minute burst 5, 20, PT1M, 5, 5",
        "1/10s, 1, PT10S, 1, 1",
        "5000 / 1 Hour, 5000, PT1H, 5000, 5000",
        "30/30d burst 30 initially 0, 30, PT720H, 30, 0",
        "3/ms, 3, PT0.001S, 3, 3",
        "7/20us, 7, PT0.00002S, 7, 7",
        "7/20µs, 7, PT0.00002S, 7, 7",
        "1/ns burst 9, 1, PT0.000000001S, 9, 9",
        "'  2\t per   3 days  BURST  8 initially 4', 2, PT72H, 8, 4",
    })
    void readsWhatConfigurationsSay(String text, long permits, Duration period, long capacity, long initially) {
        assertThat(Rate.parse(text)).isEqualTo(new Rate(permits, period, capacity, initially));
    }

    @ParameterizedTest
    @CsvSource({
        "1, 1000, 1, 1, 1/us",
        "100, 1000000000, 100, 100, 100/s",
        "20, 60000000000, 5, 5, 20/min burst 5",
        "1, 90000000000, 1, 1, 1/90s",
        "30, 2592000000000000, 60, 0, 30/30d burst 60 initially 0",
        "1, 1500000001, 1, 1, 1/1500000001ns",
    })
    void isWrittenInTheMaxUnit(long permits, long nanos, long capacity, long initially, String text) {
        assertThat(new Rate(permits, Duration.ofNanos(nanos), capacity, initially))
                .hasToString(text);
    }

    @Property
    void whatIsWrittenIsReadAgain(
            @ForAll @LongRange(min = 1) long period,
            @ForAll @LongRange(min = 1) long permits,
            @ForAll @LongRange(min = 1) long capacity,
            @ForAll @LongRange(min = 0) long initially) {
        Rate rate =
                new Rate(Math.min(permits, period), Duration.ofNanos(period), capacity, Math.min(initially, capacity));
        assertThat(Rate.parse(rate.toString())).isEqualTo(rate);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "20", "20/", "/s", "-5/s", "1.5/s", "20/min 5", "20/min burst", "20/min bursts 5", "٣/s"})
    void saysHowARateReads(String text) {
        assertThatThrownBy(() -> Rate.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a rate reads like \"100/s\" or \"20/min burst 5\", but was \"" + text + "\"");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "20/m | \"m\" is not one of the units ns, us, ms, s, min, h, d",
                "0/s | permits must be at least 1, but was 0",
                "5/0s | the period must be at least 1 ns, but was PT0S",
                "5/s burst 0 | capacity (burst) must be at least 1 permit, but was 0",
                "5/s initially 6 | the permits initially must be from 0 to the capacity of 5, but was 6",
                "99999999999999999999/s | one of its numbers is too large",
                "1/9223372036854775807d | one of its numbers is too large",
            })
    void saysWhatIsWrongWithANumber(String text, String why) {
        assertThatThrownBy(() -> Rate.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a rate reads like \"100/s\" or \"20/min burst 5\", but was \"" + text + "\"; " + why);
    }

    @Test
    @SuppressWarnings("NullAway")
    void takesNoNull() {
        assertThatThrownBy(() -> Rate.parse(null))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("text");
    }
}
