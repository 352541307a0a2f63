package dev.ratelimit.examples.lab;

import dev.ratelimit.Rate;
import dev.ratelimit.examples.gateway.Caching;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The command line, read and checked: unknown, misplaced, missing and impossible values are a usage error. */
final class Options {

    static final String USAGE = """
            usage: examples/run [--seed N] [--seconds N] [--svg FILE] [--port N]
                   examples/run --serve [--quotas FILE] [--hits-consume-quota] [--trust-forwarded] [--port N]
                   examples/run --log FILE [--speed-up X] [--rate N/UNIT] [--burst N] [--port N]
                   examples/run --minimal

            Without --serve or --log: starts a gateway and a backend on 127.0.0.1, drives seeded traffic through
            them, and prints what was allowed, refused, delayed and how fast. Load and limits have the scale
            that this machine serves with ease. The exit status is 0, 1 if it failed, 2 for a wrong command
            line, and 3 if the machine was too busy to keep to the schedule.

              --seed N            fixes the traffic (default 42)
              --seconds N         how long the traffic lasts, 1 to 3600 (default 15)
              --svg FILE          where the picture goes (default examples/target/gateway.svg)
              --port N            the gateway's port, 1 to 65535 (default a free one)
              --serve             starts gateway and backend, and stays up until Ctrl-C
              --quotas FILE       keeps what is used of quotas, in FILE.mv.db (default examples/target/quotas)
              --hits-consume-quota
                                  counts answers from the cache on quotas, too (default: fresh ones are free)
              --trust-forwarded   believes X-Forwarded-For from peers on this machine
              --minimal           starts the gateway of docs/guide/gateway.md on port 8080
              --log FILE          replays an access log (Apache common or combined format) through the gateway
              --speed-up X        how many seconds of the log pass in one (default: the replay takes about 12 s)
              --rate N/UNIT       the rate of each client address in the log's time, UNIT s, min, h or day
                                  (default 30/min)
              --burst N           how many requests at once (default 20 for 30/min, otherwise the N of the rate)
              --help              prints this
            """;

    private static final Set<String> FLAGS = Set.of("--serve", "--trust-forwarded", "--hits-consume-quota", "--help");
    private static final Set<String> VALUED =
            Set.of("--seed", "--seconds", "--svg", "--port", "--quotas", "--log", "--speed-up", "--rate", "--burst");
    private static final int HIGHEST_PORT = 65_535;
    private static final int MAX_SECONDS = 3600;
    private static final double HIGHEST_SPEED_UP = 1e9;
    private static final Rate DEFAULT_RATE = Rate.perMinute(30).burst(20);
    private static final Map<String, Duration> UNITS = Map.of(
            "s", Duration.ofSeconds(1),
            "min", Duration.ofMinutes(1),
            "h", Duration.ofHours(1),
            "day", Duration.ofDays(1));

    private final Map<String, String> given;

    private Options(Map<String, String> given) {
        this.given = given;
    }

    /** Returns what the arguments ask for. */
    static Command parse(List<String> arguments, Path target) throws UsageException {
        Options options = new Options(read(arguments));
        if (options.has("--help")) {
            return new Command.Help();
        }
        int port = (int) options.whole("--port", 0, 1, HIGHEST_PORT);
        if (options.has("--serve")) {
            options.only("--serve", Set.of("--port", "--trust-forwarded", "--quotas", "--hits-consume-quota"));
            String quotas = options.given.get("--quotas");
            return new Command.StayUp(
                    port,
                    options.has("--trust-forwarded"),
                    quotas == null ? target.resolve("quotas") : path("--quotas", quotas),
                    options.has("--hits-consume-quota") ? Caching.HITS_CONSUME_QUOTA : Caching.HITS_ARE_FREE);
        }
        String log = options.given.get("--log");
        if (log != null) {
            options.only("--log", Set.of("--port", "--speed-up", "--rate", "--burst"));
            return new Command.ReplayLog(port, path("--log", log), options.rate(), options.speedUp());
        }
        options.only("the demonstration", Set.of("--port", "--seed", "--seconds", "--svg"));
        String svg = options.given.get("--svg");
        return new Command.Demonstrate(
                port,
                options.whole("--seed", 42, Long.MIN_VALUE, Long.MAX_VALUE),
                Duration.ofSeconds(options.whole("--seconds", 15, 1, MAX_SECONDS)),
                svg == null ? target.resolve("gateway.svg") : path("--svg", svg));
    }

