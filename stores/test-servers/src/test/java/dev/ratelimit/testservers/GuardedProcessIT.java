package dev.ratelimit.testservers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process that ends when it should, and never outlives its JVM. */
class GuardedProcessIT {

    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final List<String> SLEEP = List.of("/bin/sh", "-c", "echo up; exec sleep 600");

    @TempDir
    private Path folder;

    @Test
    void dies_with_a_jvm_that_is_killed() throws IOException, InterruptedException {
        Process jvm = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        StartsOne.class.getName(),
                        folder.toString())
                .redirectErrorStream(true)
                .start();
        BufferedReader said = new BufferedReader(new InputStreamReader(jvm.getInputStream(), StandardCharsets.UTF_8));
        long id = Long.parseLong(said.readLine());
        assertThat(isAlive(id)).isTrue();

        jvm.destroyForcibly().waitFor();

        assertThat(Waiting.until(PATIENCE, () -> !isAlive(id))).isTrue();
    }

    /** What the JVM that is killed runs. */
    static final class StartsOne {

        private StartsOne() {}

        public static void main(String[] arguments) throws InterruptedException {
            GuardedProcess process = GuardedProcess.start(Path.of(arguments[0]), SLEEP);
            System.out.println(process.id());
            Thread.sleep(600_000);
        }
    }

    @Test
    void stops_is_killed_and_starts_again() {
        try (GuardedProcess process = GuardedProcess.start(folder, SLEEP)) {
            process.awaitReady("it", PATIENCE, () -> process.output().contains("up"));
            long first = process.id();
            process.restart();
            assertThat(isAlive(first)).isFalse();
            assertThat(process.isAlive()).isTrue();
            process.kill();
            assertThat(process.isAlive()).isFalse();
            process.kill();
            process.restart();
            process.stop();
            assertThat(process.isAlive()).isFalse();
        }
    }

    @Test
    void no_guard_stays_after_an_orderly_end() {
        GuardedProcess process = GuardedProcess.start(folder, SLEEP);
        String mark = "kill -9 $$";
        assertThat(Waiting.until(PATIENCE, () -> guards(mark) > 0)).isTrue();
        process.stop();
        assertThat(Waiting.until(PATIENCE, () -> guards(mark) == 0)).isTrue();
    }

    @Test
    void a_process_that_is_stubborn_is_killed() {
        GuardedProcess process = GuardedProcess.start(
                folder, List.of("/bin/sh", "-c", "trap '' TERM; echo up; while :; do sleep 1; done"));
        process.awaitReady("it", PATIENCE, () -> process.output().contains("up"));
        process.stop();
        assertThat(process.isAlive()).isFalse();
    }

    @Test
    void one_that_ends_before_it_is_ready_says_what_it_wrote() {
        GuardedProcess process = GuardedProcess.start(folder, List.of("/bin/sh", "-c", "echo no room; exit 1"));
        assertThatThrownBy(() -> process.awaitReady("the server", PATIENCE, () -> false))
                .hasMessageContaining("the server did not become ready")
                .hasMessageContaining("no room");
    }

    @Test
    void output_is_bounded() {
        try (GuardedProcess process = GuardedProcess.start(
                folder,
                List.of("/bin/sh", "-c", "i=0; while [ $i -lt 9000 ]; do echo line $i; i=$((i+1)); done; sleep 600"))) {
            assertThat(Waiting.until(PATIENCE, () -> process.output().contains("line 8999")))
                    .isTrue();
            assertThat(process.output()).hasSizeLessThanOrEqualTo(16_384);
        }
    }

    @Test
    void a_temporary_folder_goes_with_what_is_in_it() throws IOException {
        TemporaryFolder temporary = TemporaryFolder.create("test");
        Files.createDirectories(temporary.path().resolve("a/b"));
        Files.writeString(temporary.path().resolve("a/b/c"), "text");
        temporary.close();
        assertThat(temporary.path()).doesNotExist();
        temporary.close();
    }

    private static boolean isAlive(long id) {
        return ProcessHandle.of(id).map(ProcessHandle::isAlive).orElse(false);
    }

    /** The guards of this JVM's processes; those of other JVMs stand in other folders. */
    private long guards(String mark) {
        return ProcessHandle.allProcesses()
                .filter(process -> process.info().commandLine().orElse("").contains(mark))
                .filter(process -> inFolder(process.pid()))
                .count();
    }

    private boolean inFolder(long id) {
        try {
            return Files.readSymbolicLink(Path.of("/proc", String.valueOf(id), "cwd"))
                    .equals(folder.toRealPath());
        } catch (IOException notToBeSeen) {
            return false;
        }
    }
}
