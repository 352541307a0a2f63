package dev.ratelimit.quota.tck;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.quota.spi.Counter;
import dev.ratelimit.quota.spi.Operation;
import dev.ratelimit.quota.spi.Operation.Acquire;
import dev.ratelimit.quota.spi.Operation.Adjust;
import dev.ratelimit.store.Deadline;
import dev.ratelimit.tck.internal.Race;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Chapter S6 of the rules: in doubt, strict. */
public interface S6InDoubtStrict extends StoreHooks {

    /** Threads that have been interrupted acquire; what was counted once must stay. */
    @Test
    @DisplayName("S6.1 an acquire whose caller has gone away is not undone")
    default void s6_1_acquireIsNotUndone() {
        try (Bench bench = new Bench(this)) {
            Counter counter = bench.counter();
            Ledger ledger = new Ledger();
            whileWatched("S6.1", bench, counter, 1, new Acquire(counter, 1, 1, 1000, null), ledger);
            assertThat(bench.store().used(counter))
                    .as("S6.1: shown after %d acquires that were said to be granted", ledger.counted())
                    .isBetween(ledger.counted(), ledger.countedAtMost());
        }
    }

    /** Threads that have been interrupted give back; what was given back once must stay so. */
    @Test
    @DisplayName("S6.2 a refund whose caller has gone away is not undone")
    default void s6_2_refundIsNotUndone() {
        try (Bench bench = new Bench(this)) {
            Counter counter = bench.counter();
            bench.store().acquire(counter, 1000, 1000);
            Ledger ledger = new Ledger();
            whileWatched("S6.2", bench, counter, -1, new Adjust(counter, -1, null), ledger);
            assertThat(1000 - bench.store().used(counter))
                    .as("S6.2: given back after %d refunds that were said to be", ledger.counted())
                    .isBetween(ledger.counted(), ledger.countedAtMost());
        }
    }

    /** Interrupted threads do an operation, while another looks whether the counter ever goes the other way. */
    private void whileWatched(
            String rule, Bench bench, Counter counter, int direction, Operation operation, Ledger ledger) {
        AtomicInteger running = new AtomicInteger(3);
        Race.of(rule, bench.patience(), 4, i -> () -> {
            if (i == 3) {
                watch(rule, bench.store(), counter, direction, running);
                return ledger;
            }
            try {
                for (int round = 0; round < 15; round++) {
                    Thread.currentThread().interrupt();
                    ledger.enter(bench.store(), operation, Deadline.after(deadline()));
                    Thread.interrupted();
                }
            } finally {
                running.decrementAndGet();
            }
            return ledger;
        });
    }

    private static void watch(String rule, Caller store, Counter counter, int direction, AtomicInteger running) {
        long last = store.used(counter);
        while (running.get() > 0) {
            long now = store.used(counter);
            assertThat(direction * (now - last))
                    .as("%s: nothing is undone, but what was shown went from %d to %d", rule, last, now)
                    .isNotNegative();
            last = now;
        }
    }
}
