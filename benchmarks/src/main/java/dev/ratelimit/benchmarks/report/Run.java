package dev.ratelimit.benchmarks.report;

import dev.ratelimit.benchmarks.Results;
import dev.ratelimit.benchmarks.Results.Interval;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * All results of one run, and the machine and the versions that they were measured with.
 *
 * @param results the results
 * @param environment the machine and the versions
 */
record Run(Results results, Environment environment) {

    /** The benchmarks of a type with a parameter, or without one if it is empty. */
    private Stream<String> names(String type, String param) {
        return results.names().stream()
                .filter(name ->
                        name.startsWith(type) && name.endsWith(param) && (param.isEmpty() != name.contains("/")));
    }

    /** One benchmark of a type with a parameter, from which a footer takes the settings of all; may be empty. */
    String any(String type, String param) {
        return names(type, param).findFirst().orElse("");
    }

    /** The methods of a measuring program as bars, the least first; methods without a library's name are ours. */
    List<Bar> bars(String type, String param) {
        return names(type, param)
                .map(name -> {
                    String method = name.substring(type.length(), name.length() - param.length());
                    return new Bar(Names.label(method), results.interval(name), !Names.PEERS.contains(method));
                })
                .sorted(Comparator.comparingDouble(bar -> bar.value().score()))
                .toList();
    }

    /** The scores of a benchmark, by the count that is its parameter. */
    Map<Long, Interval> points(String benchmark) {
        Map<Long, Interval> points = new TreeMap<>();
        results.names().stream()
                .filter(name -> name.startsWith(benchmark + "/"))
                .forEach(name ->
                        points.put(Long.valueOf(name.substring(benchmark.length() + 1)), results.interval(name)));
        return points;
    }

    /** The lines below a picture of benchmarks that JMH ran: what a reader needs to repeat the measurement. */
    List<String> jmhFooter(String any, String regex, List<Panel> panels) {
        return List.of(
                environment.machine() + ", JDK " + results.fact(any, "jdkVersion") + ", G1, 4 GB heap",
                environment.libraries(panels),
                environment.fact("date") + "; error bars: 99.9 % confidence",
                "repeat: benchmarks/run '" + regex + "' -prof gc" + options(any));
    }

    /** The settings of a benchmark, as options of JMH. */
    String options(String any) {
        return " -f " + results.fact(any, "forks")
                + " -wi " + results.fact(any, "warmupIterations")
                + " -w " + results.fact(any, "warmupTime").replace(" ", "")
                + " -i " + results.fact(any, "measurementIterations")
                + " -r " + results.fact(any, "measurementTime").replace(" ", "");
    }

    /** The lines below a picture of a measuring program of this project. */
    List<String> programFooter(String any, String libraries, String command) {
        String rounds = results.fact(any, "rounds");
        String bars = rounds.equals("1") ? "" : "; error bars: smallest and largest of " + rounds + " rounds";
        return List.of(
                environment.machine() + ", JDK " + results.fact(any, "jdkVersion"),
                libraries,
                environment.fact("date") + bars,
                "repeat: benchmarks/run " + command);
    }
}
