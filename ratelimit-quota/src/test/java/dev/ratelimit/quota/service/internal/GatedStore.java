package dev.ratelimit.quota.service.internal;

import dev.ratelimit.quota.spi.Capabilities;
import dev.ratelimit.quota.spi.Capabilities.AtomicGroups;
import dev.ratelimit.quota.spi.Operation;
import dev.ratelimit.quota.spi.Outcome;
import dev.ratelimit.quota.spi.QuotaStore;
import dev.ratelimit.store.Deadline;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Semaphore;

/** A store whose answers wait until a test lets them go, and whose calls are written down. */
final class GatedStore implements QuotaStore {

    final List<List<Operation>> calls = Collections.synchronizedList(new ArrayList<>());
    final Semaphore gate;
    private final QuotaStore store;
    private final Capabilities capabilities;

    private GatedStore(QuotaStore store, int open, AtomicGroups groups) {
        this.store = store;
        this.gate = new Semaphore(open);
        this.capabilities = new Capabilities(true, groups, 1_000);
    }

    static GatedStore closed(QuotaStore store) {
        return new GatedStore(store, 0, AtomicGroups.ALL);
    }

    static GatedStore withoutGroups(QuotaStore store) {
        return new GatedStore(store, Integer.MAX_VALUE / 2, AtomicGroups.NONE);
    }

    @Override
    public Capabilities capabilities() {
        return capabilities;
    }

    @Override
    public List<Outcome> apply(List<Operation> operations, Deadline deadline) {
        calls.add(operations);
        List<Outcome> outcomes = store.apply(operations, deadline);
        gate.acquireUninterruptibly();
        return outcomes;
    }

    @Override
    public void close() {
        store.close();
    }
}
