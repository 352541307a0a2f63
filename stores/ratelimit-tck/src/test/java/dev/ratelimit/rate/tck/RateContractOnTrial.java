package dev.ratelimit.rate.tck;

import dev.ratelimit.rate.spi.RateStore;
import dev.ratelimit.tck.internal.Trial;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;

/** The contract of the store that is on trial, with all that can be offered. Run by a launcher of its own. */
class RateContractOnTrial extends RateStoreContract {

    static volatile Function<RateBackend, RateStore> opens = PlainRateStore::new;
    static volatile boolean faults = true;

    /** Runs all tests on a store. */
    static Trial trial(Function<RateBackend, RateStore> opens, boolean faults) {
        RateContractOnTrial.opens = opens;
        RateContractOnTrial.faults = faults;
        return Trial.of(RateContractOnTrial.class);
    }

    /** Runs the tests of one rule on a store. */
    static Trial trial(Function<RateBackend, RateStore> opens, boolean faults, String rule) {
        RateContractOnTrial.opens = opens;
        RateContractOnTrial.faults = faults;
        return Trial.of(RateContractOnTrial.class, rule);
    }

    private final RateBackend backend = new RateBackend();

    @Override
    public RateStore createStore() {
        return opens.apply(backend);
    }

    @Override
    public Optional<RateStore> secondStore() {
        return Optional.of(opens.apply(backend));
    }

    @Override
    public Optional<RateStore> reopen(RateStore open) {
        open.close();
        return Optional.of(opens.apply(backend));
    }

    @Override
    public Duration deadline() {
        return Duration.ofSeconds(1);
    }

    @Override
    public Duration patience() {
        return Duration.ofSeconds(3);
    }

    @Override
    public void advance(Duration time) {
        backend.clock.advance(time);
    }

    @Override
    public long micros() {
        return backend.clock.passedMicros();
    }

    @Override
    public boolean setBack(Duration time) {
        backend.clock.setBack(time);
        return true;
    }

    @Override
    public OptionalLong keptBudgets() {
        return OptionalLong.of(backend.states.size());
    }

    @Override
    public boolean cut() {
        backend.cut = faults;
        return faults;
    }

    @Override
    public void restore() {
        backend.cut = false;
    }
}
