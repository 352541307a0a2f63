package dev.ratelimit.benchmarks.report;

import dev.ratelimit.benchmarks.Results;
import java.util.List;

/** The lines below a picture, from which a stranger can repeat it. */
final class Footer {

    private Footer() {}

    /** Of benchmarks that JMH ran; one of them says how. */
    static List<String> jmh(Environment environment, Results results, String any, String regex) {
        String command = "benchmarks/run '" + regex + "' -prof gc" + times(results, any);
        return List.of(
                environment.machine() + ", JDK " + results.fact(any, "jdkVersion") + ", G1, 4 GB heap",
                environment.libraries(),
                environment.get("date") + "; error bars: 99.9 % confidence; repeat: " + command);
    }

    /** Of those of them whose calls were timed one by one, if there are any. */
    static List<String> sampled(Results results, String any) {
        return any.isEmpty()
                ? List.of()
                : List.of("the slowest of ten thousand calls: with -bm sample" + times(results, any));
    }

    private static String times(Results results, String any) {
        return " -f " + number(results, any, "forks") + " -wi " + number(results, any, "warmupIterations") + " -w "
                + time(results, any, "warmupTime") + " -i " + number(results, any, "measurementIterations") + " -r "
                + time(results, any, "measurementTime");
    }

    /** Of a program of our own. */
    static List<String> program(
            Environment environment, Results results, String any, String libraries, String command) {
        String rounds = number(results, any, "rounds");
        return List.of(
                environment.machine() + ", JDK " + results.fact(any, "jdkVersion"),
                libraries,
                environment.get("date")
                        + (rounds.equals("1") ? "" : "; error bars: least and most of " + rounds + " rounds")
                        + "; repeat: "
                        + command);
    }

    private static String number(Results results, String any, String fact) {
        return results.fact(any, fact).replaceFirst("\\.0$", "");
    }

    private static String time(Results results, String any, String fact) {
        return results.fact(any, fact).replace(" ", "");
    }
}
