package dev.ratelimit.redis;

import static dev.ratelimit.redis.CountingProcess.counter;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.testservers.RedisServer;
import dev.ratelimit.testservers.Waiting;
import io.lettuce.core.RedisURI;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Processes that count on one counter get its limit together, and no more. */
class ProcessesIT {

    private static final int PROCESSES = 4;
    private static final int LIMIT = 10_000;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static RedisServer server;
    private static RedisQuotaStore store;

    @BeforeAll
    static void start() {
        server = RedisServer.start();
        store = RedisQuotaStore.connect(RedisURI.create("127.0.0.1", server.port()));
    }

    @AfterAll
    static void stop() {
        store.close();
        server.close();
    }

    @Test
    void together_they_get_the_limit_exactly() throws IOException, InterruptedException {
        assertThat(granted("together", PROCESSES, LIMIT, false)).isEqualTo(LIMIT);
        assertThat(used("together")).isEqualTo(LIMIT);
    }

    /** The broken twin is caught. */
    @Test
    void looking_first_and_acting_then_gives_too_much() throws IOException, InterruptedException {
        assertThat(granted("broken", 2, 2_000, true)).isGreaterThan(2_000);
    }

    @Test
    void though_they_are_killed_and_start_again_they_never_get_more() throws IOException, InterruptedException {
        List<Process> killed = started("killed", PROCESSES, LIMIT, false);
        assertThat(Waiting.until(PATIENCE, () -> used("killed") >= LIMIT / 4)).isTrue();
        killed.forEach(Process::destroyForcibly);
        for (Process process : killed) {
            assertThat(process.waitFor()).isNotZero();
        }
        long counted = used("killed");
        assertThat(counted).isLessThan(LIMIT);
        assertThat(granted("killed", PROCESSES, LIMIT, false)).isEqualTo(LIMIT - counted);
        assertThat(used("killed")).isEqualTo(LIMIT);
    }

    private static long used(String subject) {
        return Asking.used(store, counter(subject));
    }

    /** Processes that have all connected before any of them begins. */
    private static List<Process> started(String subject, int count, long limit, boolean looksFirst) throws IOException {
        List<Process> processes = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            processes.add(CountingProcess.start(server.port(), subject, limit, looksFirst));
        }
        for (Process process : processes) {
            assertThat(process.inputReader().readLine()).isEqualTo("connected");
        }
        for (Process process : processes) {
            process.getOutputStream().write('\n');
            process.getOutputStream().flush();
        }
        return processes;
    }

    private static long granted(String subject, int count, long limit, boolean looksFirst)
            throws IOException, InterruptedException {
        long granted = 0;
        for (Process process : started(subject, count, limit, looksFirst)) {
            granted += Long.parseLong(process.inputReader().readLine());
            assertThat(process.waitFor()).isZero();
        }
        return granted;
    }
}