    private static Map<String, String> read(List<String> arguments) throws UsageException {
        Map<String, String> given = new HashMap<>();
        Deque<String> left = new ArrayDeque<>(arguments);
        while (!left.isEmpty()) {
            String option = left.removeFirst();
            String value = "";
            if (VALUED.contains(option)) {
                if (left.isEmpty() || VALUED.contains(left.getFirst()) || FLAGS.contains(left.getFirst())) {
                    throw new UsageException("a value is missing after " + option + "; see --help");
                }
                value = left.removeFirst();
            } else if (!FLAGS.contains(option)) {
                throw new UsageException("unknown option " + shown(option) + "; see --help");
            }
            if (given.put(option, value) != null) {
                throw new UsageException("give " + option + " only once");
            }
        }
        return given;
    }

    private boolean has(String option) {
        return given.containsKey(option);
    }

    private void only(String mode, Set<String> allowed) throws UsageException {
        for (String option : given.keySet()) {
            if (!allowed.contains(option) && !option.equals(mode)) {
                throw new UsageException(option + " does not go with " + mode + "; see --help");
            }
        }
    }

    private long whole(String option, long byDefault, long least, long most) throws UsageException {
        String text = given.get(option);
        if (text == null) {
            return byDefault;
        }
        try {
            long value = Long.parseLong(text);
            if (value >= least && value <= most) {
                return value;
            }
        } catch (NumberFormatException e) {
            // The message below says it better.
        }
        String range = most == Long.MAX_VALUE
                ? least == Long.MIN_VALUE ? "" : " of at least " + least
                : " from " + least + " to " + most;
        throw new UsageException(option + " must be a whole number" + range + ", not " + shown(text));
    }

    private @Nullable Double speedUp() throws UsageException {
        String text = given.get("--speed-up");
        if (text == null) {
            return null;
        }
        try {
            double value = Double.parseDouble(text);
            if (value > 0 && value <= HIGHEST_SPEED_UP) {
                return value;
            }
        } catch (NumberFormatException e) {
            // The message below says it better.
        }
        throw new UsageException("--speed-up must be a number above 0, at most 1e9, not " + shown(text));
    }

    private Rate rate() throws UsageException {
        String text = given.get("--rate");
        Rate rate = text == null ? DEFAULT_RATE : rate(text);
        return rate.burst(whole("--burst", rate.capacity(), 1, Long.MAX_VALUE));
    }

    private static Rate rate(String text) throws UsageException {
        int slash = text.indexOf('/');
        Duration period = UNITS.get(text.substring(slash + 1));
        if (slash > 0 && period != null) {
            try {
                return Rate.of(Long.parseLong(text.substring(0, slash)), period);
            } catch (IllegalArgumentException e) {
                // No number, or one that no rate can have; the message below serves for both.
            }
        }
        throw new UsageException("--rate must be like 10/s, 30/min, 1000/h or 5000/day, not " + shown(text));
    }

    private static Path path(String option, String text) throws UsageException {
        try {
            if (!text.isEmpty()) {
                return Path.of(text);
            }
        } catch (InvalidPathException e) {
            // The message below serves.
        }
        throw new UsageException(option + " must name a file, not " + shown(text));
    }

    /** Keeps what came from outside on one line, and short. */
    static String shown(String text) {
        String line = text.codePoints()
                .limit(80)
                .map(c -> Character.isISOControl(c) ? '?' : c)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
        return "'" + line + "'";
    }
}
