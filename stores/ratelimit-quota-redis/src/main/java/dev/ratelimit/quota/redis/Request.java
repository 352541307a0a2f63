package dev.ratelimit.quota.redis;

import dev.ratelimit.quota.spi.Counter;
import dev.ratelimit.quota.spi.Operation;
import dev.ratelimit.quota.spi.Outcome;
import dev.ratelimit.quota.spi.Outcome.Counted;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** An operation as the call of a script: which, on which keys, with which values. */
record Request(Script script, List<String> keys, List<String> values) {

    /** A counter that has expired when it is touched is kept that much longer, lest each call find it forgotten. */
    private static final long BELATED_MILLIS = 60_000;

    /** The greatest number of milliseconds that a double holds exactly: in the year 287396. */
    private static final long LATEST_MILLIS = (1L << 53) - 1;

    private static final String MOST = String.valueOf(Long.MAX_VALUE);

    static Request of(Operation operation, Keys names, long nowMillis) {
        if (operation instanceof Operation.Acquire acquire) {
            return new Request(
                    Script.ACQUIRE,
                    List.of(names.of(acquire.counter())),
                    List.of(
                            Keys.of(acquire.id()),
                            expires(acquire.counter(), nowMillis),
                            String.valueOf(acquire.want()),
                            String.valueOf(acquire.min()),
                            String.valueOf(acquire.limit())));
        }
        if (operation instanceof Operation.Adjust adjust) {
            String delta = String.valueOf(adjust.delta());
            boolean less = adjust.delta() < 0;
            return new Request(
                    Script.ADJUST,
                    List.of(names.of(adjust.counter())),
                    List.of(
                            Keys.of(adjust.id()),
                            expires(adjust.counter(), nowMillis),
                            less ? "-" : "+",
                            less ? delta.substring(1) : delta,
                            MOST));
        }
        if (operation instanceof Operation.Read read) {
            return new Request(Script.READ, List.of(names.of(read.counter())), List.of());
        }
        return of((Operation.Group) operation, names, nowMillis);
    }

    private static Request of(Operation.Group group, Keys names, long nowMillis) {
        List<String> keys = new ArrayList<>();
        List<String> values = new ArrayList<>();
        for (Operation.Acquire acquire : group.acquires()) {
            keys.add(names.of(acquire.counter()));
            values.add(Keys.of(acquire.id()));
            values.add(expires(acquire.counter(), nowMillis));
            values.add(String.valueOf(acquire.want()));
            values.add(String.valueOf(acquire.limit()));
        }
        return new Request(Script.GROUP, keys, values);
    }

    /** What became of it, by the script's answer: granted and used for each key. */
    Outcome outcome(List<String> answer) {
        if (answer.size() != 2 * keys.size()) {
            throw new IllegalStateException("the server answered " + answer + " to " + this);
        }
        List<Counted> parts = new ArrayList<>();
        for (int i = 0; i < answer.size(); i += 2) {
            parts.add(new Counted(Long.parseLong(answer.get(i)), Long.parseLong(answer.get(i + 1))));
        }
        return script == Script.GROUP ? new Outcome.Grouped(parts) : parts.get(0);
    }

    private static String expires(Counter counter, long nowMillis) {
        Instant expires = counter.expires();
        long millis = expires.getEpochSecond() >= LATEST_MILLIS / 1000
                ? LATEST_MILLIS
                : Math.max(0, expires.getEpochSecond()) * 1000 + expires.getNano() / 1_000_000 + 1;
        return String.valueOf(millis > nowMillis ? millis : nowMillis + BELATED_MILLIS);
    }
}
