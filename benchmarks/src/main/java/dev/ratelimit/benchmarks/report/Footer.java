package dev.ratelimit.benchmarks.report;

import dev.ratelimit.benchmarks.Results;
import java.util.List;
import java.util.stream.Stream;

/** The lines below a picture, with which a reader can repeat the measurement. */
final class Footer {

    private Footer() {}

    /** The names that a picture of these panels shows. */
    static List<String> labels(List<Panel> panels) {
        return panels.stream()
                .flatMap(panel -> Stream.concat(panel.bars().stream().map(Bar::label), Stream.of(panel.floor())))
                .toList();
    }

    /** The footer of benchmarks that JMH ran; one of them has the settings of all. */
    static List<String> jmh(Environment environment, Results results, String any, String regex, List<String> labels) {
        return List.of(
                environment.machine() + ", JDK " + results.fact(any, "jdkVersion") + ", G1, 4 GB heap",
                environment.libraries(labels),
                environment.get("date") + "; error bars: 99.9 % confidence",
                "repeat: benchmarks/run '" + regex + "' -prof gc" + times(results, any));
    }

    /** A further line for benchmarks whose calls were timed one by one, if there are any. */
    static List<String> sampled(Results results, String any) {
        return any.isEmpty() ? List.of() : List.of("99.99th percentile: with -bm sample" + times(results, any));
    }

    private static String times(Results results, String any) {
        return " -f " + number(results, any, "forks") + " -wi " + number(results, any, "warmupIterations") + " -w "
                + time(results, any, "warmupTime") + " -i " + number(results, any, "measurementIterations") + " -r "
                + time(results, any, "measurementTime");
    }

    /** The footer of a measuring program of this project. */
    static List<String> program(
            Environment environment, Results results, String any, String libraries, String command) {
        String rounds = number(results, any, "rounds");
        return List.of(
                environment.machine() + ", JDK " + results.fact(any, "jdkVersion"),
                libraries,
                environment.get("date")
                        + (rounds.equals("1") ? "" : "; error bars: smallest and largest of " + rounds + " rounds"),
                "repeat: " + command);
    }

    private static String number(Results results, String any, String fact) {
        return results.fact(any, fact).replaceFirst("\\.0$", "");
    }

    private static String time(Results results, String any, String fact) {
        return results.fact(any, fact).replace(" ", "");
    }
}
