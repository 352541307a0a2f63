package dev.ratelimit.quota.tck;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.quota.spi.Counter;
import dev.ratelimit.quota.spi.Outcome.Counted;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Chapter S3 of the rules: the limit travels with the call. */
public interface S3LimitTravels extends StoreHooks {

    /** A limit goes up, and down, and up. */
    @Test
    @DisplayName("S3.1 only the limit of the call binds")
    default void s3_1_onlyTheLimitOfTheCallBinds() {
        try (Bench bench = new Bench(this)) {
            Caller store = bench.store();
            Counter counter = bench.counter();
            store.acquire(counter, 5, 5);
            assertThat(store.acquire(counter, 1, 5).granted())
                    .as("S3.1: the sixth of 5")
                    .isZero();
            assertThat(store.acquire(counter, 4, 20).granted())
                    .as("S3.1: 4 more, once the limit is 20")
                    .isEqualTo(4);
            assertThat(store.acquire(counter, 2, 10).granted())
                    .as("S3.1: 2 more than 9, once the limit is 10")
                    .isZero();
            assertThat(store.acquire(counter, 1, 10).granted())
                    .as("S3.1: one more than 9, once the limit is 10")
                    .isEqualTo(1);
            assertThat(store.acquire(counter, 2, 20).granted())
                    .as("S3.1: 2 more, once the limit is 20 again")
                    .isEqualTo(2);
        }
    }

    /** A limit below what is shown. */
    @Test
    @DisplayName("S3.2 a lower limit takes nothing away")
    default void s3_2_lowerLimitTakesNothingAway() {
        try (Bench bench = new Bench(this)) {
            Caller store = bench.store();
            Counter counter = bench.counter();
            store.acquire(counter, 9, 10);
            assertThat(store.acquire(counter, 2, 1, 4))
                    .as("S3.2: a counter that shows 9, at a limit of 4")
                    .isEqualTo(new Counted(0, 9));
            assertThat(store.acquire(counter, 1, 0))
                    .as("S3.2: a counter that shows 9, at a limit of zero")
                    .isEqualTo(new Counted(0, 9));
            assertThat(store.used(counter)).as("S3.2: shown after it").isEqualTo(9);
        }
    }
}
