package dev.ratelimit.benchmarks.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The text of numbers, and the marks of axes. */
final class Numbers {

    private Numbers() {}

    /** Three significant digits, without an exponent; large ones in thousands and millions. */
    static String brief(double value) {
        double size = Math.abs(value);
        if (size >= 999_500) {
            return digits(value / 1e6) + "M";
        }
        if (size >= 9_995) {
            return digits(value / 1e3) + "k";
        }
        return digits(value);
    }

    /** A figure with its unit; times from a thousand nanoseconds or microseconds on in the next larger unit. */
    static String with(double value, String unit) {
        if (unit.equals("ns") && Math.abs(value) >= 999.5) {
            return with(value / 1e3, "µs");
        }
        if (unit.equals("µs") && Math.abs(value) >= 999.5) {
            return brief(value / 1e3) + " ms";
        }
        return unit.isEmpty() ? brief(value) : brief(value) + " " + unit;
    }

    /** A mark on an axis: zero without a unit, and no decimals that are zero. */
    static String mark(double value, String unit) {
        return value == 0 ? "0" : with(value, unit).replaceFirst("\\.0+(?=[kM ]|$)", "");
    }

    private static String digits(double value) {
        double size = Math.abs(value);
        // Below 0.05, a figure is an effect of the harness, or nothing.
        int decimals = size < 0.05 || size >= 99.95 ? 0 : (size >= 9.995 ? 1 : 2);
        return String.format(Locale.ROOT, "%,." + decimals + "f", value).replaceFirst("^-0$", "0");
    }

    /** Round marks from zero to at least the given value, at most six of them. */
    static List<Double> marks(double value) {
        double most = value > 0 ? value : 1;
        double step = Math.pow(10, Math.floor(Math.log10(most)));
        while (most / step > 5) {
            step *= most / step > 10 ? 5 : 2;
        }
        while (most / step < 2.5) {
            step /= 2;
        }
        List<Double> marks = new ArrayList<>();
        for (int i = 0; marks.isEmpty() || marks.get(i - 1) < most; i++) {
            marks.add(i * step);
        }
        return marks;
    }
}
