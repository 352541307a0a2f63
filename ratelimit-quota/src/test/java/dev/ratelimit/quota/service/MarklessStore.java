package dev.ratelimit.quota.service;

import dev.ratelimit.quota.spi.Capabilities;
import dev.ratelimit.quota.spi.Operation;
import dev.ratelimit.quota.spi.Outcome;
import dev.ratelimit.quota.spi.QuotaStore;
import dev.ratelimit.store.Deadline;
import java.time.Instant;
import java.util.List;

/** A store that forgets at once what is kept beside counters of use. */
record MarklessStore(QuotaStore store) implements QuotaStore {

    @Override
    public Capabilities capabilities() {
        return store.capabilities();
    }

    @Override
    public List<Outcome> apply(List<Operation> operations, Deadline deadline) {
        List<Outcome> outcomes = store.apply(operations, deadline);
        for (Operation operation : operations) {
            if (operation instanceof Operation.Acquire acquire
                    && acquire.counter().start().isBefore(Instant.EPOCH)) {
                store.apply(List.of(new Operation.Adjust(acquire.counter(), -Long.MAX_VALUE, null)), deadline);
            }
        }
        return outcomes;
    }

    @Override
    public void close() {
        store.close();
    }
}
