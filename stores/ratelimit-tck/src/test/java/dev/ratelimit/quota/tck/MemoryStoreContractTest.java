package dev.ratelimit.quota.tck;

import dev.ratelimit.quota.service.internal.MemoryStore;
import dev.ratelimit.quota.spi.QuotaStore;
import java.time.Duration;
import java.time.Instant;
import java.util.OptionalLong;

/** The store in memory obeys the rules. */
class MemoryStoreContractTest extends QuotaStoreContract {

    private final MovableClock clock = new MovableClock();
    private final MemoryStore store = new MemoryStore(clock);

    @Override
    public QuotaStore createStore() {
        return store;
    }

    @Override
    public Instant now() {
        return clock.instant();
    }

    @Override
    public boolean advance(Duration time) {
        clock.advance(time);
        return true;
    }

    @Override
    public OptionalLong keptCounters() {
        return OptionalLong.of(store.size());
    }
}
