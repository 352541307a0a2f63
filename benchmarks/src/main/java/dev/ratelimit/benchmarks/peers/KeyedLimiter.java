package dev.ratelimit.benchmarks.peers;

/** A limiter that knows keys. */
@FunctionalInterface
public interface KeyedLimiter {

    /**
     * Takes one permit of a key, if it is there now.
     *
     * @param key the key
     * @return whether it was
     */
    boolean tryAcquire(String key);
}
