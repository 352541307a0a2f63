package dev.ratelimit;

import java.util.concurrent.locks.LockSupport;

/** A reading of the system's time, renewed by one daemon thread about once a millisecond. */
final class CoarseTime implements TimeSource {

    private static final long STEP_NANOS = 1_000_000;

    private volatile long now = System.nanoTime();

    private CoarseTime() {}

    static CoarseTime running() {
        return Holder.INSTANCE;
    }

    @Override
    public long nanos() {
        return now;
    }

    @Override
    public String toString() {
        return "TimeSource.coarse()";
    }

    private void renew() {
        while (true) {
            now = System.nanoTime();
            LockSupport.parkNanos(STEP_NANOS);
            // An interrupt would make every later park return at once; nobody has a reason to send one.
            Thread.interrupted();
        }
    }

    /** Starts the thread when the class is first used, and only then. */
    private static final class Holder {
        static final CoarseTime INSTANCE = start();

        private static CoarseTime start() {
            CoarseTime time = new CoarseTime();
            Thread thread = new Thread(time::renew, "ratelimit-coarse-time");
            thread.setDaemon(true);
            // The creator's class loader must not be kept alive by a thread that never ends.
            thread.setContextClassLoader(null);
            thread.start();
            return time;
        }
    }
}
