package dev.ratelimit.rate.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ratelimit.Rate;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class StoredRateTest {

    @Test
    void isInLowestTerms() {
        assertThat(StoredRate.of(Rate.perSecond(10))).isEqualTo(new StoredRate(100_000, 1, 10));
        assertThat(StoredRate.of(Rate.perSecond(3))).isEqualTo(new StoredRate(1_000_000, 3, 3));
        assertThat(StoredRate.of(Rate.of(1, Duration.ofNanos(1)).burst(7))).isEqualTo(new StoredRate(1, 1000, 7));
        assertThat(StoredRate.of(Rate.of(2, Duration.ofNanos(3001)).burst(5))).isEqualTo(new StoredRate(3001, 2000, 5));
    }

    @Test
    void largestCapacities() {
        assertThat(StoredRate.of(Rate.perDay(1).burst(104_000)).capacity()).isEqualTo(104_000);
        assertThat(StoredRate.of(Rate.perSecond(3).burst(9_000_000_000L)).capacity())
                .isEqualTo(9_000_000_000L);
        assertThat(StoredRate.of(Rate.perSecond(999_983).burst(9_000_000_000L)).unitsPerMicro())
                .isEqualTo(999_983);
        assertThat(StoredRate.of(Rate.atMost(100, Duration.ofMinutes(1))).unitsPerPermit())
                .isEqualTo(60_000_000_001L);
    }

    @Test
    void refusesWhatIsNotExact() {
        assertThatThrownBy(() -> StoredRate.of(Rate.perDay(1).burst(105_000)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("choose a burst of at most 104249");
        assertThat(StoredRate.of(Rate.perDay(1).burst(104_249)).capacity()).isEqualTo(104_249);
        assertThatThrownBy(() -> StoredRate.of(Rate.of(9_007_199_254_740_993L, Duration.ofNanos(Long.MAX_VALUE))
                        .burst(1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("rounder permits");
    }

    @Test
    void waitsAreRoundedUp() {
        StoredRate three = StoredRate.of(Rate.perSecond(3));
        assertThat(three.waitMicros(3_000_000, 1)).isEqualTo(333_334);
        assertThat(three.waitMicros(3_000_000, 3)).isEqualTo(1_000_000);
        assertThat(three.waitMicros(2_000_000, 1)).isZero();
        assertThat(three.waitMicros(2_000_001, 1)).isEqualTo(1);
        assertThat(three.permits(2_000_001, 0)).isZero();
        assertThat(three.permits(2_000_001, 1)).isEqualTo(1);
    }

    @Test
    void namesTheArgumentAtFault() {
        assertThatThrownBy(() -> new StoredRate(0, 1, 1)).hasMessageContaining("unitsPerPermit");
        assertThatThrownBy(() -> new StoredRate(1, 0, 1)).hasMessageContaining("unitsPerMicro");
        assertThatThrownBy(() -> new StoredRate(1, 1, 0)).hasMessageContaining("capacity");
        assertThatThrownBy(() -> new StoredRate(1 << 20, 1, 1L << 33)).hasMessageContaining("capacity");
    }
}
