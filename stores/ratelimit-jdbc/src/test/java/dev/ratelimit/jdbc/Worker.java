package dev.ratelimit.jdbc;

import com.zaxxer.hikari.HikariDataSource;
import dev.ratelimit.Certainty;
import dev.ratelimit.quota.spi.Counter;
import dev.ratelimit.quota.spi.Operation.Acquire;
import dev.ratelimit.quota.spi.Operation.Read;
import dev.ratelimit.quota.spi.Outcome.Counted;
import dev.ratelimit.quota.spi.QuotaStore;
import dev.ratelimit.store.Deadline;
import dev.ratelimit.store.StoreException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * A process that acquires one by one until it is denied, and writes one byte into a file for each that it was granted: what is in
 * there was acknowledged, also if the process is killed.
 */
final class Worker {

    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    static final Counter COUNTER = Counter.of("processes", "all", START, START.plusSeconds(86_400));
    static final int FAILED = 3;

    private Worker() {}

    /** Starts one: its store's address or file, its table, the file to write to, how many threads, which limit. */
    static Process start(String store, String table, Path acknowledged, int threads, long limit) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx128m",
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Worker.class.getName(),
                        store,
                        table,
                        acknowledged.toString(),
                        String.valueOf(threads),
                        String.valueOf(limit),
                        String.valueOf(ProcessHandle.current().pid()))
                .redirectErrorStream(true)
                .redirectOutput(errors(acknowledged).toFile())
                .start();
    }

    /** Where a worker writes what went wrong. */
    static Path errors(Path acknowledged) {
        return acknowledged.resolveSibling(acknowledged.getFileName() + ".errors");
    }

    public static void main(String[] arguments) throws Exception {
        // Ends with the test, however that ends.
        var unused = ProcessHandle.of(Long.parseLong(arguments[5]))
                .orElseThrow()
                .onExit()
                .thenRun(() -> Runtime.getRuntime().halt(FAILED));
        long limit = Long.parseLong(arguments[4]);
        List<Thread> threads = new ArrayList<>();
        try (Store store = Store.open(arguments[0], arguments[1]);
                OutputStream acknowledged = Files.newOutputStream(
                        Path.of(arguments[2]), StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            for (int i = 0; i < Integer.parseInt(arguments[3]); i++) {
                Thread thread = new Thread(() -> acquireAll(store.quota(), limit, acknowledged));
                thread.start();
                threads.add(thread);
            }
            for (Thread thread : threads) {
                thread.join();
            }
        }
    }

    private static void acquireAll(QuotaStore store, long limit, OutputStream acknowledged) {
        try {
            while (acquire(store, limit)) {
                acknowledged.write('+');
            }
        } catch (IOException | StoreException e) {
            e.printStackTrace();
            Runtime.getRuntime().halt(FAILED);
        }
    }

    private static boolean acquire(QuotaStore store, long limit) {
        Deadline deadline = Deadline.after(Duration.ofSeconds(20));
        Counted outcome = (Counted) store.apply(List.of(Acquire.allOrNothing(COUNTER, 1, limit)), deadline)
                .get(0);
        return outcome.granted() > 0;
    }

    /** What the counter shows. */
    static long used(QuotaStore store) {
        return ((Counted) store.apply(List.of(new Read(COUNTER)), Deadline.after(Duration.ofSeconds(10)))
                        .get(0))
                .used();
    }

    /** A store and its pool, if it has one. */
    record Store(QuotaStore quota, Runnable pool) implements AutoCloseable {

        static Store open(String store, String table) {
            if (!store.startsWith("jdbc:")) {
                return new Store(JdbcQuotaStore.inFile(Path.of(store)), () -> {});
            }
            HikariDataSource pool = TestDatabase.patientPool(store);
            try {
                return new Store(
                        JdbcQuotaStore.builder(pool).table(table).createTables().build(), pool::close);
            } catch (StoreException e) {
                pool.close();
                throw new StoreException(Certainty.NOT_APPLIED, "cannot start", e);
            }
        }

        @Override
        public void close() {
            quota.close();
            pool.run();
        }
    }
}
