package dev.ratelimit.benchmarks;

import dev.ratelimit.benchmarks.peers.Budget;
import dev.ratelimit.benchmarks.peers.KeyedLimiter;
import dev.ratelimit.benchmarks.peers.Peer;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import javax.management.JMException;

/**
 * The memory that the limiters of other libraries hold per key, keys included, beside ours, by the heap in use after a
 * collection.
 *
 * <p>Sentinel is not among them: it forgets keys beyond 200,000.
 */
final class PeersFootprint {

    private static final List<Peer> MEASURED = List.of(
            Peer.RATELIMIT,
            Peer.GUAVA,
            Peer.BUCKET4J,
            Peer.BUCKET4J_SYNCHRONIZED,
            Peer.BUCKET4J_CAFFEINE,
            Peer.RESILIENCE4J,
            Peer.FAILSAFE,
            Peer.FAILSAFE_BURSTY);

    private PeersFootprint() {}

    /** Returns the bytes per key of each library with the given number of keys, by its name in the benchmarks. */
    static Map<String, Double> measure(int keys) throws JMException {
        Map<String, Double> bytes = new TreeMap<>();
        for (Peer peer : MEASURED) {
            // The library's classes are there before the first reading.
            perKey(peer, 1_000);
            bytes.put(method(peer), perKey(peer, keys));
        }
        return bytes;
    }

    private static double perKey(Peer peer, int keys) throws JMException {
        HeapUse before = HeapUse.now();
        KeyedLimiter limiter = peer.keyed(Budget.SPENT_AT_ONCE, keys);
        int allowed = count(limiter, keys);
        double bytes = HeapUse.now().minus(before).usedBytes() / (double) keys;
        int remembered = keys - count(limiter, keys);
        // Ours may forget a debt where all sixteen places of a key are taken.
        BenchmarkDefaults.check(
                allowed == keys && remembered >= keys * 0.99, peer + " knows " + remembered + " keys of " + keys);
        return bytes;
    }

    private static int count(KeyedLimiter limiter, int keys) {
        UuidKeys names = new UuidKeys(1);
        int allowed = 0;
        for (int i = 0; i < keys; i++) {
            if (limiter.tryAcquire(names.next())) {
                allowed++;
            }
        }
        return allowed;
    }

    private static String method(Peer peer) {
        String[] words = peer.name().toLowerCase(Locale.ROOT).split("_", -1);
        StringBuilder name = new StringBuilder(words[0]);
        for (int i = 1; i < words.length; i++) {
            name.append(Character.toUpperCase(words[i].charAt(0))).append(words[i].substring(1));
        }
        return name.toString();
    }
}
