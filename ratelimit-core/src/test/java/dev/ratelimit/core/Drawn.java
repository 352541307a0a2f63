package dev.ratelimit.core;

import dev.ratelimit.Policy;
import dev.ratelimit.Rate;
import java.time.Duration;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/** What the properties of waiting draw in common. */
final class Drawn {

    private Drawn() {}

    /** Rates of few permits, also ones whose interval is no whole number of nanoseconds. */
    static Arbitrary<Rate> rates() {
        return Combinators.combine(
                        Arbitraries.oneOf(Arbitraries.longs().between(1, 20), Arbitraries.of(3L, 7L, 700L)),
                        Arbitraries.of(1L, 7L, 10L, 60L),
                        Arbitraries.longs().between(1, 8))
                .as((permits, tenths, capacity) -> new Rate(permits, Duration.ofMillis(100 * tenths), capacity));
    }

    /** Policies of one to three such rates whose calls wait for at most a time. */
    static Arbitrary<Policy> shaping(Duration maxDelay) {
        return rates().list()
                .uniqueElements()
                .ofMinSize(1)
                .ofMaxSize(3)
                .map(list -> Policy.of(
                                "p", list.get(0), list.subList(1, list.size()).toArray(Rate[]::new))
                        .shape(maxDelay));
    }

    /** The nanoseconds between two steps: often none, and seldom more than a few intervals of a rate. */
    static Arbitrary<Long> pauses() {
        return Arbitraries.oneOf(
                Arbitraries.just(0L),
                Arbitraries.just(0L),
                Arbitraries.longs().between(0, 50_000_000),
                Arbitraries.longs().between(0, 2_000_000_000),
                Arbitraries.of(100_000_000L, 1_000_000_000L));
    }
}
