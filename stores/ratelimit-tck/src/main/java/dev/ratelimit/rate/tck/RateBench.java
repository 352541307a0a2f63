package dev.ratelimit.rate.tck;

import dev.ratelimit.rate.spi.RateStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Assumptions;

/** The tools of one test: stores that are closed after it, and budgets that no other test uses. */
final class RateBench implements AutoCloseable {

    private final RateStoreHooks hooks;
    private final List<RateStore> opened = new ArrayList<>();
    private RateCaller store;
    private boolean cut;

    RateBench(RateStoreHooks hooks) {
        this.hooks = hooks;
        this.store = opened(hooks.createStore());
    }

    RateCaller store() {
        return store;
    }

    /** A caller of another store on the same database; without one, the test is skipped. */
    RateCaller second() {
        Optional<RateStore> second = hooks.secondStore();
        Assumptions.assumeTrue(second.isPresent(), "not tested: there is no second store on the same database");
        return opened(second.get());
    }

    /** Restarts the store. If the store is not durable, the test is skipped. */
    void reopen() {
        Optional<RateStore> again = hooks.reopen(store.store());
        Assumptions.assumeTrue(again.isPresent(), "not tested: the store is not durable");
        store = opened(again.get());
    }

    void cut() {
        Assumptions.assumeTrue(hooks.cut(), "not tested: no fault can be made, see RateStoreHooks.cut");
        cut = true;
    }

    void restore() {
        cut = false;
        hooks.restore();
    }

    void setBack(Duration time) {
        Assumptions.assumeTrue(
                hooks.setBack(time), "not tested: the clock cannot be moved, see RateStoreHooks.setBack");
    }

    /** Returns a budget that no other test uses, whose outcomes are compared with those of the reference. */
    ComparedBudget budget() {
        return new ComparedBudget(hooks, name());
    }

    /** Returns the name of a budget that no other test uses. */
    static String name() {
        return "tck/" + UUID.randomUUID();
    }

    /** Waits until a condition holds, at most as long as patience is, and does upkeep in between. */
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
        opened.forEach(RateStore::close);
    }

    private RateCaller opened(RateStore store) {
        opened.add(store);
        return new RateCaller(store, hooks.deadline());
    }
}
