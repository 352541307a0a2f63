package dev.ratelimit.jdbc;

import com.zaxxer.hikari.HikariDataSource;
import dev.ratelimit.quota.spi.Operation.Acquire;
import dev.ratelimit.store.Deadline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * A process that builds a store and makes its first calls, all at once. What it loads and opens for them stands in what
 * it writes.
 */
final class ColdProcess {

    static final String FIRST_CALLS = "first calls begin";
    static final String END = "first calls end";
    static final String CONNECTIONS = "connections before: ";
    private static final int CALLERS = 16;

    private ColdProcess() {}

    public static void main(String[] arguments) throws Exception {
        ExecutorService callers = Executors.newFixedThreadPool(CALLERS);
        try (HikariDataSource pool = TestDatabase.pool(arguments[0]);
                JdbcQuotaStore store =
                        JdbcQuotaStore.builder(pool).table(arguments[1]).build()) {
            CyclicBarrier ready = new CyclicBarrier(CALLERS + 1);
            List<Callable<Long>> calls = new ArrayList<>();
            for (int i = 0; i < CALLERS; i++) {
                Acquire acquire = Acquire.allOrNothing(Load.counter("first-" + i), 1, 10);
                calls.add(() -> {
                    ready.await();
                    ready.await();
                    // Long enough for any machine: the time that it takes is only told.
                    Deadline deadline = Deadline.after(Duration.ofSeconds(30));
                    long begin = System.nanoTime();
                    store.apply(List.of(acquire), deadline);
                    return System.nanoTime() - begin;
                });
            }
            List<Future<Long>> ends = new ArrayList<>();
            calls.forEach(call -> ends.add(callers.submit(call)));
            ready.await();
            int before = pool.getHikariPoolMXBean().getTotalConnections();
            System.out.println(FIRST_CALLS);
            ready.await();
            List<Long> took = new ArrayList<>();
            for (Future<Long> end : ends) {
                took.add(end.get());
            }
            System.out.println(END);
            System.out.println(CONNECTIONS + before);
            System.out.println("slowest: " + Collections.max(took) / 1000 + " us");
        } finally {
            callers.shutdown();
        }
    }
}
