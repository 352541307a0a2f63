package dev.ratelimit.core.internal.limit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.Decision;
import dev.ratelimit.Limiter;
import dev.ratelimit.LimiterListener;
import dev.ratelimit.Policy;
import dev.ratelimit.Rate;
import dev.ratelimit.core.Limiters;
import dev.ratelimit.testing.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A forgotten key is reported once: at once, or as soon as the lock is released under which it was forgotten. */
class EvictionsTest {

    private static final Long KEY = 0L;

    private final ManualTime time = new ManualTime();

    @Test
    void withoutALockTheListenerHearsAtOnce() {
        EventLog log = new EventLog();
        Evictions evictions = new Evictions(log);
        evictions.evicted();
        assertThat(log.events).containsExactly("evicted");
        evictions.tell();
        assertThat(log.events).as("nothing is left to tell").hasSize(1);
    }

    @Test
    void aListenerThatFailsFailsNoRequest() {
        EventLog log = new EventLog();
        log.failure = new IllegalStateException("the listener of a test fails");
        new Evictions(log).evicted();
        assertThat(log.events).hasSize(1);
    }

    /**
     * The cell of a key is displaced while calls wait for the key. At the turn of the first call its queue takes the permit
     * under its lock, and forgets another key for it.
     */
    @Test
    @Timeout(30)
    void anEvictionUnderTheLockOfAQueueIsReportedAfterIt() {
        List<Limiter<Long>> limiters = new ArrayList<>();
        int[] evicted = {0};
        Limiter<Long> limiter = Limiters.builder(
                        Policy.of("p", Rate.perSecond(1).burst(10)).shape(Duration.ofMinutes(1)))
                .maxKeys(1)
                .timeSource(time)
                .listener(new LimiterListener() {
                    @Override
                    public void evicted() {
                        evicted[0]++;
                        // Another thread needs the same lock: it would wait for ever if this one still held it.
                        fromAnotherThread(() -> limiters.get(0).snapshot(KEY));
                    }
                })
                .build();
        limiters.add(limiter);
        limiter.tryAcquire(KEY, 10);
        CompletableFuture<Decision> first = limiter.acquireAsync(KEY, 1).toCompletableFuture();
        CompletableFuture<Decision> second = limiter.acquireAsync(KEY, 1).toCompletableFuture();
        time.advance(Duration.ofMillis(900));
        for (long other = 1; other <= 20; other++) {
            limiter.tryAcquire(other, 10);
        }
        long before = limiter.evictedInDebt();
        assertThat(evicted[0]).isEqualTo(before).isPositive();
        time.advance(Duration.ofMillis(100));
        assertThat(first).isCompleted();
        assertThat(limiter.evictedInDebt()).as("at the turn of the first").isGreaterThan(before);
        assertThat(evicted[0]).isEqualTo(limiter.evictedInDebt());
        assertThat(second).as("the key is new again").isCompleted();
        CompletableFuture<Decision> third = limiter.acquireAsync(KEY, 10).toCompletableFuture();
        assertThat(third).isNotDone();
        assertThat(evicted[0]).as("none is reported twice").isEqualTo(limiter.evictedInDebt());
    }

    private static void fromAnotherThread(Runnable call) {
        try {
            CompletableFuture.runAsync(call).get();
        } catch (InterruptedException | ExecutionException e) {
            throw new AssertionError(e);
        }
    }
}
