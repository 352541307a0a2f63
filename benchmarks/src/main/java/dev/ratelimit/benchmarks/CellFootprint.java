package dev.ratelimit.benchmarks;

import dev.ratelimit.Limiter;
import dev.ratelimit.Rate;
import dev.ratelimit.core.Limiters;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.function.Predicate;
import javax.management.JMException;
import org.openjdk.jol.info.GraphLayout;

/**
 * The memory that a limiter of a million keys holds per key, measured in three independent ways.
 *
 * <p>JOL walks all objects that the limiter reaches; the JVM's own count of live objects, and the heap in use after a
 * collection, are compared from before the limiter was built to after all keys came. Keys are made anew for each call
 * and dropped, so a string among what the limiter reaches is one that it retained.
 *
 * <p>Run by {@code benchmarks/run CellFootprint}, which passes what JOL needs; the only argument is the file that gets
 * the summary; a file beside it, which ends with {@code .json}, gets the bytes per key of ours and of other libraries
 * ({@link PeersFootprint}).
 */
public final class CellFootprint {

    private static final int KEYS = 1_000_000;

    /** One a day: a key that has asked once is in debt, and can be told from one that was forgotten. */
    private static final Rate RATE = Rate.perDay(1);

    private CellFootprint() {}

    /**
     * Measures and prints.
     *
     * @param args the file for the summary, if any
     * @throws JMException if the JVM does not count its objects
     * @throws IOException if the file cannot be written
     */
    public static void main(String[] args) throws JMException, IOException {
        // What the meters, and the classes of the limiter, take for themselves is there before the first reading.
        measure(1000, false);
        String summary = measure(KEYS, true);
        System.out.println(summary);
        Recorded recorded = new Recorded();
        PeersFootprint.measure(KEYS).forEach((library, bytes) -> {
            System.out.printf(Locale.ROOT, "%-22s %7.2f bytes per key by heap in use, keys included%n", library, bytes);
            recorded.add("CellFootprint." + library, "", "bytes/key", bytes);
        });
        if (args.length > 0) {
            Files.writeString(Path.of(args[0]), summary + System.lineSeparator());
            recorded.write(Path.of(args[0].replaceFirst("\\.txt$", "") + ".json"));
        }
    }

    private static String measure(int keys, boolean print) throws JMException {
        HeapUse before = HeapUse.now();
        Limiter<String> limiter = Limiters.builder(RATE).maxKeys(keys).build();
        Reach empty = Reach.of(limiter);
        int allowed = count(keys, limiter::tryAcquire);
        HeapUse growth = HeapUse.now().minus(before);
        Reach full = Reach.of(limiter);
        // Asks for nothing, so that no key is entered again, and another forgotten for it.
        int remembered = count(keys, key -> !limiter.peek(key).allowed());
        Reach askedTwice = Reach.of(limiter);
        if (print) {
            System.out.printf("%,d distinct keys asked once: %,d allowed%n", keys, allowed);
            System.out.printf(
                    "asked again: %,d denied, so still known; %,d debts forgotten%n",
                    remembered, limiter.evictedInDebt());
            System.out.println("JOL, before any key:       " + empty);
            System.out.println("JOL, each key asked once:  " + full);
            System.out.println("JOL, each key asked twice: " + askedTwice);
            System.out.printf("live objects by the JVM's histogram: %,d bytes more%n", growth.liveBytes());
            System.out.printf("heap in use after a collection:      %,d bytes more%n", growth.usedBytes());
            System.out.printf("direct buffers outside the heap:     %,d bytes more%n", growth.directBytes());
        }
        return String.format(
                Locale.ROOT,
                "CellFootprint: %d keys known of %d, bytes per key: %.2f by JOL, %.2f by histogram, %.2f by heap in use;"
                        + " strings retained: %d (%d bytes)",
                remembered,
                keys,
                full.bytes() / (double) keys,
                growth.liveBytes() / (double) keys,
                growth.usedBytes() / (double) keys,
                full.strings() - empty.strings(),
                full.stringBytes() - empty.stringBytes());
    }

    /** Counts the keys of which something holds; each time the keys are the same, the strings new. */
    private static int count(int keys, Predicate<String> holds) {
        UuidKeys names = new UuidKeys(1);
        int count = 0;
        for (int i = 0; i < keys; i++) {
            if (holds.test(names.next())) {
                count++;
            }
        }
        return count;
    }

    /**
     * What can be reached from an object, itself included.
     *
     * @param objects how many objects
     * @param bytes their bytes
     * @param strings how many of them are strings
     * @param stringBytes the bytes of the strings, without the arrays that they stand in
     * @param byteArrays how many are byte arrays, in which strings stand
     */
    private record Reach(long objects, long bytes, long strings, long stringBytes, long byteArrays) {

        static Reach of(Object root) {
            GraphLayout layout = GraphLayout.parseInstance(root);
            return new Reach(
                    layout.totalCount(),
                    layout.totalSize(),
                    layout.getClassCounts().count(String.class),
                    layout.getClassSizes().count(String.class),
                    layout.getClassCounts().count(byte[].class));
        }

        @Override
        public String toString() {
            return String.format(
                    "%,d bytes in %,d objects, of them %,d strings (%,d bytes) and %,d byte arrays",
                    bytes, objects, strings, stringBytes, byteArrays);
        }
    }
}
