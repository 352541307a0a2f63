package dev.ratelimit;

/** The system's monotonic time. It is a single instance, so that a limiter recognizes it by identity. */
enum SystemTime implements TimeSource {
    INSTANCE;

    @Override
    public long nanos() {
        return System.nanoTime();
    }

    @Override
    public String toString() {
        return "TimeSource.system()";
    }
}
