package dev.ratelimit.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.testservers.Waiting;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Four processes of eight threads each, on one counter. */
class ManyProcessesIT {

    private static final int PROCESSES = 4;
    private static final int THREADS = 8;
    private static final long LIMIT = 10_000;
    private static final int KILLS = 6;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    private Path folder;

    @ParameterizedTest
    @EnumSource(names = {"POSTGRESQL", "MARIADB"})
    void together_they_get_the_limit_exactly(TestDatabase database) throws Exception {
        Assumptions.assumeTrue(database.isAvailable());
        String table = TestDatabase.newTable();
        try (Worker.Store store = Worker.Store.open(database.url(), table)) {
            List<Process> workers = new ArrayList<>();
            for (int i = 0; i < PROCESSES; i++) {
                workers.add(Worker.start(database.url(), table, file(i), THREADS, LIMIT));
            }
            succeed(workers);
            assertThat(acknowledged()).isEqualTo(LIMIT);
            assertThat(Worker.used(store.quota())).isEqualTo(LIMIT);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"POSTGRESQL", "MARIADB"})
    void never_above_it_though_they_are_killed_and_started_again(TestDatabase database) throws Exception {
        Assumptions.assumeTrue(database.isAvailable());
        long seed = System.nanoTime();
        Random random = new Random(seed);
        String table = TestDatabase.newTable();
        try (Worker.Store store = Worker.Store.open(database.url(), table)) {
            List<Process> workers = new ArrayList<>();
            for (int i = 0; i < PROCESSES; i++) {
                workers.add(Worker.start(database.url(), table, file(i), THREADS, LIMIT));
            }
            for (int kill = 0; kill < KILLS; kill++) {
                int victim = random.nextInt(PROCESSES);
                long next = Math.min(LIMIT - 1, Worker.used(store.quota()) + random.nextLong(LIMIT / KILLS));
                Waiting.until(PATIENCE, () -> Worker.used(store.quota()) > next);
                workers.get(victim).destroyForcibly().waitFor();
                workers.set(victim, Worker.start(database.url(), table, file(victim), THREADS, LIMIT));
            }
            succeed(workers);
            // A thread that is killed may have been granted one that it could not tell of.
            assertThat(Worker.used(store.quota())).as("seed %s", seed).isEqualTo(LIMIT);
            assertThat(acknowledged()).as("seed %s", seed).isBetween(LIMIT - (long) KILLS * THREADS, LIMIT);
        }
    }

    private void succeed(List<Process> workers) throws Exception {
        for (int i = 0; i < PROCESSES; i++) {
            int status = workers.get(i).waitFor();
            assertThat(status).as(Files.readString(Worker.errors(file(i)))).isZero();
        }
    }

    private Path file(int worker) {
        return folder.resolve("acknowledged" + worker);
    }

    private long acknowledged() throws Exception {
        long all = 0;
        for (int i = 0; i < PROCESSES; i++) {
            all += Files.size(file(i));
        }
        return all;
    }
}
