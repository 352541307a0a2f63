package dev.ratelimit.quota;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class QuotaTest {

    @Test
    void aQuotaIsAnAmountPerWindow() {
        Quota quota = Quota.of("calls", 20_000, CalendarWindow.monthly());
        assertThat(quota).isEqualTo(new Quota("calls", 20_000, CalendarWindow.monthly()));
        assertThat(Quota.of("exports", 0, CalendarWindow.daily()).limit()).isZero();
        assertThat(Quota.of("bytes", Long.MAX_VALUE, CalendarWindow.daily()).limit())
                .isEqualTo(Long.MAX_VALUE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "A-Z_a.z-0", "1234567890123456789012345678901234567890123456789012345678901234"})
    void names(String name) {
        assertThat(Quota.of(name, 1, CalendarWindow.daily()).name()).isEqualTo(name);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "a b",
                "a/b",
                "a%b",
                "a\n",
                "ä",
                "\u0663",
                "12345678901234567890123456789012345678901234567890123456789012345"
            })
    void namesThatAreRefused(String name) {
        assertThatThrownBy(() -> Quota.of(name, 1, CalendarWindow.daily()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the name of a quota must be 1 to 64 of A-Z a-z 0-9 . _ - but was \"" + name + "\"");
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, Long.MIN_VALUE})
    void limitsBelowZero(long limit) {
        assertThatThrownBy(() -> Quota.of("calls", limit, CalendarWindow.daily()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the limit must be at least 0 (which blocks), but was " + limit);
    }

    @Test
    void boundsHaveTheirStartAndNotTheirEnd() {
        Instant start = Instant.parse("2026-03-01T00:00:00Z");
        WindowBounds bounds = new WindowBounds(start, start.plusSeconds(60));
        assertThat(bounds.contains(start)).isTrue();
        assertThat(bounds.contains(start.plusSeconds(60).minusNanos(1))).isTrue();
        assertThat(bounds.contains(start.minusNanos(1))).isFalse();
        assertThat(bounds.contains(start.plusSeconds(60))).isFalse();
        assertThatThrownBy(() -> new WindowBounds(start, start))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a window must end after its start " + start + ", but ends " + start);
    }
}
