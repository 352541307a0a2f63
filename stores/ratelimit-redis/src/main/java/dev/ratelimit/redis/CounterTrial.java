package dev.ratelimit.redis;

import dev.ratelimit.quota.spi.Counter;
import dev.ratelimit.quota.spi.Operation;
import dev.ratelimit.quota.spi.OperationId;
import dev.ratelimit.quota.spi.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * The trial of a store of quotas.
 *
 * @param names the names of its keys
 */
record CounterTrial(Keys names) implements Trial<Outcome> {

    /** The rights for the commands that the store and its scripts call. */
    static final String RIGHTS = "+eval +evalsha +ping +info +time +hget +hmget +hset +pexpireat";

    /** The lifetime of the probe's counters, after which the server removes those of a killed process. */
    private static final Duration LIFE = Duration.ofMinutes(1);

    @Override
    public Class<?> store() {
        return RedisQuotaStore.class;
    }

    @Override
    public String kept() {
        return "counters";
    }

    @Override
    public String rights() {
        return RIGHTS;
    }

    @Override
    public Calls<Outcome> calls(Predicate<String> holds) {
        UUID holder = UUID.randomUUID();
        AtomicLong sequence = new AtomicLong();
        List<Counter> counters = counters(holder, holds);
        return Calls.of(
                Script.PROBE,
                counters.stream().map(names::of).toList(),
                () -> operations(counters, () -> new OperationId(holder, sequence.incrementAndGet())).stream()
                        .map(operation -> CounterRequests.of(operation, names))
                        .toList());
    }

    /** Returns two counters of one subject, which belong to the server. */
    private List<Counter> counters(UUID holder, Predicate<String> holds) {
        Instant start = Instant.now().truncatedTo(ChronoUnit.SECONDS);
        for (int i = 0; ; i++) {
            String subject = "probe-" + holder + "-" + i;
            Counter first = Counter.of("probe-1", subject, start, start.plus(LIFE));
            if (holds.test(names.of(first))) {
                return List.of(first, Counter.of("probe-2", subject, start, start.plus(LIFE)));
            }
        }
    }

    private static List<Operation> operations(List<Counter> counters, Supplier<OperationId> ids) {
        Counter one = counters.get(0);
        List<Operation.Acquire> group = new ArrayList<>();
        for (Counter counter : counters) {
            group.add(new Operation.Acquire(counter, 1, 1, Long.MAX_VALUE, ids.get()));
        }
        return List.of(
                new Operation.Acquire(one, 1, 1, Long.MAX_VALUE, ids.get()),
                new Operation.Adjust(one, 1, ids.get()),
                new Operation.Read(one),
                new Operation.Group(group));
    }
}
