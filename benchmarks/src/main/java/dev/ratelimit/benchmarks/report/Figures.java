package dev.ratelimit.benchmarks.report;

import dev.ratelimit.benchmarks.Results;
import dev.ratelimit.benchmarks.Results.Interval;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The results of the project's own measuring programs, in the form of pictures. */
record Figures(Results results) {

    /** The methods of a program as bars, the least first. A method that is not named after another library is ours. */
    List<Bar> bars(String type, String param) {
        return results.names().stream()
                .filter(name ->
                        name.startsWith(type) && name.endsWith(param) && (param.isEmpty() != name.contains("/")))
                .map(name -> bar(name, name.substring(type.length(), name.length() - param.length())))
                .sorted(Comparator.comparingDouble(bar -> bar.value().score()))
                .toList();
    }

    private Bar bar(String name, String method) {
        return new Bar(Names.label(method), results.interval(name), !Names.PEERS.contains(method));
    }

    /** The scores of a benchmark, by the count that is its parameter. */
    Map<Long, Interval> points(String benchmark) {
        Map<Long, Interval> points = new TreeMap<>();
        for (String name : results.names()) {
            if (name.startsWith(benchmark + "/")) {
                points.put(Long.valueOf(name.substring(benchmark.length() + 1)), results.interval(name));
            }
        }
        return points;
    }
}
