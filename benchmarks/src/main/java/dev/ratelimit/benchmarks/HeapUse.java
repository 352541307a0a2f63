package dev.ratelimit.benchmarks;

import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import javax.management.JMException;
import javax.management.ObjectName;

/**
 * A reading of the memory that this JVM's live objects take.
 *
 * @param liveBytes the sizes of all live objects, added up by the JVM's class histogram
 * @param usedBytes the heap in use after a full collection
 * @param directBytes the memory of direct buffers, which is outside the heap
 */
record HeapUse(long liveBytes, long usedBytes, long directBytes) {

    /**
     * Collects garbage and reads.
     *
     * @return the reading
     * @throws JMException if the JVM has no class histogram
     */
    static HeapUse now() throws JMException {
        long live = histogramTotal();
        System.gc();
        long used = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
        long direct = ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                .mapToLong(BufferPoolMXBean::getMemoryUsed)
                .sum();
        return new HeapUse(live, used, direct);
    }

    /**
     * Returns by how much this reading is above an earlier one.
     *
     * @param earlier the earlier reading
     * @return the differences
     */
    HeapUse minus(HeapUse earlier) {
        return new HeapUse(
                liveBytes - earlier.liveBytes, usedBytes - earlier.usedBytes, directBytes - earlier.directBytes);
    }

    /** The JVM collects garbage before it counts; the last line of its table is {@code Total  <objects>  <bytes>}. */
    private static long histogramTotal() throws JMException {
        Object table = ManagementFactory.getPlatformMBeanServer()
                .invoke(
                        new ObjectName("com.sun.management:type=DiagnosticCommand"),
                        "gcClassHistogram",
                        new Object[] {new String[0]},
                        new String[] {String[].class.getName()});
        String[] lines = table.toString().strip().split("\n", -1);
        String[] total = lines[lines.length - 1].strip().split("\\s+", -1);
        if (total.length != 3 || !total[0].equals("Total")) {
            throw new IllegalStateException(
                    "the class histogram does not end with a total: " + lines[lines.length - 1]);
        }
        return Long.parseLong(total[2]);
    }
}
