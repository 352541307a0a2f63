package dev.ratelimit.examples.lab;

import dev.ratelimit.examples.gateway.Admission;
import dev.ratelimit.examples.gateway.Gateway;
import dev.ratelimit.examples.gateway.Outcome;
import dev.ratelimit.examples.gateway.Tally;
import dev.ratelimit.examples.gateway.Tier;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The mode {@code --log}: reads a log, replays it, and prints who was refused. */
final class ReplayReport {

    private static final double DEFAULT_SECONDS = 12;
    private static final int CLIENTS_SHOWN = 8;
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final Command.ReplayLog command;
    private final PrintStream out;
    private final Map<String, Tally> byClient = new HashMap<>();
    private final Tally tally = new Tally();

    ReplayReport(Command.ReplayLog command, PrintStream out) {
        this.command = command;
        this.out = out;
    }

    int run() throws IOException, UsageException {
        AccessLog log = read(command.log());
        out.printf(
                Locale.ROOT,
                "%s: %,d requests of %,d clients, sorted by time%n",
                command.log().getFileName(),
                log.lines().size(),
                log.clients());
        if (log.broken() > 0) {
            out.println("skipped broken lines: " + log.broken() + ", the first is line " + log.firstBroken());
        }
        if (log.lines().isEmpty()) {
            out.println("there is nothing to replay");
            return 0;
        }
        return replay(log.lines());
    }

    private int replay(List<LogLine> lines) throws IOException {
        Duration span = Duration.between(
                lines.get(0).time(), lines.get(lines.size() - 1).time());
        Double given = command.speedUp();
        double speedUp = given == null ? Math.max(1, span.toSeconds() / DEFAULT_SECONDS) : given;
        out.printf(
                Locale.ROOT,
                "replaying %s of the log at %,.0f times its speed; each client address may send %,d in %s,"
                        + " up to %,d at once, in the log's time%n",
                DurationText.of(span),
                speedUp,
                command.rate().permits(),
                DurationText.of(command.rate().period()),
                command.rate().capacity());
        ProgressLine progress = new ProgressLine(out);
        LogTime time = Replay.timeOf(lines);
        long start = System.nanoTime();
        Tally counted;
        try (Backend backend = Backend.start();
                Gateway gateway = gateway(backend.uri(), time)) {
            new Replay(lines, speedUp).run(gateway.address(), time, (number, line, outcome) -> {
                count(line, outcome);
                if (number % 100 == 0) {
                    progress.show(String.format(
                            Locale.ROOT, "%,d of %,d requests, now at %s", number, lines.size(), line.time()));
                }
            });
            counted = gateway.counts().tally();
        }
        progress.clear();
        print(lines.size(), Duration.ofNanos(System.nanoTime() - start));
        return reconcile(counted);
    }

    private Gateway gateway(URI backend, LogTime time) throws IOException {
        return Gateway.start(
                new Gateway.Setup(command.port(), backend, Admission.perClient(command.rate(), time), true, PATIENCE));
    }

    private void count(LogLine line, Outcome outcome) {
        tally.add(Tier.OTHERS, outcome, 1);
        byClient.computeIfAbsent(line.host(), host -> new Tally()).add(Tier.OTHERS, outcome, 1);
    }

    private void print(int requests, Duration took) {
        long refused = tally.of(Outcome.REFUSED_BY_TIER);
        long errors = tally.of(Outcome.ERROR);
        out.printf(
                Locale.ROOT,
                "%,d requests in %.1f s: %,d allowed, %,d refused (%.1f %%), %,d errors%n",
                requests,
                took.toMillis() / 1e3,
                tally.of(Outcome.ALLOWED),
                refused,
                100.0 * refused / requests,
                errors);
        List<Map.Entry<String, Tally>> worst = byClient.entrySet().stream()
                .filter(entry -> refused(entry) > 0)
                .sorted(Comparator.comparingLong(ReplayReport::refused)
                        .reversed()
                        .thenComparing(Map.Entry::getKey))
                .toList();
        out.printf(Locale.ROOT, "%,d of %,d clients were refused at least once%n", worst.size(), byClient.size());
        if (!worst.isEmpty()) {
            out.printf("%n%-40s %9s %9s%n", "the most refused clients", "allowed", "refused");
        }
        worst.stream()
                .limit(CLIENTS_SHOWN)
                .forEach(entry -> out.printf(
                        Locale.ROOT,
                        "%-40s %,9d %,9d%n",
                        Options.shown(entry.getKey()).replace("'", ""),
                        entry.getValue().of(Outcome.ALLOWED),
                        refused(entry)));
    }

    private static long refused(Map.Entry<String, Tally> client) {
        return client.getValue().of(Outcome.REFUSED_BY_TIER);
    }

    private int reconcile(Tally counted) {
        if (counted.equals(tally)) {
            return 0;
        }
        out.println("they differ: the replay saw " + tally + ", the gateway counted " + counted);
        return 1;
    }

    private static AccessLog read(Path file) throws UsageException {
        String shown = Options.shown(file.toString());
        if (!Files.exists(file)) {
            throw new UsageException("there is no file " + shown);
        }
        if (Files.isDirectory(file)) {
            throw new UsageException(shown + " is a directory; name a log file");
        }
        try {
            return AccessLog.read(file);
        } catch (IOException e) {
            throw new UsageException(shown + " cannot be read: "
                    + (e instanceof AccessDeniedException ? "access denied" : e.getMessage()));
        }
    }
}
