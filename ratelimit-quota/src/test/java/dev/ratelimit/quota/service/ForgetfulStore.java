package dev.ratelimit.quota.service;

import dev.ratelimit.quota.spi.Capabilities;
import dev.ratelimit.quota.spi.Operation;
import dev.ratelimit.quota.spi.Outcome;
import dev.ratelimit.quota.spi.QuotaStore;
import dev.ratelimit.store.Deadline;
import java.util.List;

/** A store that says that it remembers operations, and does not. */
public record ForgetfulStore(QuotaStore store) implements QuotaStore {

    @Override
    public Capabilities capabilities() {
        return store.capabilities();
    }

    @Override
    public List<Outcome> apply(List<Operation> operations, Deadline deadline) {
        return store.apply(operations.stream().map(ForgetfulStore::forgotten).toList(), deadline);
    }

    private static Operation forgotten(Operation operation) {
        if (operation instanceof Operation.Acquire acquire) {
            return forgotten(acquire);
        }
        if (operation instanceof Operation.Group group) {
            return new Operation.Group(
                    group.acquires().stream().map(ForgetfulStore::forgotten).toList());
        }
        return operation instanceof Operation.Adjust adjust
                ? new Operation.Adjust(adjust.counter(), adjust.delta(), null)
                : operation;
    }

    private static Operation.Acquire forgotten(Operation.Acquire acquire) {
        return new Operation.Acquire(acquire.counter(), acquire.want(), acquire.min(), acquire.limit(), null);
    }

    @Override
    public void close() {
        store.close();
    }
}
