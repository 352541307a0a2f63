package dev.ratelimit.rate.tck;

import dev.ratelimit.rate.spi.BudgetState;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The database of plain stores: states, and a clock. */
final class RateBackend {

    final Map<String, BudgetState> states = new ConcurrentHashMap<>();
    final RateClock clock = new RateClock();
    volatile boolean cut;

    long nowMicros() {
        java.time.Instant now = clock.instant();
        return now.getEpochSecond() * 1_000_000 + now.getNano() / 1000;
    }
}
