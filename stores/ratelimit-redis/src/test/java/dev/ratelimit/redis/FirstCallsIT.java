package dev.ratelimit.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.testservers.RedisServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The first calls of a process do nothing for the first time: not how long they take is checked, which depends on the
 * machine, but that the server knows all scripts, and that no class of the store, of its client or of the network is
 * loaded by them.
 */
class FirstCallsIT {

    private static final int CALLERS = 16;

    @TempDir
    Path folder;

    @Test
    void first_calls_find_scripts_and_classes_there() throws IOException, InterruptedException {
        Path classes = folder.resolve("classes");
        try (RedisServer server = RedisServer.start()) {
            Process process = FirstCallsProcess.start(server.port(), CALLERS, classes);
            try {
                assertThat(process.inputReader().readLine()).isEqualTo("built");
                for (Script script : List.of(Script.ACQUIRE, Script.ADJUST, Script.GROUP, Script.READ)) {
                    assertThat(server.call("SCRIPT", "EXISTS", script.digest()).strip())
                            .as("the server knows %s", script)
                            .isEqualTo("1");
                }
                List<String> before = Files.readAllLines(classes);
                next(process);
                String took = process.inputReader().readLine();
                System.out.println("first calls of " + CALLERS + " callers took, in microseconds: " + took);
                assertThat(process.inputReader().readLine()).isEqualTo("called");
                assertThat(loaded(Files.readAllLines(classes).stream().skip(before.size())))
                        .as("classes that first calls had to load")
                        .isEmpty();
                next(process);
                assertThat(process.waitFor()).isZero();
            } finally {
                process.destroyForcibly();
            }
        }
    }

    private static List<String> loaded(Stream<String> lines) {
        return lines.filter(line -> line.contains(" dev.ratelimit.")
                        || line.contains(" io.lettuce.")
                        || line.contains(" io.netty."))
                .toList();
    }

    private static void next(Process process) throws IOException {
        process.getOutputStream().write('\n');
        process.getOutputStream().flush();
    }
}
