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
                .hasMessage(
                        "permits must be at most 1000000000 in a period of PT1S (one a nanosecond), but was 1000000001");
        assertThat(Rate.perSecond(1_000_000_000).permits()).isEqualTo(1_000_000_000);
        assertThatThrownBy(() -> Rate.of(1, Duration.ofSeconds(Long.MAX_VALUE)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the period must be at most PT2562047H47M16.854775807S (292 years), but was "
                        + Duration.ofSeconds(Long.MAX_VALUE));
        assertThat(Rate.of(1, Duration.parse("PT2562047H47M16.854775807S")).permits())
                .isEqualTo(1);
        assertThatThrownBy(() -> Rate.perDay(1).burstWindow(Duration.ofHours(23)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("too short")
                .hasMessageEndingWith("choose at least PT24H");
        assertThatThrownBy(() -> new Rate(2, Duration.ofNanos(1), 1)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void atMostSoManyInAnyWindowIsATenthAtOnceAndTheRestRegained() {
        Duration minute = Duration.ofMinutes(1);
        Duration more = minute.plusNanos(1);
        assertThat(Rate.atMost(100, minute)).isEqualTo(new Rate(91, more, 10));
        assertThat(Rate.atMost(101, minute)).isEqualTo(new Rate(91, more, 11));
        assertThat(Rate.atMost(10, minute)).isEqualTo(new Rate(10, more, 1));
        assertThat(Rate.atMost(1, minute)).isEqualTo(new Rate(1, more, 1));
        assertThat(Rate.atMost(100, minute, 100)).isEqualTo(new Rate(1, more, 100));
        assertThat(Rate.atMost(100, minute, 1)).isEqualTo(new Rate(100, more, 1));
        for (long permits = 1; permits < 1000; permits++) {
            Rate rate = Rate.atMost(permits, minute);
            assertThat(rate.permits() * 10).isGreaterThanOrEqualTo(permits * 9);
            assertThat(rate.capacity() * 10).isGreaterThanOrEqualTo(permits);
        }
    }

    @Test
    void atMostOutsideOfTheBounds() {
        Duration second = Duration.ofSeconds(1);
        for (long permits : new long[] {0, -1, Long.MIN_VALUE}) {
            assertThatThrownBy(() -> Rate.atMost(permits, second))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("permits must be at least 1, but was " + permits);
        }
        for (long burst : new long[] {0, -1, 6, Long.MAX_VALUE}) {
            assertThatThrownBy(() -> Rate.atMost(5, second, burst))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("the burst must be from 1 to 5, the most permits in a window, but was " + burst);
        }
        Duration longest = Duration.ofNanos(Long.MAX_VALUE - 1);
        assertThat(Rate.atMost(Long.MAX_VALUE - 1, longest).period()).isEqualTo(Duration.ofNanos(Long.MAX_VALUE));
        assertThatThrownBy(() -> Rate.atMost(Long.MAX_VALUE, longest))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("permits must be at most " + (Long.MAX_VALUE - 1) + " in a window of " + longest
                        + " (one a nanosecond), but was " + Long.MAX_VALUE);
        assertThatThrownBy(() -> Rate.atMost(1, longest.plusNanos(1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the window must be at most " + longest + " (292 years), but was " + longest.plusNanos(1));
        assertThatThrownBy(() -> Rate.atMost(1, Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the window must be at least 1 ns, but was PT0S");
    }

    @Test
    void whatThereIsInitiallyIsTheCapacityUnlessSaid() {
        Rate full = Rate.perSecond(10);
        assertThat(full.initially()).isEqualTo(10);
        assertThat(full.burst(30).initially()).isEqualTo(30);
        assertThat(full.burstWindow(Duration.ofSeconds(2)).initially()).isEqualTo(20);
        Rate cold = full.initially(4);
        assertThat(cold).isNotEqualTo(full).isEqualTo(new Rate(10, Duration.ofSeconds(1), 10, 4));
        assertThat(cold.burst(30).initially()).isEqualTo(4);
        assertThat(cold.burst(3).initially()).isEqualTo(3);
        assertThat(cold.dividedBy(3).initially()).isEqualTo(1);
        assertThat(cold.dividedBy(5).initially()).isZero();
        assertThat(full.dividedBy(20).initially()).as("full, as the whole").isEqualTo(1);
        assertThat(full.initially(10)).isEqualTo(full).hasToString("10/s");
        assertThat(cold).hasToString("10/s initially 4");
        for (long permits : new long[] {-1, 11, Long.MIN_VALUE, Long.MAX_VALUE}) {
            assertThatThrownBy(() -> full.initially(permits))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("the permits initially must be from 0 to the capacity of 10, but was " + permits);
        }
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
