package dev.ratelimit.cache.http;

import dev.ratelimit.cache.ReadOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The directives of {@code Cache-Control} (RFC 9111, section 5.2), over all lines of the field; or those of a targeted
 * field (RFC 9213), which replaces it.
 *
 * <p>Unknown directives are ignored. A directive that appears twice with different arguments, or whose argument is no
 * number of seconds, counts as zero seconds: the value is then used too rarely, but never too long (section 4.2.1). A
 * field with a quoted string that has no end counts as {@code no-store}, because the end of the string is unknown, and
 * directives may be part of it.
 */
final class CacheControl {

    /** A longer time counts as this (section 1.2.2). */
    private static final long MAX_SECONDS = 1L << 31;

    private static final String NO_STORE = "no-store";
    private static final Set<String> RESTRICTING = Set.of("no-store", "no-cache", "private");

    private static final String CONTRADICTION = "?";

    private final Map<String, String> directives = new HashMap<>();
    private boolean malformed;
    private final boolean targeted;

    private CacheControl(boolean targeted) {
        this.targeted = targeted;
    }

    static CacheControl of(Fields fields) {
        CacheControl control = new CacheControl(false);
        List<String> elements = new ArrayList<>();
        for (String line : fields.lines("Cache-Control")) {
            control.malformed |= !ListElements.addTo(elements, line);
        }
        for (String element : elements) {
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

    /**
     * Returns the directives that apply to this cache: those of the first targeted field that is valid and not empty,
     * otherwise those of {@code Cache-Control} (RFC 9213, section 2.2).
     */
    static CacheControl of(Fields response, List<String> targetedFields) {
        for (String name : targetedFields) {
            CacheControl control = new CacheControl(true);
            StructuredDictionary.parse(response.lines(name))
                    .ifPresent(members -> members.forEach((directive, value) -> {
                        if (value.number().isPresent()) {
                            control.directives.put(
                                    directive, Long.toString(value.number().getAsLong()));
                        } else if (value.isTrue() || (!value.isFalse() && RESTRICTING.contains(directive))) {
                            // A directive that restricts the cache counts with any argument, as in Cache-Control.
                            control.directives.put(directive, "");
                        }
                    }));
            if (!control.directives.isEmpty()) {
                return control;
            }
        }
        return of(response);
    }

    /**
     * Returns the directives of a request. {@code Pragma: no-cache} counts if there is no {@code Cache-Control}
     * (section 5.4).
     */
    static CacheControl ofRequest(Fields request) {
        CacheControl control = of(request);
        if (!request.contains("Cache-Control")
                && request.elements("Pragma").stream().anyMatch("no-cache"::equalsIgnoreCase)) {
            control.directives.put("no-cache", "");
        }
        return control;
    }

    /** Whether these are the directives of a targeted field. {@code Expires} then does not count. */
    boolean isTargeted() {
        return targeted;
    }

    /**
     * Whether a directive is present, with or without an argument: one that names fields counts for the whole response.
     */
    boolean has(String directive) {
        return directives.containsKey(directive);
    }

    /** Whether nothing may be stored; {@code must-understand} lifts only a directive that can be read. */
    boolean forbidsStoring(boolean understood) {
        return malformed || (has(NO_STORE) && !(understood && has("must-understand")));
    }

    /** Returns the time of a directive; zero if it cannot be read; empty if there is no such directive. */
    Optional<Duration> time(String directive) {
        return Optional.ofNullable(directives.get(directive)).map(argument -> Duration.ofSeconds(seconds(argument)));
    }

    /**
     * Returns the read options of a request's directives (section 5.2.1), in addition to other options. The last
     * directive about loads counts.
     */
    ReadOptions asReadOptions(ReadOptions others) {
        ReadOptions options = others;
        if (forbidsStoring(false)) {
            options = options.noStore();
        }
        if (has("only-if-cached")) {
            options = options.onlyIfCached();
        }
        if (has("no-cache")) {
            return options.maxAge(Duration.ZERO);
        }
        if (has("min-fresh")) {
            options = options.minFresh(time("min-fresh").orElse(Duration.ZERO));
        }
        if (has("max-age")) {
            options = options.maxAge(time("max-age").orElse(Duration.ZERO)).maxStale(Duration.ZERO);
        }
        if (!has("max-stale")) {
            return options;
        }
        boolean ofAnyLength = "".equals(directives.get("max-stale"));
        return options.maxStale(
                ofAnyLength
                        ? Duration.ofSeconds(MAX_SECONDS)
                        : time("max-stale").orElse(Duration.ZERO));
    }

    /** Returns the seconds as in section 1.2.2: any number of digits; zero for any other text. */
    static long seconds(String text) {
        if (!isDigits(text)) {
            return 0;
        }
        long seconds = 0;
        for (int i = 0; i < text.length() && seconds < MAX_SECONDS; i++) {
            seconds = 10 * seconds + (text.charAt(i) - '0');
        }
        return Math.min(seconds, MAX_SECONDS);
    }

    static boolean isDigits(String text) {
        return !text.isEmpty() && text.chars().allMatch(c -> c >= '0' && c <= '9');
    }

    private static String unquoted(String argument) {
        boolean quoted = argument.length() >= 2 && argument.startsWith("\"") && argument.endsWith("\"");
        return quoted ? argument.substring(1, argument.length() - 1) : argument;
    }
}
