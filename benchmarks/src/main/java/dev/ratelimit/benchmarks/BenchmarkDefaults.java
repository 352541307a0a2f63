package dev.ratelimit.benchmarks;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The default settings of all benchmarks; JMH takes these annotations from the superclass.
 *
 * <p><b>Heap.</b> Of a fixed size and touched beforehand, because a heap that grows, or gets its pages from the kernel
 * during a measurement, is charged to whatever allocates then: that would be the key's cost, or the table's. 4 GB hold
 * a million keys in a map and in a table, and leave young collections rare. The collector stays the JVM's default, for
 * that is what most users run.
 *
 * <p><b>Forks.</b> Three, because the compiled code differs from one JVM to the next, by more than the iterations
 * within one JVM do.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
        value = 3,
        jvmArgs = {"-Xms4g", "-Xmx4g", "-XX:+AlwaysPreTouch"})
public abstract class BenchmarkDefaults {

    /** The constructor that JMH's subclasses need. */
    protected BenchmarkDefaults() {}

    /**
     * Fails the benchmark, and with {@code -foe true} the run, if it did not measure what it says it does.
     *
     * @param holds what must hold
     * @param otherwise what is wrong if it does not
     */
    static void check(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalStateException("not a valid measurement: " + otherwise);
        }
    }
}
