package dev.ratelimit.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.Limiter;
import dev.ratelimit.Policy;
import dev.ratelimit.Rate;
import dev.ratelimit.Reservation;
import dev.ratelimit.SingleLimiter;
import dev.ratelimit.testing.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** {@link Rate#atMost}: however permits are taken or reserved, no window of the length sees more, both ends included. */
class AtMostPropertyTest {

    private static final String KEY = "key";

    /** Time goes on by a part of the window; then as many permits as there are, or some, are taken or reserved. */
    record Step(double ofWindow, boolean reserves, double ofBurst) {}

    record Case(long permits, Duration window, long burst) {

        Rate rate() {
            return burst == 0 ? Rate.atMost(permits, window) : Rate.atMost(permits, window, burst);
        }
    }

    private record Departure(long due, long permits) {}

    @Property(tries = 3_000)
    void noWindowSeesMore(@ForAll("cases") Case some, @ForAll("steps") List<Step> steps) {
        assertThat(busiestWindow(some.rate(), some.window(), steps)).isLessThanOrEqualTo(some.permits());
    }

    /** As many as in a window, at once, and as many again in the window after it: up to twice the permits. */
    @Property(tries = 100)
    void aTwinOfThePlainRateIsCaught(@ForAll("cases") Case some) {
        List<Step> all = List.of(new Step(0, false, 1), new Step(1, false, 1));
        Rate twin = Rate.of(some.permits(), some.window());
        assertThat(busiestWindow(twin, some.window(), all)).isEqualTo(2 * some.permits());
        assertThat(busiestWindow(some.rate(), some.window(), all)).isLessThanOrEqualTo(some.permits());
    }

    /** Without the nanosecond, both ends of a window see the permit of its beginning and that of its end. */
    @Example
    void aTwinThatForgetsOneEndIsCaught() {
        Duration window = Duration.ofSeconds(1);
        List<Step> ends = List.of(new Step(0, false, 1), new Step(1, false, 1));
        assertThat(busiestWindow(new Rate(1, window, 1), window, ends)).isEqualTo(2);
        assertThat(busiestWindow(Rate.atMost(1, window), window, ends)).isEqualTo(1);
    }

    @Example
    void oneInAWindowIsThereAgainWhenTheWindowHasPassed() {
        ManualTime time = new ManualTime();
        SingleLimiter limiter = Limiters.single(Rate.atMost(1, Duration.ofSeconds(1)), time);
        assertThat(limiter.tryAcquire()).isTrue();
        time.advance(Duration.ofSeconds(1));
        assertThat(limiter.tryAcquire()).isFalse();
        time.advanceNanos(1);
        assertThat(limiter.tryAcquire()).isTrue();
    }

    @Property(tries = 200)
    void nineTenthsCanBeHadInTheLongRun(@ForAll("cases") Case some) {
        ManualTime time = new ManualTime();
        Rate rate = Rate.atMost(some.permits(), some.window());
        SingleLimiter limiter = Limiters.single(rate, time);
        long taken = 0;
        int windows = 20;
        long end = windows * some.window().toNanos();
        while (time.nanos() <= end) {
            taken += limiter.tryAcquire() ? 1 : 0;
            time.advanceNanos(limiter.peek().retryAfterNanos());
        }
        assertThat(taken).isGreaterThanOrEqualTo(windows * some.permits() * 9 / 10);
    }

    private static long busiestWindow(Rate rate, Duration window, List<Step> steps) {
        ManualTime time = new ManualTime();
        Limiter<String> limiter = Limiters.builder(Policy.of("p", rate).shape(window))
                .maxKeys(10)
                .timeSource(time)
                .build();
        List<Departure> departures = new ArrayList<>();
        for (Step step : steps) {
            time.advanceNanos((long) (step.ofWindow() * window.toNanos()));
            long permits = Math.max(1, Math.round(step.ofBurst() * rate.capacity()));
            if (step.reserves()) {
                Reservation reservation = limiter.reserve(KEY, permits);
                if (reservation.allowed()) {
                    departures.add(new Departure(reservation.dueNanos(), permits));
                }
            } else {
                while (limiter.tryAcquire(KEY, permits)) {
                    departures.add(new Departure(time.nanos(), permits));
                }
            }
        }
        departures.sort(Comparator.comparingLong(Departure::due));
        return busiestWindow(departures, window.toNanos());
    }

    private static long busiestWindow(List<Departure> departures, long window) {
        long busiest = 0;
        long inWindow = 0;
        int from = 0;
        for (Departure last : departures) {
            inWindow += last.permits();
            while (last.due() - departures.get(from).due() > window) {
                inWindow -= departures.get(from++).permits();
            }
            busiest = Math.max(busiest, inWindow);
        }
        return busiest;
    }

    @Provide
    Arbitrary<Case> cases() {
        Arbitrary<Long> permits = Arbitraries.oneOf(
                Arbitraries.longs().between(1, 30), Arbitraries.longs().between(1, 1000));
        Arbitrary<Duration> windows = Arbitraries.oneOf(
                Arbitraries.of(Duration.ofSeconds(1), Duration.ofMinutes(1), Duration.ofHours(1)),
                Arbitraries.longs().between(1000, 10_000_000).map(Duration::ofNanos));
        return Combinators.combine(permits, windows, Arbitraries.doubles().between(0, 1))
                .as((most, window, ofMost) -> new Case(most, window, Math.round(ofMost * most)));
    }

    @Provide
    Arbitrary<List<Step>> steps() {
        Arbitrary<Double> ofWindow = Arbitraries.oneOf(
                Arbitraries.of(0.0, 0.5, 1.0),
                Arbitraries.doubles().between(0, 0.1),
                Arbitraries.doubles().between(0, 1.2));
        return Combinators.combine(
                        ofWindow,
                        Arbitraries.of(true, false),
                        Arbitraries.oneOf(
                                Arbitraries.just(0.0), Arbitraries.doubles().between(0, 1)))
                .as(Step::new)
                .list()
                .ofMinSize(5)
                .ofMaxSize(60);
    }
}
