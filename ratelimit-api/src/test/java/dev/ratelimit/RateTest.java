package dev.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RateTest {

    @Test
    void theCapacityIsOnePeriodsPermitsUnlessSaid() {
        assertThat(Rate.perSecond(1000)).isEqualTo(new Rate(1000, Duration.ofSeconds(1), 1000));
        assertThat(Rate.perMinute(60).capacity()).isEqualTo(60);
        assertThat(Rate.perHour(7).period()).isEqualTo(Duration.ofHours(1));
        assertThat(Rate.perDay(1).period()).isEqualTo(Duration.ofDays(1));
        assertThat(Rate.of(30, Duration.ofDays(30)).capacity()).isEqualTo(30);
        assertThat(Rate.perSecond(10).burst(3).capacity()).isEqualTo(3);
    }

    @Test
    void theBurstWindowIsWorthRateTimesWindowRoundedDown() {
        assertThat(Rate.perSecond(1000).burstWindow(Duration.ofSeconds(5)).capacity())
                .isEqualTo(5000);
        assertThat(Rate.perSecond(3).burstWindow(Duration.ofMillis(500)).capacity())
                .isEqualTo(1);
        assertThat(Rate.perSecond(1_000_000_000)
                        .burstWindow(Duration.ofNanos(Long.MAX_VALUE))
                        .capacity())
                .isEqualTo(Long.MAX_VALUE);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1, Long.MIN_VALUE})
    void numbersBelowOne(long number) {
        assertThatThrownBy(() -> Rate.perSecond(number))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("permits must be at least 1, but was " + number);
        assertThatThrownBy(() -> Rate.perSecond(1).burst(number))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("capacity (burst) must be at least 1 permit, but was " + number);
        assertThatThrownBy(() -> Rate.of(1, Duration.ofNanos(number)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("the period must be at least 1 ns, but was ");
        assertThatThrownBy(() -> Rate.perSecond(1).burstWindow(Duration.ofNanos(number)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("the burst window must be at least 1 ns, but was ");
    }

    @Test
    void beyondTheBounds() {
        assertThatThrownBy(() -> Rate.perSecond(1_000_000_001))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("the fastest rate is 1 permit per nanosecond");
        assertThatThrownBy(() -> Rate.of(1, Duration.ofSeconds(Long.MAX_VALUE)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("at most 292 years");
        assertThatThrownBy(() -> Rate.perDay(1).burstWindow(Duration.ofHours(23)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("too short")
                .hasMessageEndingWith("choose at least PT24H");
        assertThatThrownBy(() -> new Rate(2, Duration.ofNanos(1), 1)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void partsAreExactAndTheirCapacityRoundedDown() {
        Rate whole = Rate.perSecond(100);
        assertThat(whole.dividedBy(1)).isSameAs(whole);
        assertThat(whole.dividedBy(2)).isEqualTo(Rate.perSecond(50));
        assertThat(whole.dividedBy(3))
                .isEqualTo(Rate.of(100, Duration.ofSeconds(3)).burst(33));
        assertThat(whole.dividedBy(6))
                .isEqualTo(Rate.of(50, Duration.ofSeconds(3)).burst(16));
        assertThat(whole.dividedBy(101))
                .isEqualTo(Rate.of(100, Duration.ofSeconds(101)).burst(1));
        assertThat(Rate.perSecond(1_000_000_000).dividedBy(7).capacity()).isEqualTo(142_857_142);
    }

    @Test
    void partsWhosePeriodCannotBeSaid() {
        Duration longest = Duration.ofNanos(Long.MAX_VALUE);
        assertThat(Rate.of(10, longest).dividedBy(3))
                .isEqualTo(Rate.of(3, longest).burst(3));
        assertThat(Rate.of(7, longest).dividedBy(3))
                .isEqualTo(Rate.of(1, longest.dividedBy(7).multipliedBy(3)).burst(2));
        assertThat(Rate.of(1, longest).dividedBy(Integer.MAX_VALUE)).isEqualTo(Rate.of(1, longest));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, Integer.MIN_VALUE})
    void fewerPartsThanOne(int parts) {
        assertThatThrownBy(() -> Rate.perSecond(1).dividedBy(parts))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the number of parts must be at least 1, but was " + parts);
    }

    @Test
    @SuppressWarnings("NullAway")
    void nulls() {
        assertThatThrownBy(() -> Rate.of(1, null))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("period");
        assertThatThrownBy(() -> Rate.perSecond(1).burstWindow(null))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("burst window");
    }
}
