package dev.ratelimit.benchmarks;

import dev.ratelimit.quota.CalendarWindow;
import dev.ratelimit.quota.Quota;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * How many amounts a second are counted in a real Redis and a real PostgreSQL, by one caller and by 64, beside what the
 * same script or statement comes to without the library.
 *
 * <p>Run by {@code benchmarks/run QuotaLoad}; the only argument is the file that gets the figures.
 */
public final class QuotaLoad {

    /** So much that nothing is refused. */
    static final Quota QUOTA = Quota.of("calls", 1_000_000_000_000L, CalendarWindow.yearly());

    /** So long that no call is given up because the machine is busy. */
    static final Duration PATIENCE = Duration.ofSeconds(10);

    static final int CALLERS = 64;

    private static final LoadRounds ROUNDS = new LoadRounds(5, Duration.ofSeconds(2));

    private QuotaLoad() {}

    /**
     * Measures and prints.
     *
     * @param args the file for the figures, if any
     * @throws Exception if a server does not start, a call fails, a counter does not show what was granted, or the file
     *     cannot be written
     */
    public static void main(String[] args) throws Exception {
        List<String> lines = new ArrayList<>();
        lines.addAll(redis(ROUNDS));
        lines.addAll(postgres(ROUNDS));
        lines.forEach(System.out::println);
        if (args.length > 0) {
            Files.write(Path.of(args[0]), lines);
        }
    }

    /** The figures of Redis. */
    static List<String> redis(LoadRounds rounds) throws Exception {
        try (RedisLoad load = new RedisLoad()) {
            return lines(load.run(rounds), RedisLoad.bounds());
        }
    }

    /** The figures of PostgreSQL. */
    static List<String> postgres(LoadRounds rounds) throws Exception {
        try (PostgresLoad load = new PostgresLoad()) {
            return lines(load.run(rounds), PostgresLoad.bounds());
        }
    }

    private static List<String> lines(Map<String, Throughput> throughputs, List<LoadBound> bounds) {
        List<String> lines = new ArrayList<>();
        throughputs.forEach(
                (name, throughput) -> lines.add(String.format("%-66s %s calls/s", name, throughput.text(0))));
        bounds.forEach(bound -> lines.add(bound.line(throughputs)));
        return lines;
    }
}
