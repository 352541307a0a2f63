package dev.ratelimit.quota.tck;

import dev.ratelimit.quota.spi.QuotaStore;
import dev.ratelimit.tck.internal.Trial;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;

/** The contract of the store that is on trial, with all that can be offered. Run by a launcher of its own. */
class ContractOnTrial extends QuotaStoreContract {

    static volatile Function<PlainBackend, PlainStore> opens = PlainStore::new;
    static volatile boolean faults = true;

    /** Runs all tests on a store. */
    static Trial trial(Function<PlainBackend, PlainStore> opens, boolean faults) {
        ContractOnTrial.opens = opens;
        ContractOnTrial.faults = faults;
        return Trial.of(ContractOnTrial.class);
    }

    private final PlainBackend backend = new PlainBackend();

    @Override
    public QuotaStore createStore() {
        return opens.apply(backend);
    }

    @Override
    public Optional<QuotaStore> secondStore() {
        return Optional.of(opens.apply(backend));
    }

    @Override
    public Optional<QuotaStore> reopen(QuotaStore open) {
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
    public Instant now() {
        return backend.clock.instant();
    }

    @Override
    public boolean advance(Duration time) {
        backend.clock.advance(time);
        return true;
    }

    @Override
    public OptionalLong keptCounters() {
        // The counter that the test looks at meanwhile does not count.
        return OptionalLong.of(backend.states.values().stream()
                .filter(state -> !state.expires.isAfter(backend.clock.instant().plusSeconds(60)))
                .count());
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
