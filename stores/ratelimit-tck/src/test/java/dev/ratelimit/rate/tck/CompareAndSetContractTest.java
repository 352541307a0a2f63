package dev.ratelimit.rate.tck;

import dev.ratelimit.Certainty;
import dev.ratelimit.rate.spi.RateStore;
import dev.ratelimit.rate.spi.RateStores;
import dev.ratelimit.rate.spi.VersionedValues;
import dev.ratelimit.store.Deadline;
import dev.ratelimit.store.StoreException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;

/** The store over versioned values obeys the rules, also where one write in four meets another. */
class CompareAndSetContractTest extends RateStoreContract {

    private record Entry(String value, long version, Instant expires) {}

    private final Map<String, Entry> entries = new ConcurrentHashMap<>();
    private final RateClock clock = new RateClock();
    private volatile boolean cut;

    @Override
    public RateStore createStore() {
        return RateStores.compareAndSet(new Values());
    }

    @Override
    public Optional<RateStore> secondStore() {
        return Optional.of(createStore());
    }

    @Override
    public Optional<RateStore> reopen(RateStore open) {
        open.close();
        return secondStore();
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

    @Override
    public void upkeep() {
        clock.advance(Duration.ofSeconds(1));
        Instant now = clock.instant();
        entries.values().removeIf(entry -> entry.expires().isBefore(now));
    }

    @Override
    public OptionalLong keptBudgets() {
        return OptionalLong.of(entries.size());
    }

    @Override
    public boolean cut() {
        cut = true;
        return true;
    }

    @Override
    public void restore() {
        cut = false;
    }

    private final class Values implements VersionedValues {

        @Override
        public Found read(String name, Deadline deadline) {
            arrive(deadline);
            long micros = ChronoUnit.MICROS.between(Instant.EPOCH, clock.instant());
            Entry entry = entries.get(name);
            return entry == null
                    ? VersionedValues.nothing(micros)
                    : VersionedValues.found(entry.value(), entry.version(), micros);
        }

        @Override
        public boolean putIfAbsent(String name, String value, Duration life, Deadline deadline) {
            arrive(deadline);
            return !meets() && entries.putIfAbsent(name, new Entry(value, 1, ends(life))) == null;
        }

        @Override
        public boolean replace(String name, Found found, String value, Duration life, Deadline deadline) {
            arrive(deadline);
            if (meets()) {
                return false;
            }
            boolean[] replaced = {false};
            entries.computeIfPresent(name, (key, entry) -> {
                replaced[0] = entry.version() == found.version();
                return replaced[0] ? new Entry(value, entry.version() + 1, ends(life)) : entry;
            });
            return replaced[0];
        }

        private Instant ends(Duration life) {
            return clock.instant().plus(life);
        }

        private boolean meets() {
            return ThreadLocalRandom.current().nextInt(4) == 0;
        }

        private void arrive(Deadline deadline) {
            if (cut) {
                LockSupport.parkNanos(deadline.remainingNanos());
                throw new StoreException(Certainty.INDETERMINATE, "cut off", null);
            }
        }

        @Override
        public void close() {}
    }
}
