package dev.ratelimit.redis;

import dev.ratelimit.Certainty;
import dev.ratelimit.quota.spi.Counter;
import dev.ratelimit.quota.spi.Operation;
import dev.ratelimit.quota.spi.OperationId;
import dev.ratelimit.quota.spi.Outcome;
import dev.ratelimit.quota.spi.Outcome.Counted;
import dev.ratelimit.quota.spi.Outcome.Failed;
import dev.ratelimit.quota.spi.QuotaStore;
import dev.ratelimit.store.Deadline;
import dev.ratelimit.store.StoreException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.UUID;

/** Short ways to ask a store. */
final class Asking {

    static final Duration LONG = Duration.ofSeconds(5);

    private static final UUID HOLDER = UUID.randomUUID();

    private Asking() {}

    static Counter counter(String subject) {
        return counter("orders", subject, Duration.ofHours(1));
    }

    static Counter counter(String quota, String subject, Duration life) {
        Instant now = Instant.now();
        Instant start = now.plus(life).truncatedTo(ChronoUnit.HOURS).minus(Duration.ofDays(1));
        return Counter.of(quota, subject, start, now.plus(life));
    }

    static Operation acquire(Counter counter, long want, long limit) {
        return Operation.Acquire.allOrNothing(counter, want, limit);
    }

    static Operation acquire(Counter counter, long want, long min, long limit, long id) {
        return new Operation.Acquire(counter, want, min, limit, new OperationId(HOLDER, id));
    }

    /** What became of one operation; trouble as a value, also if it was thrown. */
    static Outcome attempt(QuotaStore store, Operation operation, Duration within) {
        try {
            return store.apply(List.of(operation), Deadline.after(within)).get(0);
        } catch (StoreException e) {
            return new Failed(e.certainty(), e);
        }
    }

    static Counted ask(QuotaStore store, Operation operation) {
        Outcome outcome = attempt(store, operation, LONG);
        if (outcome instanceof Counted counted) {
            return counted;
        }
        throw new AssertionError("no answer to " + operation + ": " + outcome);
    }

    static long used(QuotaStore store, Counter counter) {
        return ask(store, new Operation.Read(counter)).used();
    }

    static boolean failed(Outcome outcome, Certainty certainty) {
        return outcome instanceof Failed failed && failed.certainty() == certainty;
    }
}
