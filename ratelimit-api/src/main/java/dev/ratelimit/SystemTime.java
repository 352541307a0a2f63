package dev.ratelimit;

/** The system's monotonic time, as one instance, so that a limiter can tell it from others by identity. */
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
