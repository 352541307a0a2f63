package dev.ratelimit.examples.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ratelimit.Rate;
import dev.ratelimit.examples.gateway.Admission;
import dev.ratelimit.examples.gateway.Gateway;
import dev.ratelimit.examples.gateway.Outcome;
import dev.ratelimit.testing.ManualTime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A log, replayed over HTTP in the log's time, is allowed and refused request by request as an exact token bucket
 * says; and a bucket that is wrong by one is found out.
 */
class GatewayIT {

    private static final Path REAL_LOG = Path.of(System.getProperty("access.log", "../../shared/data/access.log"));
    private static final DateTimeFormatter LOG_TIME =
            DateTimeFormatter.ofPattern("dd/MMM/uuuu:HH:mm:ss Z", Locale.US).withZone(ZoneOffset.UTC);

    @TempDir
    private Path folder;

    @Test
    void realLogIsAllowedAsTheExactModelSays() throws IOException {
        assumeTrue(Files.exists(REAL_LOG), () -> "there is no access log at " + REAL_LOG.normalize());
        AccessLog log = AccessLog.read(REAL_LOG);
        assertThat(log.lines()).hasSize(9_999);
        assertThat(log.broken()).isEqualTo(1);
        assertThat(log.firstBroken()).isEqualTo(8_899);
        compare(log, Rate.perMinute(30).burst(20));
    }

    @Test
    void generatedLogIsAllowedAsTheExactModelSays() throws IOException {
        AccessLog log = AccessLog.read(generated(20150517));
        assertThat(log.lines()).hasSize(3_000);
        compare(log, Rate.perMinute(30).burst(20));
        // Neither a whole number of permits per second nor of nanoseconds per permit.
        compare(log, Rate.of(7, Duration.ofSeconds(13)).burst(3));
    }

    private static void compare(AccessLog log, Rate rate) throws IOException {
        List<String> gateway = overHttp(log, rate);
        assertThat(gateway).isEqualTo(byModel(log, rate));
        assertThat(gateway).as("the limit binds").anyMatch(answer -> answer.startsWith("refused"));
        assertThat(gateway)
                .as("a bucket that holds one more")
                .isNotEqualTo(byModel(log, rate.burst(rate.capacity() + 1)));
        assertThat(gateway)
                .as("a bucket that fills faster")
                .isNotEqualTo(byModel(log, new Rate(rate.permits() + 1, rate.period(), rate.capacity())));
    }

    private static List<String> overHttp(AccessLog log, Rate rate) throws IOException {
        List<String> answers = new ArrayList<>();
        ManualTime time = new ManualTime();
        try (Backend backend = Backend.start();
                Gateway gateway = Gateway.start(new Gateway.Setup(
                        0, backend.uri(), Admission.perClient(rate, time), true, Duration.ofSeconds(10)));
                Connection connection = new Connection(gateway.address())) {
            for (LogLine line : log.lines()) {
                time.set(nanos(line));
                Outcome outcome = connection
                        .get(Replay.legal(line.target()), "X-Forwarded-For: " + line.host() + "\r\n")
                        .outcome();
                assertThat(outcome).isIn(Outcome.ALLOWED, Outcome.REFUSED_BY_TIER);
                answers.add(answer(outcome == Outcome.ALLOWED, line));
            }
        }
        return answers;
    }

    private static List<String> byModel(AccessLog log, Rate rate) {
        ExactBucket model = new ExactBucket(rate);
        return log.lines().stream()
                .map(line -> answer(model.tryAcquire(line.host(), nanos(line)), line))
                .toList();
    }

    private static String answer(boolean allowed, LogLine line) {
        return (allowed ? "allowed " : "refused ") + line.host() + " at " + line.time();
    }

    private static long nanos(LogLine line) {
        return Duration.between(Instant.EPOCH, line.time()).toNanos();
    }

    /** Writes a log of a few clients, some busy and some not, with lines that are not in the order of their times. */
    private Path generated(long seed) throws IOException {
        Random random = new Random(seed);
        List<String> lines = new ArrayList<>();
        Instant start = Instant.parse("2015-05-17T10:00:00Z");
        for (int i = 0; i < 3_000; i++) {
            int client = (int) Math.min(9, Math.abs(random.nextGaussian() * 3));
            Instant time = start.plusSeconds(i / 3 + random.nextInt(20));
            lines.add("203.0.113." + client + " - - [" + LOG_TIME.format(time) + "] \"GET /" + i
                    + "?q=1 HTTP/1.1\" 200 - \"-\" \"generated\"");
        }
        return Files.write(folder.resolve("generated.log"), lines);
    }
}
