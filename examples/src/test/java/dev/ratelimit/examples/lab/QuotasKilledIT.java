package dev.ratelimit.examples.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The process {@code --serve}, told to end and killed: what it has answered stays counted. */
@Timeout(120)
class QuotasKilledIT {

    private static final String FIELDS = "X-Api-Key: bronze-kiosk\r\n";
    private static final String ADDRESS = "the gateway is at http://";

    private static final Pattern MONTH = Pattern.compile("\"calls-a-month\";r=(?<left>\\d+);t=(?<seconds>\\d+)");

    @TempDir
    private Path folder;

    /** By the end of their month. */
    private final Map<Instant, Integer> countedUntil = new HashMap<>();

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
        checkCounted("the first", address);
        checkCounted("the second", address);
        secondProcessIsToldThatTheFileIsInUse();
        first.destroyForcibly().waitFor();

        Process second = start();
        checkCounted("after SIGKILL", address(second));
        second.destroy();
        second.waitFor();

        checkCounted("after SIGTERM", address(start()));
    }

    private void secondProcessIsToldThatTheFileIsInUse() throws Exception {
        Process other = start();
        assertThat(other.waitFor()).isEqualTo(2);
        assertThat(new String(other.getErrorStream().readAllBytes(), StandardCharsets.UTF_8))
                .startsWith("gateway: --quotas: ")
                .contains("the file is open in another process");
    }

    /** One request, and that it was counted beside all others of the same month: it may end in between. */
    private void checkCounted(String which, InetSocketAddress gateway) throws IOException {
        try (Connection connection = new Connection(gateway)) {
            Connection.Answer answer = connection.get("/", FIELDS);
            assertThat(answer.status()).isEqualTo(200);
            String limits = String.valueOf(answer.fields().get("ratelimit"));
            Matcher month = MONTH.matcher(limits);
            assertThat(month.find()).as(limits).isTrue();
            Instant end = Instant.now().plusSeconds(Long.parseLong(month.group("seconds")));
            int counted = countedUntil.merge(nearestHour(end), 1, Integer::sum);
            assertThat(Long.parseLong(month.group("left"))).as(which).isEqualTo(20_000 - counted);
        }
    }

    private static Instant nearestHour(Instant instant) {
        return instant.plus(30, ChronoUnit.MINUTES).truncatedTo(ChronoUnit.HOURS);
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
