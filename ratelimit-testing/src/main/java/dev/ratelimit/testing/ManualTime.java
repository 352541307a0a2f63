package dev.ratelimit.testing;

import dev.ratelimit.TimeSource;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A source of time that goes on only when it is told to.
 *
 * <pre>{@code
 * ManualTime time = new ManualTime();
 * SingleLimiter limiter = Limiters.single(Rate.perSecond(10).burst(1), time);
 * limiter.tryAcquire();               // true
 * limiter.tryAcquire();               // false
 * time.advance(Duration.ofMillis(100));
 * limiter.tryAcquire();               // true
 * }</pre>
 *
 * <p><b>Thread-safety.</b> It may be read and moved by any number of threads.
 */
public final class ManualTime implements TimeSource {

    private final AtomicLong now;

    /** Creates a time that stands at zero. */
    public ManualTime() {
        this(0);
    }

    /**
     * Creates a time that stands at a given reading.
     *
     * @param nanos the first reading, in nanoseconds; any value
     */
    public ManualTime(long nanos) {
        now = new AtomicLong(nanos);
    }

    @Override
    public long nanos() {
        return now.get();
    }

    /**
     * Moves the time by a duration.
     *
     * @param duration how far; a negative one moves it back
     * @throws ArithmeticException if the duration is longer than 292 years
     */
    public void advance(Duration duration) {
        advanceNanos(duration.toNanos());
    }

    /**
     * Moves the time by nanoseconds.
     *
     * @param nanos how far; a negative number moves it back
     */
    public void advanceNanos(long nanos) {
        now.addAndGet(nanos);
    }

    /**
     * Sets the time to a reading.
     *
     * @param nanos the reading, in nanoseconds; any value
     */
    public void set(long nanos) {
        now.set(nanos);
    }

    @Override
    public String toString() {
        return "ManualTime[" + nanos() + " ns]";
    }
}
