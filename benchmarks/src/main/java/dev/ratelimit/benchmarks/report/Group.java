package dev.ratelimit.benchmarks.report;

import dev.ratelimit.benchmarks.Results;
import dev.ratelimit.benchmarks.Results.Interval;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Benchmarks that do the same job, each with another library.
 *
 * @param title the job
 * @param type the class of the benchmarks
 * @param suffix the suffix after the library's name in their methods
 * @param param the parameter, with a slash before it; empty if there is none; {@link #SAMPLED} for calls timed one by
 *     one
 * @param floor the method of the floor; empty if there is none
 * @param ours our methods
 */
record Group(String title, String type, String suffix, String param, String floor, List<String> ours) {

    /** The end of the name of a run that timed single calls, as in {@link Results}. */
    static final String SAMPLED = "/sampled";

    boolean isSampled() {
        return param.equals(SAMPLED);
    }

    /**
     * The times of each that was measured, the least first. If calls were timed one by one, the time is the 99.99th
     * percentile.
     */
    Panel times(Results results) {
        Function<String, Interval> time =
                isSampled() ? name -> Interval.exactly(results.percentile(name, "99.99")) : results::interval;
        return new Panel(title, Names.label(floor), time.apply(name(floor)).score(), bars(time), "ns");
    }

    /** The bytes that each allocates in a call. */
    Panel allocations(Results results) {
        return new Panel(title, "", Double.NaN, bars(name -> Interval.exactly(results.allocated(name))), "");
    }

    private List<Bar> bars(Function<String, Interval> figure) {
        Stream<Bar> our =
                ours.stream().map(method -> new Bar(Names.label(type, method), figure.apply(name(method)), true));
        Stream<Bar> peers =
                Names.PEERS.stream().map(peer -> new Bar(Names.label(peer), figure.apply(name(peer + suffix)), false));
        return Stream.concat(our, peers)
                .filter(bar -> bar.value().isMeasured())
                .sorted(Comparator.comparingDouble(bar -> bar.value().score()))
                .toList();
    }

    private String name(String method) {
        return type + "." + method + param;
    }
}
