package dev.ratelimit.rate.tck;

import dev.ratelimit.rate.spi.BudgetState;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The database of plain stores: states, and a clock. */
final class RateBackend {

    final Map<String, BudgetState> states = new ConcurrentHashMap<>();
    final RateClock clock = new RateClock();
    volatile boolean cut;

    long nowMicros() {
        return ChronoUnit.MICROS.between(Instant.EPOCH, clock.instant());
    }
}
