package dev.ratelimit.core.internal.limit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.Decision;
import dev.ratelimit.Rate;
import org.junit.jupiter.api.Test;

/** A reservation is cancelled once, and only if it was granted. */
class CellReservationTest {

    private static final Decision ALLOWED =
            Decision.allowed(Rate.perSecond(10), 4, 600).withDelay(70);

    private int cancelled;

    @Test
    void itSaysWhatWasDecidedAndWhenItIsDue() {
        CellReservation reservation = new CellReservation(ALLOWED, 1_070, () -> {});
        assertThat(reservation.allowed()).isTrue();
        assertThat(reservation.decision()).isSameAs(ALLOWED);
        assertThat(reservation.dueNanos()).isEqualTo(1_070);
        assertThat(reservation).hasToString("Reservation[" + ALLOWED + "]");
    }

    @Test
    void theFirstOfTwoCancellationsGivesBackAndTheSecondDoesNothing() {
        CellReservation reservation = new CellReservation(ALLOWED, 0, () -> cancelled++);
        assertThat(reservation.cancel()).isTrue();
        assertThat(reservation.cancel()).isFalse();
        assertThat(cancelled).isEqualTo(1);
        assertThat(reservation.allowed()).as("what was decided stays").isTrue();
    }

    @Test
    void aCancellationFromWithinACancellationDoesNothing() {
        CellReservation[] own = new CellReservation[1];
        own[0] = new CellReservation(ALLOWED, 0, () -> {
            cancelled++;
            assertThat(own[0].cancel()).isFalse();
        });
        assertThat(own[0].cancel()).isTrue();
        assertThat(cancelled).isEqualTo(1);
    }

    @Test
    void aRefusedReservationHasNothingToCancel() {
        CellReservation refused = new CellReservation(Decision.blocked(), 0, null);
        assertThat(refused.allowed()).isFalse();
        assertThat(refused.cancel()).isFalse();
    }
}
