package dev.ratelimit.quota.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ratelimit.quota.spi.Operation.Acquire;
import dev.ratelimit.quota.spi.Operation.Adjust;
import java.math.BigInteger;
import java.time.Instant;
import java.util.function.LongBinaryOperator;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** The arithmetic of operations equals that of integers of unlimited size. */
class ArithmeticPropertyTest {

    private static final BigInteger MAX = BigInteger.valueOf(Long.MAX_VALUE);
    private static final Counter COUNTER = Counter.of("q", "s", Instant.EPOCH, Instant.EPOCH.plusSeconds(60));

    @Property
    void an_acquire_is_granted_what_there_is_room_for(
            @ForAll("amounts") long a,
            @ForAll("amounts") long b,
            @ForAll("amounts") long limit,
            @ForAll("amounts") long used) {
        Acquire acquire = new Acquire(COUNTER, Math.max(1, Math.max(a, b)), Math.max(1, Math.min(a, b)), limit, null);
        BigInteger room = BigInteger.valueOf(limit).subtract(BigInteger.valueOf(used));
        BigInteger exact = room.compareTo(BigInteger.valueOf(acquire.min())) < 0
                ? BigInteger.ZERO
                : room.min(BigInteger.valueOf(acquire.want()));
        assertThat(acquire.granted(used)).isEqualTo(exact.longValueExact());
    }

    @Property
    void an_adjust_stops_at_zero_and_at_the_largest_number(@ForAll("amounts") long used, @ForAll("deltas") long delta) {
        checkSum((shown, change) -> new Adjust(COUNTER, change, null).applied(shown), used, delta);
    }

    @Example
    void a_sum_that_wraps_is_caught() {
        assertThatThrownBy(() -> checkSum((used, delta) -> Math.max(0, used + delta), Long.MAX_VALUE, 1))
                .isInstanceOf(AssertionError.class);
    }

    private static void checkSum(LongBinaryOperator sum, long used, long delta) {
        BigInteger exact = BigInteger.valueOf(used).add(BigInteger.valueOf(delta));
        assertThat(sum.applyAsLong(used, delta))
                .isEqualTo(exact.max(BigInteger.ZERO).min(MAX).longValueExact());
    }

    @Provide
    Arbitrary<Long> amounts() {
        return Arbitraries.oneOf(
                Arbitraries.longs().between(0, 20),
                Arbitraries.longs().between(Long.MAX_VALUE - 20, Long.MAX_VALUE),
                Arbitraries.longs().greaterOrEqual(0));
    }

    @Provide
    Arbitrary<Long> deltas() {
        return Arbitraries.oneOf(
                        Arbitraries.longs().between(-20, 20),
                        Arbitraries.longs().between(Long.MIN_VALUE, Long.MIN_VALUE + 20),
                        Arbitraries.longs().between(Long.MAX_VALUE - 20, Long.MAX_VALUE))
                .filter(delta -> delta != 0);
    }
}
