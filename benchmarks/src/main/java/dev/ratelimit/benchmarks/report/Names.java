package dev.ratelimit.benchmarks.report;

import java.util.List;
import java.util.Map;

/** The names of the methods of benchmarks in the report. */
final class Names {

    /** The methods that are named after libraries, without their suffixes. */
    static final List<String> PEERS = List.of(
            "guava",
            "bucket4j",
            "bucket4jSynchronized",
            "bucket4jCaffeine",
            "resilience4j",
            "failsafe",
            "failsafeBursty",
            "sentinel");

    private static final Map<String, String> LABELS = Map.ofEntries(
            Map.entry("threads", "ratelimit (threads)"),
            Map.entry("virtualThreads", "ratelimit (virtual threads)"),
            Map.entry("async", "ratelimit (async)"),
            Map.entry("guava", "Guava"),
            Map.entry("bucket4j", "Bucket4j"),
            Map.entry("bucket4jSynchronized", "Bucket4j (synchronized)"),
            Map.entry("bucket4jCaffeine", "Bucket4j (in Caffeine)"),
            Map.entry("bucket4jBatching", "Bucket4j (batching)"),
            Map.entry("bucket4jDelaying", "Bucket4j (delaying)"),
            Map.entry("ratelimitPrefetch", "ratelimit (prefetching)"),
            Map.entry("resilience4j", "Resilience4j"),
            Map.entry("failsafe", "Failsafe (smooth)"),
            Map.entry("failsafeBursty", "Failsafe (bursty)"),
            Map.entry("sentinel", "Sentinel"));

    private Names() {}

    /** The label of a method that is named after a library or a way to wait; ours for all others. */
    static String label(String method) {
        return LABELS.getOrDefault(method, "ratelimit");
    }
}
