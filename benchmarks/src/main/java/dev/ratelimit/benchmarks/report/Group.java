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
 * @param suffix the suffix after the library's name in their methods
 * @param param the parameter, with a slash before it; empty if there is none; {@link #SAMPLED} for calls timed one by
 *     one
 * @param ours our methods, and their labels
 * @param floor the method of the floor; empty if there is none
 * @param floorLabel the work of the floor
 */
record Group(
        String title,
        String type,
        String suffix,
        String param,
        Map<String, String> ours,
        String floor,
        String floorLabel) {

    /** The end of the name of a run that timed single calls, as in {@link Results}. */
    static final String SAMPLED = "/sampled";

    Group {
        ours = new LinkedHashMap<>(ours);
    }

    /**
     * The times of each that was measured, the least first. If calls were timed one by one, the time is the 99.99th
     * percentile.
     */
    Panel times(Results results) {
        Function<String, Interval> time =
                isSampled() ? name -> exactly(results.percentile(name, "99.99")) : results::interval;
        return new Panel(title, floorLabel, time.apply(name(floor)).score(), bars(time), "ns");
    }

    boolean isSampled() {
        return param.equals(SAMPLED);
    }

    /** The bytes that each allocates in a call. */
    Panel allocations(Results results) {
        return new Panel(title, "", Double.NaN, bars(name -> exactly(results.allocated(name))), "");
    }

    private static Interval exactly(double value) {
        return new Interval(value, value, value);
    }

    /** One of the benchmarks, from which the footer of a picture takes the settings of all. */
    String any(Results results) {
        return results.names().stream()
                .filter(name ->
                        name.startsWith(type + ".") && name.endsWith(param) && (param.isEmpty() != name.contains("/")))
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
