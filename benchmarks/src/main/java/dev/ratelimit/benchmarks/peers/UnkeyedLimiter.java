package dev.ratelimit.benchmarks.peers;

/** A limiter without keys. */
@FunctionalInterface
public interface UnkeyedLimiter {

    /**
     * Takes one permit, if it is there now.
     *
     * @return whether it was
     */
    boolean tryAcquire();
}
