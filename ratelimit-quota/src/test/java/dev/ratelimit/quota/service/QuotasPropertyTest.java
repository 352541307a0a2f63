package dev.ratelimit.quota.service;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.quota.CalendarWindow;
import dev.ratelimit.quota.Quota;
import dev.ratelimit.quota.QuotaReservation;
import dev.ratelimit.quota.QuotaService;
import dev.ratelimit.quota.QuotaUnavailableException;
import dev.ratelimit.quota.QuotaUsage;
import dev.ratelimit.quota.spi.QuotaStore;
import dev.ratelimit.testing.FaultyStore;
import dev.ratelimit.testing.FaultyStore.Fault;
import dev.ratelimit.testing.ManualClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Any history of a service over a store that fails shows in its counters what a map of them would. */
class QuotasPropertyTest {

    private static final List<Quota> QUOTAS = List.of(
            Quota.of("minute", 5, CalendarWindow.everyMinute()),
            Quota.of("hour", 12, CalendarWindow.hourly()),
            Quota.of("day", 20, CalendarWindow.daily()));

    enum Action {
        CONSUME,
        RESERVE,
        COMMIT,
        CANCEL,
        DECREMENT,
        RESET,
        LATER
    }

    record Step(Action action, String key, int number, Fault fault) {}

    private record Held(QuotaReservation reservation, List<String> counters, long amount) {}

    /** The counters as they must be. */
    private static final class Model {
        final Map<String, Long> counters = new HashMap<>();

        static List<String> names(String key, Instant now) {
            return QUOTAS.stream()
                    .map(quota -> quota.name() + key + quota.window().at(now).start())
                    .toList();
        }

        boolean hasRoom(List<String> names, long amount) {
            for (int i = 0; i < names.size(); i++) {
                if (counters.getOrDefault(names.get(i), 0L) + amount
                        > QUOTAS.get(i).limit()) {
                    return false;
                }
            }
            return true;
        }

        void add(List<String> names, long delta) {
            names.forEach(name -> counters.merge(name, delta, (a, b) -> Math.max(0, a + b)));
            names.forEach(name -> counters.merge(name, 0L, (a, b) -> Math.max(0, a)));
        }

        List<Long> used(List<String> names) {
            return names.stream().map(name -> counters.getOrDefault(name, 0L)).toList();
        }
    }

    @Property(tries = 3_000)
    void countersAreThoseOfAMap(@ForAll("steps") List<Step> steps, @ForAll boolean retries) {
        assertThat(difference(steps, retries, false)).isEmpty();
    }

    @Example
    void aStoreThatCountsARetryTwiceIsCaught() {
        List<Step> steps = List.of(new Step(Action.CONSUME, "a", 2, Fault.LOSE_REPLY));
        assertThat(difference(steps, true, false)).isEmpty();
        assertThat(difference(steps, true, true)).isNotEmpty();
    }

    private static String difference(List<Step> steps, boolean retries, boolean forgets) {
        ManualClock clock = new ManualClock(Instant.parse("2026-03-31T22:58:30Z"));
        QuotaStore counters = new DistantStore(QuotaStores.inMemory(clock));
        FaultyStore store = new FaultyStore(forgets ? new ForgetfulStore(counters) : counters);
        QuotasBuilder builder = Quotas.builder(store)
                .clock(clock)
                .deadline(Duration.ofMinutes(1))
                .retries(retries ? 1 : 0);
        QUOTAS.forEach(builder::quota);
        QuotaService quotas = builder.build();
        Model model = new Model();
        List<Held> held = new ArrayList<>();
        for (Step step : steps) {
            List<String> names = Model.names(step.key(), clock.instant());
            if (step.action() == Action.LATER) {
                clock.advance(Duration.ofSeconds(13L * step.number()));
                continue;
            }
            store.next(step.fault());
            int calls = store.calls();
            boolean answered = retries || step.fault() == Fault.NONE;
            boolean reached = answered || step.fault() == Fault.LOSE_REPLY || step.fault() == Fault.LOSE_OUTCOMES;
            try {
                switch (step.action()) {
                    case CONSUME -> {
                        boolean room = model.hasRoom(names, step.number());
                        model.add(names, reached && room ? step.number() : 0);
                        assertThat(quotas.consume(step.key(), step.number()).allowed())
                                .isEqualTo(room);
                    }
                    case RESERVE -> {
                        boolean room = model.hasRoom(names, step.number());
                        model.add(names, reached && room ? step.number() : 0);
                        QuotaReservation reservation = quotas.reserve(step.key(), step.number());
                        assertThat(reservation.allowed()).isEqualTo(room);
                        if (room) {
                            held.add(new Held(reservation, names, step.number()));
                        }
                    }
                    case COMMIT, CANCEL -> {
                        if (held.isEmpty()) {
                            quotas.peek(step.key());
                            continue;
                        }
                        Held one = held.remove(step.number() % held.size());
                        long actual = step.action() == Action.COMMIT ? step.number() : 0;
                        if (actual == one.amount()) {
                            quotas.peek(step.key());
                            continue;
                        }
                        model.add(one.counters(), reached ? actual - one.amount() : 0);
                        one.reservation().commit(actual);
                    }
                    case DECREMENT -> {
                        model.add(names, reached ? -step.number() : 0);
                        quotas.decrement(step.key(), step.number());
                    }
                    default -> {
                        model.add(names, reached ? -Long.MAX_VALUE : 0);
                        quotas.reset(step.key());
                    }
                }
                assertThat(answered).isTrue();
            } catch (QuotaUnavailableException e) {
                assertThat(store.calls()).isGreaterThan(calls);
                assertThat(step.fault()).isNotEqualTo(Fault.NONE);
            }
            List<Long> used = quotas.peek(step.key()).usages().stream()
                    .map(QuotaUsage::used)
                    .toList();
            if (!used.equals(model.used(names))) {
                return step + ": used " + used + ", but should be " + model.used(names);
            }
        }
        return "";
    }

    @Provide
    Arbitrary<List<Step>> steps() {
        Arbitrary<Fault> faults = Arbitraries.frequencyOf(
                net.jqwik.api.Tuple.of(4, Arbitraries.just(Fault.NONE)),
                net.jqwik.api.Tuple.of(1, Arbitraries.of(Fault.class)));
        return Combinators.combine(
                        Arbitraries.of(Action.class),
                        Arbitraries.of("a", "b"),
                        Arbitraries.integers().between(1, 6),
                        faults)
                .as(Step::new)
                .list()
                .ofMaxSize(60);
    }
}
