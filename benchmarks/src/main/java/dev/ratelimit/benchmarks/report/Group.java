package dev.ratelimit.benchmarks.report;

import dev.ratelimit.benchmarks.Results;
import dev.ratelimit.benchmarks.Results.Interval;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Benchmarks that do the same job, each by another library.
 *
 * @param title the job
 * @param type the class of the benchmarks
 * @param suffix what comes after the library's name in their methods
 * @param param the parameter, with a slash before it; empty if there is none
 * @param ours our methods, and their labels
 * @param floor the method of the floor; empty if there is none
 * @param floorLabel what the floor does
 */
record Group(
        String title,
        String type,
        String suffix,
        String param,
        Map<String, String> ours,
        String floor,
        String floorLabel) {

    Group {
        ours = new LinkedHashMap<>(ours);
    }

    /** The times of each that was measured, the least first. */
    Panel times(Results results) {
        Interval least = results.interval(name(floor));
        return new Panel(title, floorLabel, least.score(), bars(name -> results.interval(name)));
    }

    /** What each allocates in a call. */
    Panel allocations(Results results) {
        return new Panel(title, "", Double.NaN, bars(name -> {
            double bytes = results.allocated(name);
            return new Interval(bytes, bytes, bytes);
        }));
    }

    /** One of the benchmarks, of which the footer of a picture tells how all were run. */
    String any(Results results) {
        return results.names().stream()
                .filter(name -> name.startsWith(type + ".") && name.endsWith(param))
                .findFirst()
                .orElse("");
    }

    private List<Bar> bars(Function<String, Interval> figure) {
        List<Bar> bars = new ArrayList<>();
        ours.forEach((method, label) -> bars.add(new Bar(label, figure.apply(name(method)), true)));
        Names.PEERS.forEach(peer -> bars.add(new Bar(Names.label(peer), figure.apply(name(peer + suffix)), false)));
        return bars.stream()
                .filter(bar -> bar.value().isMeasured())
                .sorted(Comparator.comparingDouble(bar -> bar.value().score()))
                .toList();
    }

    private String name(String method) {
        return type + "." + method + param;
    }
}
