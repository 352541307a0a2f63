package dev.ratelimit.benchmarks.report;

import dev.ratelimit.benchmarks.Results;
import dev.ratelimit.benchmarks.Results.Interval;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * All results of one run, and the machine and the versions that they were measured with.
 *
 * @param results the results
 * @param environment the machine and the versions
 */
record Run(Results results, Environment environment) {

    /** One benchmark of those that a name with a star stands for; a footer takes its settings. May be empty. */
    String any(String calls) {
        return results.names().stream()
                .filter(name -> name.matches(calls.replace("*", "\\w*")))
                .findFirst()
                .orElse("");
    }

    /** Those methods of a type that were measured, as lines over the count that is their parameter. */
    List<Line> lines(String type, String suffix, List<String> methods) {
        List<Line> lines = new ArrayList<>();
        for (String method : methods) {
            SortedMap<Long, Interval> points = new TreeMap<>();
            String prefix = type + "." + method + suffix + "/";
            results.names().stream()
                    .filter(name -> name.startsWith(prefix))
                    .forEach(name -> points.put(Long.valueOf(name.substring(prefix.length())), results.interval(name)));
            if (!points.isEmpty()) {
                lines.add(new Line(Names.label(type, method), method.startsWith("floor"), points));
            }
        }
        return lines;
    }

    /** The lines below a picture: how to repeat the measurement, by JMH or by a program, which has no forks. */
    List<String> footer(String any, String libraries, String command) {
        boolean jmh = !results.fact(any, "forks").isEmpty();
        String rounds = results.fact(any, "rounds");
        String bars = rounds.equals("1") ? "" : "; error bars: smallest and largest of " + rounds + " rounds";
        return new ArrayList<>(List.of(
                environment.fact("machine") + ", JDK " + results.fact(any, "jdkVersion")
                        + (jmh ? ", G1, 4 GB heap" : ""),
                libraries,
                environment.fact("date") + (jmh ? "; error bars: 99.9 % confidence" : bars),
                "repeat: benchmarks/run " + (jmh ? "'" + command + "' -prof gc" + options(any) : command)));
    }

    /** The settings of a benchmark, as options of JMH. */
    String options(String any) {
        return " -f " + results.fact(any, "forks")
                + " -wi " + results.fact(any, "warmupIterations")
                + " -w " + results.fact(any, "warmupTime").replace(" ", "")
                + " -i " + results.fact(any, "measurementIterations")
                + " -r " + results.fact(any, "measurementTime").replace(" ", "");
    }
}
