package dev.ratelimit.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ratelimit.testservers.Waiting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file whose process is killed in the middle of a load, again and again. */
class FileKilledIT {

    private static final int KILLS = 20;
    private static final int THREADS = 4;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir
    private Path folder;

    @Test
    void opens_again_by_itself_with_all_that_was_acknowledged() throws Exception {
        Path file = folder.resolve("quota");
        Path acknowledged = folder.resolve("acknowledged");
        for (int kill = 1; kill <= KILLS; kill++) {
            long before = size(acknowledged);
            Process worker = Worker.start(file.toString(), "", acknowledged, THREADS, Long.MAX_VALUE);
            boolean loaded = Waiting.until(PATIENCE, () -> size(acknowledged) > before + 50 || !worker.isAlive());
            assertThat(loaded && worker.isAlive())
                    .as("start %s works; what the process said: %s", kill, said(acknowledged))
                    .isTrue();
            if (kill == 1) {
                assertThatThrownBy(() -> JdbcQuotaStore.inFile(file))
                        .hasMessageContaining("the file is open in another process");
            }
            worker.destroyForcibly().waitFor();
        }
        try (JdbcQuotaStore store = JdbcQuotaStore.inFile(file)) {
            assertThat(Worker.used(store)).isBetween(size(acknowledged), size(acknowledged) + (long) KILLS * THREADS);
        }
    }

    @Test
    void the_check_finds_out_a_file_that_is_written_later() throws Exception {
        String late = "jdbc:h2:file:" + folder.resolve("late") + ";WRITE_DELAY=60000";
        Path acknowledged = folder.resolve("acknowledged");
        Process worker = Worker.start(late, "late", acknowledged, THREADS, Long.MAX_VALUE);
        Waiting.until(PATIENCE, () -> size(acknowledged) > 200 || !worker.isAlive());
        worker.destroyForcibly().waitFor();
        try (Worker.Store store = Worker.Store.open(late, "late")) {
            assertThat(Worker.used(store.quota())).isLessThan(size(acknowledged));
        }
    }

    private static String said(Path acknowledged) throws IOException {
        return Files.readString(Worker.errors(acknowledged));
    }

    private static long size(Path file) {
        try {
            return Files.exists(file) ? Files.size(file) : 0;
        } catch (IOException e) {
            return 0;
        }
    }
}
