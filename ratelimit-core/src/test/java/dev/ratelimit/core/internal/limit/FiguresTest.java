package dev.ratelimit.core.internal.limit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.Gauges;
import dev.ratelimit.Limiter;
import dev.ratelimit.Policy;
import dev.ratelimit.Rate;
import dev.ratelimit.Snapshot;
import dev.ratelimit.core.Limiters;
import dev.ratelimit.testing.ManualTime;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What a limiter knows of a key, and its gauges. */
class FiguresTest {

    private static final Policy DARK = Policy.of("dark", Rate.perSecond(10), Rate.perMinute(100))
            .blackout(Duration.ofSeconds(5))
            .maxConcurrent(3);

    private final ManualTime time = new ManualTime();
    private final Limiter<String> limiter =
            Limiters.builder(DARK).maxKeys(100).timeSource(time).build();

    @Test
    void aSnapshotHasTheDebtOfEachRateTheLeasesAndTheLongerBlackout() {
        limiter.tryEnter("ada");
        limiter.tryAcquire("ada", 3);
        time.advance(Duration.ofMillis(200));
        limiter.tryAcquire("ada", 9);
        Snapshot snapshot = limiter.snapshot("ada");
        assertThat(snapshot.policy()).isEqualTo(DARK);
        assertThat(snapshot.leases()).isEqualTo(1);
        assertThat(snapshot.blackout()).isEqualTo(Duration.ofSeconds(5));
        assertThat(snapshot.budgets()).extracting(Snapshot.Budget::debt).containsExactly(2L, 4L);
        limiter.blackout("ada", Duration.ofSeconds(2));
        assertThat(limiter.snapshot("ada").blackout()).isEqualTo(Duration.ofSeconds(5));
        limiter.blackout("ada", Duration.ofSeconds(7));
        assertThat(limiter.snapshot("ada").blackout()).isEqualTo(Duration.ofSeconds(7));
    }

    @Test
    void gaugesCountLeasesAndDebtsOfAllKeys() {
        limiter.tryEnter("ada");
        limiter.tryEnter("bob");
        limiter.tryAcquire("cy");
        Gauges gauges = limiter.gauges();
        assertThat(gauges.leases()).isEqualTo(2);
        assertThat(gauges.waiting()).isZero();
        // Each of three keys owes at two rates.
        assertThat(gauges.debts()).isEqualTo(6);
    }
}
