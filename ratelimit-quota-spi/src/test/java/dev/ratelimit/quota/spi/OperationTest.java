package dev.ratelimit.quota.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ratelimit.TimeSource;
import dev.ratelimit.quota.spi.Operation.Acquire;
import dev.ratelimit.store.Deadline;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OperationTest {

    private static Counter counter(String subject) {
        return Counter.of("q", subject, Instant.EPOCH, Instant.EPOCH.plusSeconds(60));
    }

    @ParameterizedTest
    @CsvSource({"0, 0, 1", "1, 0, 1", "1, 2, 3", "-1, 1, 1", "1, 1, -1"})
    void anAcquireThatMeansNothingIsRefused(long want, long min, long limit) {
        assertThatThrownBy(() -> new Acquire(counter("a"), want, min, limit, null))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("but");
    }

    @Test
    void aGroupIsOfSeveralCountersAllOrNothing() {
        Acquire a = Acquire.allOrNothing(counter("a"), 2, 10);
        Acquire b = Acquire.allOrNothing(counter("b"), 2, 10);
        assertThat(new Operation.Group(List.of(a, b)).acquires()).containsExactly(a, b);
        assertThatThrownBy(() -> new Operation.Group(List.of(a))).hasMessageContaining("at least 2");
        assertThatThrownBy(() -> new Operation.Group(List.of(a, a))).hasMessageContaining("a counter once");
        assertThatThrownBy(() -> new Operation.Group(List.of(a, new Acquire(counter("b"), 2, 1, 10, null))))
                .hasMessageContaining("all or nothing");
    }

    @Test
    void otherArgumentsThatMeanNothingAreRefused() {
        assertThatThrownBy(() -> new Operation.Adjust(counter("a"), 0, null)).hasMessageContaining("use Read");
        assertThatThrownBy(() -> new OperationId(UUID.randomUUID(), 0)).hasMessageContaining("at least 1");
        assertThatThrownBy(() -> new Outcome.Counted(-1, 0)).hasMessageContaining("at least 0");
        assertThatThrownBy(() -> new Capabilities(true, Capabilities.AtomicGroups.ALL, 0))
                .hasMessageContaining("at least 1");
        assertThatThrownBy(() -> Deadline.after(Duration.ZERO)).hasMessageContaining("more than zero");
    }

    @Test
    void aGroupIsGrantedIfAllOfItIs() {
        Outcome.Counted granted = new Outcome.Counted(2, 2);
        assertThat(new Outcome.Grouped(List.of(granted, granted)).allowed()).isTrue();
        assertThat(new Outcome.Grouped(List.of(granted, new Outcome.Counted(0, 9))).allowed())
                .isFalse();
    }

    @Test
    void aDeadlinePasses() {
        AtomicLong now = new AtomicLong(Long.MAX_VALUE - 10);
        TimeSource time = now::get;
        Deadline deadline = Deadline.after(Duration.ofNanos(1_500_000), time);
        assertThat(deadline.remainingMillis()).isEqualTo(2);
        now.addAndGet(1_499_999);
        assertThat(deadline.remainingNanos()).isEqualTo(1);
        assertThat(deadline.remainingMillis()).isEqualTo(1);
        assertThat(deadline.hasPassed()).isFalse();
        now.addAndGet(1);
        assertThat(deadline.hasPassed()).isTrue();
        assertThat(deadline.remainingMillis()).isZero();
        assertThat(Deadline.never().hasPassed()).isFalse();
        assertThat(Deadline.never().remainingMillis()).isEqualTo(Long.MAX_VALUE / 1_000_000 + 1);
        assertThat(Deadline.after(Duration.ofSeconds(Long.MAX_VALUE), time).hasPassed())
                .isFalse();
    }
}
