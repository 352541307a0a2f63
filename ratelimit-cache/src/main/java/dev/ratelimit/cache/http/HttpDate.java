package dev.ratelimit.cache.http;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** A date of HTTP in its three forms (RFC 9110, section 5.6.7). The day of the week is not checked against the date. */
final class HttpDate {

    private static final DateTimeFormatter FIXED = formatter("d MMM uuuu HH:mm:ss");
    private static final DateTimeFormatter ASCTIME = formatter("MMM d HH:mm:ss uuuu");
    private static final DateTimeFormatter SENT =
            DateTimeFormatter.ofPattern("EEE, dd MMM uuuu HH:mm:ss 'GMT'", Locale.ROOT);

    private HttpDate() {}

    static Optional<Instant> parse(String text, Instant now) {
        int comma = text.indexOf(',');
        String date = text.strip();
        if (comma >= 0) {
            String rest = text.substring(comma + 1).strip();
            if (!rest.regionMatches(true, rest.length() - 4, " GMT", 0, 4)) {
                return Optional.empty();
            }
            String bare = rest.substring(0, rest.length() - 4);
            return bare.indexOf('-') >= 0 ? parse(twoDigitYears(now), bare) : parse(FIXED, bare);
        }
        int space = date.indexOf(' ');
        return space < 0
                ? Optional.empty()
                : parse(ASCTIME, date.substring(space + 1).replace("  ", " "));
    }

    private static Optional<Instant> parse(DateTimeFormatter formatter, String text) {
        try {
            return Optional.of(LocalDateTime.parse(text.strip(), formatter).toInstant(ZoneOffset.UTC));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    /**
     * Returns the format of years with two digits. A year that seems to be more than 50 years ahead is the last past
     * year with these digits.
     */
    private static DateTimeFormatter twoDigitYears(Instant now) {
        int base = now.atOffset(ZoneOffset.UTC).getYear() - 49;
        return new DateTimeFormatterBuilder()
                .parseCaseInsensitive()
                .appendPattern("d-MMM-")
                .appendValueReduced(ChronoField.YEAR, 2, 2, base)
                .appendPattern(" HH:mm:ss")
                .toFormatter(Locale.ROOT);
    }

    private static DateTimeFormatter formatter(String pattern) {
        return new DateTimeFormatterBuilder()
                .parseCaseInsensitive()
                .appendPattern(pattern)
                .toFormatter(Locale.ROOT);
    }

    /** Returns the date in the single form that senders may use, in whole seconds. */
    static String format(Instant date) {
        return SENT.format(date.atOffset(ZoneOffset.UTC));
    }

    /** Whether all lines of a field that must appear once are equal. */
    static boolean isUnanimous(List<String> lines) {
        return lines.stream().distinct().count() <= 1;
    }
}
