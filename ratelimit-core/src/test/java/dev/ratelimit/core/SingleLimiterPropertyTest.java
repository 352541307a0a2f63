package dev.ratelimit.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.Limiter;
import dev.ratelimit.Policy;
import dev.ratelimit.Rate;
import dev.ratelimit.Reservation;
import dev.ratelimit.SingleLimiter;
import dev.ratelimit.WhenSaturated;
import dev.ratelimit.testing.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** A limiter without a key answers as a keyed one does that is asked with one key only, whatever happens. */
class SingleLimiterPropertyTest {

    private static final String KEY = "key";

    /** Each next to others of the same units, of other units, and of more to look at. */
    private static final List<Policy> POLICIES = List.of(
            Policy.of("ten", Rate.perSecond(10)),
            Policy.of("small", Rate.perSecond(10).burst(4)),
            Policy.of("seven", Rate.perSecond(7).burst(12)),
            Policy.of("odd", Rate.of(999_983, Duration.ofSeconds(1)).burst(20)),
            Policy.of("shaped", Rate.perSecond(10).burst(5)).shape(Duration.ofSeconds(1)),
            Policy.of("two", Rate.perSecond(10), Rate.perMinute(30)).shape(Duration.ofSeconds(3)),
            Policy.of("dark", Rate.perSecond(5).burst(10)).blackout(Duration.ofMillis(700)),
            Policy.of("leased", Rate.perSecond(10)).maxConcurrent(2),
            Policy.unlimited(),
            Policy.blocked());

    enum Action {
        TRY,
        TAKE,
        DECIDE,
        PEEK,
        RESERVE,
        CANCEL,
        LATER,
        ENTER,
        REFUND,
        CHARGE,
        RESET,
        BLACKOUT,
        CHANGE
    }

    /** What is done after a time with a number of permits, or with the policy of a number. */
    record Step(long nanos, Action action, int number) {}

    @Property(tries = 5_000)
    void sameAnswersAsAKeyedLimiter(@ForAll("steps") List<Step> steps) {
        assertThat(difference(steps, false)).isEmpty();
    }

    @Example
    void aTwinThatStartsAnewWithAPolicyIsCaught() {
        List<Step> steps =
                List.of(new Step(0, Action.TAKE, 10), new Step(0, Action.CHANGE, 2), new Step(0, Action.TAKE, 3));
        assertThat(difference(steps, false)).isEmpty();
        assertThat(difference(steps, true)).isNotEmpty();
    }

    /** Says where the answers differ. */
    private static String difference(List<Step> steps, boolean startsAnew) {
        ManualTime time = new ManualTime(Long.MAX_VALUE - 1_000_000_000);
        SingleLimiter single =
                Limiters.singleBuilder(POLICIES.get(0)).timeSource(time).build();
        Limiter<String> keyed = Limiters.builder(POLICIES.get(0))
                .maxKeys(100)
                .whenSaturated(WhenSaturated.DENY)
                .timeSource(time)
                .build();
        List<Reservation> ofSingle = new ArrayList<>();
        List<Reservation> ofKeyed = new ArrayList<>();
        for (int i = 0; i < steps.size(); i++) {
            Step step = steps.get(i);
            time.advanceNanos(step.nanos());
            String answer = answer(single, step, ofSingle);
            String expected = answer(keyed, step, ofKeyed);
            if (startsAnew && step.action() == Action.CHANGE) {
                single.reset();
            }
            if (!answer.equals(expected) || !single.snapshot().equals(keyed.snapshot(KEY))) {
                return "step " + i + ", " + step + ": " + answer + ", not " + expected + "; " + single.snapshot()
                        + ", not " + keyed.snapshot(KEY);
            }
        }
        return "";
    }

    private static String answer(SingleLimiter limiter, Step step, List<Reservation> reservations) {
        int number = step.number();
        return switch (step.action()) {
            case TRY -> "" + limiter.tryAcquire();
            case TAKE -> "" + limiter.tryAcquire(number);
            case DECIDE -> "" + limiter.decide(number);
            case PEEK -> "" + limiter.peek(number);
            case RESERVE -> reserved(limiter.reserve(number), reservations);
            case CANCEL -> cancelled(number, reservations);
            case LATER ->
                "" + limiter.acquireAsync(number).toCompletableFuture().getNow(null);
            case ENTER -> "" + limiter.tryEnter().decision();
            case REFUND -> outcome(() -> limiter.refund(number));
            case CHARGE -> "" + limiter.charge(number);
            case RESET -> outcome(limiter::reset);
            case BLACKOUT -> outcome(() -> limiter.blackout(Duration.ofMillis(100L * (number % 5))));
            case CHANGE -> outcome(() -> limiter.update(POLICIES.get(number % POLICIES.size())));
        };
    }

    private static String answer(Limiter<String> limiter, Step step, List<Reservation> reservations) {
        int number = step.number();
        return switch (step.action()) {
            case TRY -> "" + limiter.tryAcquire(KEY);
            case TAKE -> "" + limiter.tryAcquire(KEY, number);
            case DECIDE -> "" + limiter.decide(KEY, number);
            case PEEK -> "" + limiter.peek(KEY, number);
            case RESERVE -> reserved(limiter.reserve(KEY, number), reservations);
            case CANCEL -> cancelled(number, reservations);
            case LATER ->
                "" + limiter.acquireAsync(KEY, number).toCompletableFuture().getNow(null);
            case ENTER -> "" + limiter.tryEnter(KEY).decision();
            case REFUND -> outcome(() -> limiter.refund(KEY, number));
            case CHARGE -> "" + limiter.charge(KEY, number);
            case RESET -> outcome(() -> limiter.reset(KEY));
            case BLACKOUT -> outcome(() -> limiter.blackout(KEY, Duration.ofMillis(100L * (number % 5))));
            case CHANGE -> outcome(() -> limiter.update(POLICIES.get(number % POLICIES.size())));
        };
    }

    private static String reserved(Reservation reservation, List<Reservation> reservations) {
        reservations.add(reservation);
        return reservation.decision() + " at " + reservation.dueNanos();
    }

    private static String cancelled(int number, List<Reservation> reservations) {
        return reservations.isEmpty()
                ? ""
                : "" + reservations.get(number % reservations.size()).cancel();
    }

    private static String outcome(Runnable call) {
        try {
            call.run();
            return "done";
        } catch (IllegalArgumentException e) {
            return "" + e.getMessage();
        }
    }

    @Provide
    Arbitrary<List<Step>> steps() {
        Arbitrary<Long> nanos = Arbitraries.oneOf(
                Arbitraries.just(0L),
                Arbitraries.longs().between(0, 300_000_000),
                Arbitraries.longs().between(0, 20_000_000_000L),
                Arbitraries.longs().between(-200_000_000, 0),
                Arbitraries.of(
                        Duration.ofHours(30).toNanos(), Duration.ofDays(900).toNanos()));
        Arbitrary<Integer> number = Arbitraries.integers().between(1, 14);
        return Combinators.combine(nanos, Arbitraries.of(Action.class), number)
                .as(Step::new)
                .list()
                .ofMaxSize(60);
    }
}
