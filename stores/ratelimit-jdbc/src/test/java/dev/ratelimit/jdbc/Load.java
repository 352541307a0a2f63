package dev.ratelimit.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.Certainty;
import dev.ratelimit.quota.spi.Counter;
import dev.ratelimit.quota.spi.Operation;
import dev.ratelimit.quota.spi.Operation.Acquire;
import dev.ratelimit.quota.spi.Operation.Group;
import dev.ratelimit.quota.spi.Outcome;
import dev.ratelimit.quota.spi.Outcome.Counted;
import dev.ratelimit.quota.spi.Outcome.Grouped;
import dev.ratelimit.quota.spi.QuotaStore;
import dev.ratelimit.store.Deadline;
import dev.ratelimit.store.StoreException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/** Threads that acquire from one counter while things go wrong, and what they were told. */
final class Load implements AutoCloseable {

    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    static final Counter COUNTER = counter("load");
    private static final Counter OTHER = counter("other");

    private final AtomicLong granted = new AtomicLong();
    private final AtomicLong uncertain = new AtomicLong();
    private final AtomicLong notApplied = new AtomicLong();
    private final AtomicBoolean ended = new AtomicBoolean();
    private final List<Thread> threads = new ArrayList<>();

    private Load() {}

    /** Starts so many threads; every third operation is a group. */
    static Load on(QuotaStore store, int threads, Duration patience) {
        Load load = new Load();
        for (int i = 0; i < threads; i++) {
            Thread thread = new Thread(() -> load.run(store, patience));
            thread.start();
            load.threads.add(thread);
        }
        return load;
    }

    static Counter counter(String subject) {
        return Counter.of("faults", subject, START, START.plusSeconds(86_400));
    }

    private void run(QuotaStore store, Duration patience) {
        for (int i = 0; !ended.get(); i++) {
            Acquire acquire = Acquire.allOrNothing(COUNTER, 1, Long.MAX_VALUE);
            Operation operation =
                    i % 3 == 0 ? new Group(List.of(Acquire.allOrNothing(OTHER, 1, Long.MAX_VALUE), acquire)) : acquire;
            try {
                Outcome outcome = store.apply(List.of(operation), Deadline.after(patience))
                        .get(0);
                assertThat(outcome instanceof Grouped group ? group.allowed() : ((Counted) outcome).granted() == 1)
                        .isTrue();
                granted.incrementAndGet();
            } catch (StoreException e) {
                (e.certainty() == Certainty.INDETERMINATE ? uncertain : notApplied).incrementAndGet();
            }
        }
    }

    long granted() {
        return granted.get();
    }

    long failed() {
        return uncertain.get() + notApplied.get();
    }

    /** Fails unless what the counter shows agrees with what the threads were told. */
    void check(long used) {
        end();
        assertThat(used)
                .as("granted %s, uncertain %s, not applied %s", granted, uncertain, notApplied)
                .isBetween(granted.get(), granted.get() + uncertain.get());
    }

    @Override
    public void close() {
        end();
    }

    /** Ends the threads. */
    void end() {
        ended.set(true);
        for (Thread thread : threads) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }
}
