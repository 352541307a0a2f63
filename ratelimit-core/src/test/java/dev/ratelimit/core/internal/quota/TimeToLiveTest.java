package dev.ratelimit.core.internal.quota;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ratelimit.WhenUnavailable;
import dev.ratelimit.quota.CloseCharges;
import dev.ratelimit.quota.QuotaReservation;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Reservations that nobody ends are closed when their time is over. */
class TimeToLiveTest {

    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final ServiceOnTrial trial = new ServiceOnTrial();
    private final StoreQuotas quotas = trial.service(WhenUnavailable.fail(), ServiceOnTrial.DAILY);

    private long counted() {
        return trial.counted(ServiceOnTrial.DAILY);
    }

    @Test
    void aReservationIsClosedAfterItsTime() {
        quotas.reserve("key", 5).timeToLive(MINUTE);
        quotas.reserve("key", 3).closeCharges(CloseCharges.RESERVED).timeToLive(MINUTE);
        trial.advance(Duration.ofSeconds(59));
        assertThat(counted()).isEqualTo(8);
        trial.advance(Duration.ofSeconds(1));
        assertThat(counted()).isEqualTo(3);
    }

    @Test
    void oneThatHasEndedIsNot() {
        QuotaReservation ended = quotas.reserve("key", 5).timeToLive(MINUTE);
        ended.commit();
        QuotaReservation handed = quotas.reserve("key", 2).timeToLive(MINUTE);
        String handle = handed.handle();
        trial.advance(MINUTE);
        assertThat(counted()).isEqualTo(7);
        quotas.resume(handle).timeToLive(MINUTE);
        trial.advance(MINUTE);
        assertThat(counted()).as("the resumed one").isEqualTo(5);
        ended.timeToLive(MINUTE);
        trial.advance(MINUTE);
        assertThat(counted()).isEqualTo(5);
    }

    @Test
    void theLastTimeThatWasSetHolds() {
        QuotaReservation reserved = quotas.reserve("key", 5).timeToLive(MINUTE);
        trial.advance(Duration.ofSeconds(59));
        reserved.timeToLive(MINUTE);
        trial.advance(Duration.ofSeconds(59));
        assertThat(counted()).isEqualTo(5);
        trial.advance(Duration.ofSeconds(1));
        assertThat(counted()).isZero();
        assertThatThrownBy(() -> reserved.timeToLive(Duration.ZERO)).hasMessageContaining("timeToLive");
    }
}
