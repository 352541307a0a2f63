package dev.ratelimit.core.issues;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.ratelimit.Decision.Reason;
import dev.ratelimit.Limiter;
import dev.ratelimit.Policy;
import dev.ratelimit.Rate;
import dev.ratelimit.Reservation;
import dev.ratelimit.WhenSaturated;
import dev.ratelimit.core.Limiters;
import dev.ratelimit.testing.ManualTime;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A new key needs a place for each rate: where only one is left, a reservation is refused as any other request is. */
class SaturatedReservationTest {

    private static final Policy TWO_RATES =
            Policy.of("two", Rate.perHour(10), Rate.of(100, Duration.ofDays(1))).shape(Duration.ofHours(10));

    @Test
    void isRefusedWhereOnlyOnePlaceIsLeft() {
        assertTimeoutPreemptively(Duration.ofMinutes(1), () -> {
            for (int i = 0; i < 50; i++) {
                Limiter<String> limiter = full();
                for (int key = 0; key < 40; key++) {
                    refusedOrWhole(limiter, "new " + key);
                }
            }
        });
    }

    private static Limiter<String> full() {
        Limiter<String> limiter = Limiters.builder(TWO_RATES)
                .maxKeys(4)
                .whenSaturated(WhenSaturated.DENY)
                .timeSource(new ManualTime())
                .build();
        for (int i = 0; limiter.decide("old " + i).reason() != Reason.SATURATED; i++) {
            assertThat(i).as("keys that found a place").isLessThan(1000);
        }
        return limiter;
    }

    private static void refusedOrWhole(Limiter<String> limiter, String key) {
        boolean isThereRoom = limiter.decide(key).allowed();
        Reservation reservation = limiter.reserve(key, 1);
        assertThat(reservation.decision().reason() == Reason.SATURATED).isNotEqualTo(isThereRoom);
    }
}
