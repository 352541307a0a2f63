package dev.ratelimit.redis;

import dev.ratelimit.quota.spi.Counter;
import dev.ratelimit.quota.spi.Operation;
import dev.ratelimit.quota.spi.Outcome;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** The operations of quotas as calls of scripts. */
final class CounterRequests {

    /** The greatest number of milliseconds that a double holds exactly: in the year 287396. */
    private static final long LATEST_MILLIS = (1L << 53) - 1;

    private static final String MAX = String.valueOf(Long.MAX_VALUE);

    private static final CounterAnswers ONE = new CounterAnswers(1, false);

    private CounterRequests() {}

    static Request<Outcome> of(Operation operation, Keys names) {
        if (operation instanceof Operation.Acquire acquire) {
            return new Request<>(
                    Script.ACQUIRE,
                    List.of(names.of(acquire.counter())),
                    List.of(
                            Keys.of(acquire.id()),
                            expires(acquire.counter()),
                            life(acquire.counter()),
                            String.valueOf(acquire.want()),
                            String.valueOf(acquire.min()),
                            String.valueOf(acquire.limit())),
                    ONE);
        }
        if (operation instanceof Operation.Adjust adjust) {
            String delta = String.valueOf(adjust.delta());
            boolean less = adjust.delta() < 0;
            return new Request<>(
                    Script.ADJUST,
                    List.of(names.of(adjust.counter())),
                    List.of(
                            Keys.of(adjust.id()),
                            expires(adjust.counter()),
                            life(adjust.counter()),
                            less ? "-" : "+",
                            less ? delta.substring(1) : delta,
                            MAX),
                    ONE);
        }
        if (operation instanceof Operation.Read read) {
            return new Request<>(Script.READ, List.of(names.of(read.counter())), List.of(), ONE);
        }
        return of((Operation.Group) operation, names);
    }

    private static Request<Outcome> of(Operation.Group group, Keys names) {
        List<String> keys = new ArrayList<>();
        List<String> values = new ArrayList<>();
        for (Operation.Acquire acquire : group.acquires()) {
            keys.add(names.of(acquire.counter()));
            values.add(Keys.of(acquire.id()));
            values.add(expires(acquire.counter()));
            values.add(life(acquire.counter()));
            values.add(String.valueOf(acquire.want()));
            values.add(String.valueOf(acquire.limit()));
        }
        return new Request<>(Script.GROUP, keys, values, new CounterAnswers(keys.size(), true));
    }

    /** In milliseconds since 1970, rounded up. */
    private static String expires(Counter counter) {
        Instant expires = counter.expires();
        return String.valueOf(
                expires.getEpochSecond() >= LATEST_MILLIS / 1000
                        ? LATEST_MILLIS
                        : Math.max(0, expires.getEpochSecond()) * 1000 + expires.getNano() / 1_000_000 + 1);
    }

    /**
     * Returns the lifetime of a counter that is first used when its window starts: in milliseconds, rounded up to
     * seconds.
     */
    private static String life(Counter counter) {
        long seconds = counter.expires().getEpochSecond() - counter.start().getEpochSecond() + 1;
        return String.valueOf(Math.min(seconds, LATEST_MILLIS / 1000) * 1000);
    }
}
