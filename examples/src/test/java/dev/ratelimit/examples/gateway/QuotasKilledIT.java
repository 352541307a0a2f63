package dev.ratelimit.examples.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The process {@code --serve}, told to end and killed: what it has answered stays counted. */
@Timeout(120)
class QuotasKilledIT {

    private static final String FIELDS = "X-Api-Key: bronze-kiosk\r\n";
    private static final String ADDRESS = "the gateway is at http://";

    @TempDir
    private Path folder;

    private final List<Process> started = new ArrayList<>();

    @AfterEach
    void end() throws InterruptedException {
        for (Process process : started) {
            process.destroyForcibly().waitFor();
        }
    }

    @Test
    void usedAmountsSurviveTheProcessHoweverItEnds() throws Exception {
        Process first = start();
        InetSocketAddress address = address(first);
        assertThat(leftOfTheMonth(address)).isEqualTo(19_999);
        assertThat(leftOfTheMonth(address)).isEqualTo(19_998);
        secondProcessIsToldThatTheFileIsInUse();
        first.destroyForcibly().waitFor();

        Process second = start();
        assertThat(leftOfTheMonth(address(second))).as("after SIGKILL").isEqualTo(19_997);
        second.destroy();
        second.waitFor();

        assertThat(leftOfTheMonth(address(start()))).as("after SIGTERM").isEqualTo(19_996);
    }

    private void secondProcessIsToldThatTheFileIsInUse() throws Exception {
        Process other = start();
        assertThat(other.waitFor()).isEqualTo(2);
        assertThat(new String(other.getErrorStream().readAllBytes(), StandardCharsets.UTF_8))
                .startsWith("gateway: --quotas: ")
                .contains("the file is open in another process");
    }

    private static long leftOfTheMonth(InetSocketAddress gateway) throws IOException {
        try (Connection connection = new Connection(gateway)) {
            Connection.Answer answer = connection.get("/", FIELDS);
            assertThat(answer.status()).isEqualTo(200);
            String limits = String.valueOf(answer.fields().get("ratelimit"));
            return Long.parseLong(limits.replaceFirst(".*\"calls-a-month\";r=(\\d+);.*", "$1"));
        }
    }

    private Process start() throws IOException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx128m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Main.class.getName(),
                        "--serve",
                        "--quotas",
                        folder.resolve("quotas").toString())
                .start();
        started.add(process);
        return process;
    }

    private static InetSocketAddress address(Process process) throws IOException {
        BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
        String line = out.readLine();
        assertThat(line).startsWith(ADDRESS);
        URI uri = URI.create("http://" + line.substring(ADDRESS.length(), line.indexOf(',')));
        return new InetSocketAddress(uri.getHost(), uri.getPort());
    }
}
