package dev.ratelimit.quota.tck;

import dev.ratelimit.quota.spi.Capabilities;
import dev.ratelimit.quota.spi.Capabilities.AtomicGroups;
import dev.ratelimit.quota.spi.Counter;
import dev.ratelimit.quota.spi.OperationId;
import dev.ratelimit.quota.spi.QuotaStore;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Assumptions;

/** The tools of one test: stores that are closed after it, counters that no other test uses, and ids. */
final class Bench implements AutoCloseable {

    private static final Duration LIFE = Duration.ofHours(1);

    private final StoreHooks hooks;
    private final List<QuotaStore> opened = new ArrayList<>();
    private final UUID holder = UUID.randomUUID();
    private final AtomicLong sequence = new AtomicLong();
    private Caller store;
    private boolean cut;

    Bench(StoreHooks hooks) {
        this.hooks = hooks;
        this.store = opened(hooks.createStore());
    }

    Caller store() {
        return store;
    }

    /** A caller of another store on the same database; without one, the test is skipped. */
    Caller second() {
        Optional<QuotaStore> second = hooks.secondStore();
        Assumptions.assumeTrue(second.isPresent(), "not tested: there is no second store on the same database");
        return opened(second.get());
    }

    /** Restarts the store. If the store is not durable, the test is skipped. */
    void reopen() {
        Optional<QuotaStore> again = hooks.reopen(store.store());
        Assumptions.assumeTrue(again.isPresent(), "not tested: the store is not durable");
        store = opened(again.get());
    }

    void cut() {
        Assumptions.assumeTrue(hooks.cut(), "not tested: no fault can be made, see StoreHooks.cut");
        cut = true;
    }

    void restore() {
        cut = false;
        hooks.restore();
    }

    void advance(Duration time) {
        Assumptions.assumeTrue(hooks.advance(time), "not tested: time cannot go by, see StoreHooks.advance");
    }

    Duration patience() {
        return hooks.patience();
    }

    Capabilities can() {
        return store.store().capabilities();
    }

    void needsMemoryOfOperations() {
        Assumptions.assumeTrue(
                can().remembersOperations(), "not tested: by its capabilities, the store remembers no operations");
    }

    void needsGroups() {
        Assumptions.assumeTrue(
                can().atomicGroups() != AtomicGroups.NONE, "not tested: by its capabilities, the store has no groups");
    }

    /** Returns a new counter. */
    Counter counter() {
        return counter("tck", UUID.randomUUID().toString(), LIFE);
    }

    Counter counter(Duration life) {
        return counter("tck", UUID.randomUUID().toString(), life);
    }

    Counter counter(String quota, String subject, Duration life) {
        Instant now = hooks.now();
        return Counter.of(quota, subject, now.truncatedTo(ChronoUnit.SECONDS).minusSeconds(1), now.plus(life));
    }

    /** Returns new counters that can be in one group: of one subject, if the store requires that. */
    List<Counter> counters(int count) {
        String subject = UUID.randomUUID().toString();
        boolean anySubject = can().atomicGroups() == AtomicGroups.ALL;
        List<Counter> counters = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            counters.add(counter("tck-" + i, anySubject ? subject + "-" + i : subject, LIFE));
        }
        return counters;
    }

    /** Returns a new id. */
    OperationId id() {
        return new OperationId(holder, sequence.incrementAndGet());
    }

    /**
     * Waits until a condition holds, at most {@link StoreHooks#patience()}, and does upkeep in between. Returns whether
     * it held.
     */
    boolean eventually(BooleanSupplier condition) {
        long end = System.nanoTime() + hooks.patience().toNanos();
        do {
            hooks.upkeep();
            if (condition.getAsBoolean()) {
                return true;
            }
            LockSupport.parkNanos(20_000_000);
        } while (System.nanoTime() - end < 0);
        return false;
    }

    @Override
    public void close() {
        if (cut) {
            restore();
        }
        opened.forEach(QuotaStore::close);
    }

    private Caller opened(QuotaStore store) {
        opened.add(store);
        return new Caller(store, hooks.deadline());
    }
}
