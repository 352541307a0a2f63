package dev.ratelimit.cache.http;

import dev.ratelimit.cache.ReadOptions;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The directives of {@code Cache-Control} (RFC 9111, section 5.2), over all lines of the field.
 *
 * <p>Unknown directives are ignored. One that comes twice with different arguments, or whose argument is no number of seconds,
 * counts as zero seconds: of no use, rather than of too much (section 4.2.1).
 */
final class CacheControl {

    /** What is longer counts as this (section 1.2.2). */
    private static final long LONGEST_SECONDS = 1L << 31;

    private static final String CONTRADICTION = "?";

    private final Map<String, String> directives = new HashMap<>();

    private CacheControl() {}

    static CacheControl of(Fields fields) {
        CacheControl control = new CacheControl();
        for (String element : fields.elements("Cache-Control")) {
            int equals = element.indexOf('=');
            String name = equals < 0 ? element : element.substring(0, equals);
            String argument =
                    equals < 0 ? "" : unquoted(element.substring(equals + 1).strip());
            control.directives.merge(
                    name.strip().toLowerCase(Locale.ROOT),
                    argument,
                    (before, now) -> before.equals(now) ? before : CONTRADICTION);
        }
        return control;
    }

    /** Also if it has an argument: a field that is named is not told apart from the rest. */
    boolean has(String directive) {
        return directives.containsKey(directive);
    }

    /** The time of a directive; zero if it cannot be read; empty if it is not there. */
    Optional<Duration> time(String directive) {
        return Optional.ofNullable(directives.get(directive)).map(argument -> Duration.ofSeconds(seconds(argument)));
    }

    /** What a request's directives ask of an answer (section 5.2.1). */
    ReadOptions asReadOptions() {
        if (has("no-cache")) {
            return ReadOptions.any().maxAge(Duration.ZERO);
        }
        ReadOptions options = ReadOptions.any();
        if (has("max-age")) {
            options = options.maxAge(time("max-age").orElse(Duration.ZERO)).maxStale(Duration.ZERO);
        }
        if (!has("max-stale")) {
            return options;
        }
        boolean ofAnyLength = "".equals(directives.get("max-stale"));
        return options.maxStale(
                ofAnyLength
                        ? Duration.ofSeconds(LONGEST_SECONDS)
                        : time("max-stale").orElse(Duration.ZERO));
    }

    /** Seconds as section 1.2.2 has them: digits only, of any number; zero for anything else. */
    static long seconds(String text) {
        if (!isDigits(text)) {
            return 0;
        }
        long seconds = 0;
        for (int i = 0; i < text.length() && seconds < LONGEST_SECONDS; i++) {
            seconds = 10 * seconds + (text.charAt(i) - '0');
        }
        return Math.min(seconds, LONGEST_SECONDS);
    }

    static boolean isDigits(String text) {
        return !text.isEmpty() && text.chars().allMatch(c -> c >= '0' && c <= '9');
    }

    private static String unquoted(String argument) {
        boolean quoted = argument.length() >= 2 && argument.startsWith("\"") && argument.endsWith("\"");
        return quoted ? argument.substring(1, argument.length() - 1) : argument;
    }
}
