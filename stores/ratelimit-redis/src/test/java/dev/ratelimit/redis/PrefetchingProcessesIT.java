package dev.ratelimit.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.testservers.RedisServer;
import dev.ratelimit.testservers.Waiting;
import io.lettuce.core.RedisURI;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Processes that prefetch units of one counter: all of the limit and no more, and at most what a killed one held is lost. */
@Timeout(120)
class PrefetchingProcessesIT {

    private static final int PROCESSES = 3;
    private static final long LIMIT = 5_000_000;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    private Path folder;

    @Test
    void together_they_get_the_limit_exactly() throws Exception {
        try (RedisServer server = RedisServer.start()) {
            for (Process process : started(server)) {
                assertThat(process.waitFor()).isZero();
            }
            assertThat(IntStream.range(0, PROCESSES)).as("all had a part").allMatch(i -> granted(i) > 0);
            assertThat(granted()).isEqualTo(LIMIT);
            assertThat(used(server)).isEqualTo(LIMIT);
        }
    }

    @Test
    void one_that_is_killed_loses_what_it_held_and_nothing_is_granted_twice() throws Exception {
        try (RedisServer server = RedisServer.start()) {
            List<Process> processes = started(server);
            assertThat(Waiting.until(PATIENCE, () -> granted() > LIMIT / 4)).isTrue();
            processes.get(0).destroyForcibly().waitFor();
            assertThat(granted()).as("in the middle of it").isLessThan(LIMIT * 9 / 10);
            for (Process process : processes.subList(1, PROCESSES)) {
                assertThat(process.waitFor()).isZero();
            }
            // Of an eighth of what there was at most it may have told nobody.
            assertThat(granted()).isBetween(LIMIT - LIMIT / 8 - PrefetchingProcess.THREADS, LIMIT);
            assertThat(used(server)).isEqualTo(LIMIT);
        }
    }

    private List<Process> started(RedisServer server) throws IOException {
        List<Process> processes = new ArrayList<>();
        for (int i = 0; i < PROCESSES; i++) {
            processes.add(PrefetchingProcess.start(server.port(), "key", LIMIT, file(i), folder.resolve("go")));
        }
        assertThat(Waiting.until(PATIENCE, this::allAreThere)).isTrue();
        Files.createFile(folder.resolve("go"));
        return processes;
    }

    private boolean allAreThere() {
        return IntStream.range(0, PROCESSES).allMatch(i -> Files.exists(file(i)));
    }

    private Path file(int process) {
        return folder.resolve("granted" + process);
    }

    private long granted() {
        return IntStream.range(0, PROCESSES).mapToLong(this::granted).sum();
    }

    private long granted(int process) {
        try {
            ByteBuffer counts = ByteBuffer.wrap(Files.readAllBytes(file(process)));
            long granted = 0;
            while (counts.remaining() >= Long.BYTES) {
                granted += counts.getLong();
            }
            return granted;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long used(RedisServer server) {
        try (RedisQuotaStore store = RedisQuotaStore.connect(RedisURI.create("127.0.0.1", server.port()))) {
            return PrefetchingProcess.quotas(store, LIMIT).peek("key").used();
        }
    }
}
