package dev.ratelimit.quota.service;

import dev.ratelimit.quota.spi.Capabilities;
import dev.ratelimit.quota.spi.Operation;
import dev.ratelimit.quota.spi.Outcome;
import dev.ratelimit.quota.spi.QuotaStore;
import dev.ratelimit.store.Deadline;
import java.util.List;

/** A store in memory that does not say so: requests for one key meet, and go together. */
record DistantStore(QuotaStore store) implements QuotaStore {

    static QuotaStore create() {
        return new DistantStore(QuotaStores.inMemory());
    }

    @Override
    public Capabilities capabilities() {
        return store.capabilities();
    }

    @Override
    public List<Outcome> apply(List<Operation> operations, Deadline deadline) {
        return store.apply(operations, deadline);
    }

    @Override
    public void close() {
        store.close();
    }
}
