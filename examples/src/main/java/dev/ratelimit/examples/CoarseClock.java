package dev.ratelimit.examples;

import dev.ratelimit.Limiter;
import dev.ratelimit.Rate;
import dev.ratelimit.TimeSource;
import dev.ratelimit.core.Limiters;

/** A limiter on a clock that is renewed about once a millisecond: less exact, and nearly free to read. */
final class CoarseClock {

    private final Limiter<String> perSensor = Limiters.builder(Rate.perHour(60))
            .maxKeys(1_000_000)
            .timeSource(TimeSource.coarse())
            .build();

    boolean allows(String sensor) {
        return perSensor.tryAcquire(sensor);
    }
}
