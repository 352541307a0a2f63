package dev.ratelimit.benchmarks.report;

import dev.ratelimit.benchmarks.Results;
import dev.ratelimit.benchmarks.Results.Interval;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * Benchmarks that do the same job, each with another library. A text that the table leaves out is empty.
 *
 * @param title the job
 * @param calls the names of the benchmarks, with a star for the library; {@code /sampled} ends those of single calls
 * @param floor the method of the floor
 * @param ours our methods, with spaces between them
 * @param allocated whether the figure is what a call allocates, and not what it takes
 * @param unit the unit of the figure; nanoseconds if left out
 */
record Group(String title, String calls, String floor, String ours, boolean allocated, String unit) {

    Group {
        floor = Objects.requireNonNullElse(floor, "");
        unit = Objects.requireNonNullElse(unit, "ns");
    }

    String type() {
        return calls.replaceFirst("\\..*", "");
    }

    boolean isSampled() {
        return calls.endsWith("/sampled");
    }

    /** The figures of each that was measured, the best first. */
    Panel panel(Results results) {
        Stream<Bar> our = Stream.of(ours.split(" ", -1))
                .map(method -> new Bar(Names.label(type(), method), figure(results, our(method)), true));
        Stream<Bar> peers = Names.PEERS.stream()
                .map(peer -> new Bar(Names.label(peer), figure(results, calls.replace("*", peer)), false));
        List<Bar> bars = Stream.concat(our, peers)
                .filter(bar -> bar.value().isMeasured())
                .sorted(Verdict.bestFirst(unit))
                .toList();
        return new Panel(title, Names.label(floor), figure(results, our(floor)).score(), bars, unit);
    }

    private String our(String method) {
        return calls.replaceFirst("\\*\\w*", method);
    }

    /** If calls were timed one by one, the time is the 99.99th percentile. */
    private Interval figure(Results results, String name) {
        return isSampled()
                ? Interval.exactly(results.percentile(name, "99.99"))
                : allocated ? Interval.exactly(results.allocated(name)) : results.interval(name);
    }
}
