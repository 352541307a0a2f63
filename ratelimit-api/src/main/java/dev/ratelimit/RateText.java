package dev.ratelimit;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The text form of a rate, as in a configuration: {@code 20/min burst 5}. */
final class RateText {

    private static final Pattern RATE =
            Pattern.compile("(\\d+) ?(?:/|per) ?(\\d*) ?([a-zµ]+)(?: burst (\\d+))?(?: initially (\\d+))?");

    /** The units of periods, the longest first, each with its accepted names. The first name is used for writing. */
    private static final List<Unit> UNITS = List.of(
            new Unit(86_400_000_000_000L, List.of("d", "day", "days")),
            new Unit(3_600_000_000_000L, List.of("h", "hour", "hours")),
            new Unit(60_000_000_000L, List.of("min", "minute", "minutes")),
            new Unit(1_000_000_000, List.of("s", "sec", "second", "seconds")),
            new Unit(1_000_000, List.of("ms")),
            new Unit(1_000, List.of("us", "µs")),
            new Unit(1, List.of("ns")));

    private record Unit(long nanos, List<String> names) {

        static Unit named(String name) {
            return UNITS.stream()
                    .filter(unit -> unit.names.contains(name))
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException(
                            "\"" + name + "\" is not one of the units ns, us, ms, s, min, h, d"));
        }

        static Unit thatDivides(long nanos) {
            return UNITS.stream()
                    .filter(unit -> nanos % unit.nanos == 0)
                    .findFirst()
                    .orElseThrow();
        }
    }

    private RateText() {}

    static Rate parse(String text) {
        Matcher parts = RATE.matcher(text.strip().replaceAll("\\s+", " ").toLowerCase(Locale.ROOT));
        if (!parts.matches()) {
            throw wrong(text, "", null);
        }
        try {
            Unit unit = Unit.named(parts.group(3));
            long count = parts.group(2).isEmpty() ? 1 : Long.parseLong(parts.group(2));
            Rate rate = Rate.of(
                    Long.parseLong(parts.group(1)), Duration.ofNanos(unit.nanos).multipliedBy(count));
            if (parts.group(4) != null) {
                rate = rate.burst(Long.parseLong(parts.group(4)));
            }
            return parts.group(5) == null ? rate : rate.initially(Long.parseLong(parts.group(5)));
        } catch (NumberFormatException | ArithmeticException e) {
            throw wrong(text, "; one of its numbers is too large", e);
        } catch (IllegalArgumentException e) {
            throw wrong(text, "; " + e.getMessage(), e);
        }
    }

    private static IllegalArgumentException wrong(String text, String why, @Nullable Exception cause) {
        return new IllegalArgumentException(
                "a rate reads like \"100/s\" or \"20/min burst 5\", but was \"" + text + "\"" + why, cause);
    }

    static String of(Rate rate) {
        long nanos = rate.period().toNanos();
        Unit unit = Unit.thatDivides(nanos);
        long count = nanos / unit.nanos;
        return rate.permits()
                + "/"
                + (count == 1 ? "" : count)
                + unit.names.get(0)
                + (rate.capacity() == rate.permits() ? "" : " burst " + rate.capacity())
                + (rate.initially() == rate.capacity() ? "" : " initially " + rate.initially());
    }
}
