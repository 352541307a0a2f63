package dev.ratelimit.examples.lab;

import java.time.Duration;
import java.util.Locale;

/** A duration as people write it: in the largest unit of which it has at least one. */
final class DurationText {

    private static final double DAY = 86_400;
    private static final double HOUR = 3_600;
    private static final double MINUTE = 60;

    private DurationText() {}

    static String of(Duration duration) {
        double seconds = duration.toNanos() / 1e9;
        if (seconds >= DAY) {
            return text(seconds / DAY, seconds == DAY ? "day" : "days");
        }
        if (seconds >= HOUR) {
            return text(seconds / HOUR, "h");
        }
        if (seconds >= MINUTE) {
            return text(seconds / MINUTE, "min");
        }
        return seconds >= 1 || seconds == 0 ? text(seconds, "s") : text(seconds * 1e3, "ms");
    }

    private static String text(double value, String unit) {
        return String.format(Locale.ROOT, value == Math.rint(value) ? "%.0f %s" : "%.1f %s", value, unit);
    }
}
