package dev.ratelimit.quota.service.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.quota.CalendarWindow;
import dev.ratelimit.quota.Quota;
import dev.ratelimit.quota.QuotaService;
import dev.ratelimit.quota.service.Quotas;
import dev.ratelimit.quota.spi.Counter;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.FutureTask;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Counters of one window that come and go at once, so that it is closed and opened all the time: none is ever lost. */
@Timeout(60)
class WindowTurnoverRaceTest {

    private static final int THREADS = 4;
    private static final int ROUNDS = 10_000;
    private static final MemoryBounds NO_BOUNDS = new MemoryBounds(Integer.MAX_VALUE, Integer.MAX_VALUE);

    /** A counter that one thread alone uses: counts two one after the other, and gives both back; what it saw wrong. */
    private interface Turn {
        String next();
    }

    private static String race(IntFunction<Turn> turns) throws Exception {
        CyclicBarrier start = new CyclicBarrier(THREADS);
        var tasks = IntStream.range(0, THREADS)
                .mapToObj(turns)
                .map(turn -> new FutureTask<>(() -> {
                    start.await();
                    String wrong = "";
                    for (int i = 0; i < ROUNDS && wrong.isEmpty(); i++) {
                        wrong = turn.next();
                    }
                    return wrong;
                }))
                .toList();
        tasks.forEach(task -> new Thread(task).start());
        String wrong = "";
        for (FutureTask<String> task : tasks) {
            wrong += task.get();
        }
        return wrong;
    }

    @RepeatedTest(5)
    void nothingIsLost() throws Exception {
        MemoryStore store = new MemoryStore(InstantSource.system());
        QuotaService quotas = Quotas.of(store, Quota.of("q", 2, CalendarWindow.yearly()));
        String wrong = race(thread -> () -> {
            String key = "key-" + thread;
            long first = quotas.consume(key).used();
            long second = quotas.consume(key).used();
            long third = quotas.consume(key).used();
            long rest = quotas.decrement(key, 2).get(0).used();
            return first == 1 && second == 2 && third == 2 && rest == 0
                    ? ""
                    : key + " showed " + first + ", " + second + ", " + third + ", " + rest;
        });
        assertThat(wrong).isEmpty();
        assertThat(store.size()).isZero();
    }

    /** The twin: a window that is dropped because it looks empty loses who is about to enter. */
    @Test
    void aWindowThatIsDroppedWhenItLooksEmptyIsCaught() throws Exception {
        String wrong = "";
        for (int round = 0; round < 50 && wrong.isEmpty(); round++) {
            ConcurrentHashMap<String, WindowCounters> windows = new ConcurrentHashMap<>();
            wrong = race(thread -> () -> {
                String key = "key-" + thread;
                Counter counter = Counter.of("q", key, Instant.EPOCH, Instant.MAX);
                WindowCounters window = windows.computeIfAbsent(
                        "q", q -> new WindowCounters(WindowCounters.Name.of(counter), NO_BOUNDS));
                StoredCounter tally = new StoredCounter(window, counter, new StoredCounters.Due(Instant.MAX, thread));
                window.putIfAbsent(tally);
                WindowCounters later = windows.get("q");
                boolean lost = later == null || later.get(key) != tally;
                window.remove(tally);
                if (window.size() == 0) {
                    windows.remove("q", window);
                }
                return lost ? key + " was lost" : "";
            });
        }
        assertThat(wrong).isNotEmpty();
    }
}
