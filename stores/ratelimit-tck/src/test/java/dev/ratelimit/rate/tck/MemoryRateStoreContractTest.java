package dev.ratelimit.rate.tck;

import dev.ratelimit.rate.spi.RateStore;
import dev.ratelimit.rate.spi.RateStores;
import java.time.Duration;

/** The store in memory obeys the rules. */
class MemoryRateStoreContractTest extends RateStoreContract {

    private final RateClock clock = new RateClock();

    @Override
    public RateStore createStore() {
        return RateStores.inMemory(clock);
    }

    @Override
    public void advance(Duration time) {
        clock.advance(time);
    }

    @Override
    public long micros() {
        return clock.passedMicros();
    }

    @Override
    public boolean setBack(Duration time) {
        clock.setBack(time);
        return true;
    }
}
