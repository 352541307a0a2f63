package dev.ratelimit.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import org.jspecify.annotations.Nullable;

/**
 * Any history of reads, results, failures, deadlines, puts and invalidations: each caller is told what {@link CacheModel} says, when it
 * says so; the backend is asked by the same callers; and each request counts once, as its caller was told.
 */
class ResponseCachePropertyTest {

    static final int KEYS = 2;

    enum Action {
        GET,
        GET_YOUNG,
        GET_LASTING,
        GET_OWN,
        GET_UNSTORED,
        GET_IF_CACHED,
        RETURN,
        RETURN_FOR_ONE,
        RETURN_FOR_EACH,
        RETURN_ERROR,
        RETURN_GONE,
        FAIL,
        FAIL_UNDECLARED,
        FAIL_AS_GONE,
        PUT,
        INVALIDATE,
        INVALIDATE_PREFIX,
        INVALIDATE_TAG,
        INVALIDATE_ALL,
        WAIT
    }

    /** What happens; the number says which key or load, or how long. */
    record Step(Action action, int number) {}

    @Property(tries = 3_000)
    void callersAreToldWhatTheModelSays(
            @ForAll("settings") ModelMemory.Settings settings, @ForAll("steps") List<Step> steps) {
        assertThat(firstDifference(settings, null, steps)).isNull();
    }

    /** A model that breaks a rule differs from the cache in some history. */
    @Example
    void eachFlawIsSeen() {
        for (CacheFlaw flaw : CacheFlaw.values()) {
            Random random = new Random(1);
            String difference = null;
            for (int i = 0; i < 30_000 && difference == null; i++) {
                ModelMemory.Settings settings = new ModelMemory.Settings(
                        3 + 4 * random.nextInt(2),
                        random.nextInt(5),
                        random.nextInt(8),
                        random.nextInt(12),
                        3,
                        4,
                        random.nextInt(3));
                List<Step> steps = new ArrayList<>();
                for (int j = 0; j < 40; j++) {
                    Action action = Action.values()[random.nextInt(Action.values().length)];
                    steps.add(new Step(action, random.nextInt(12)));
                }
                difference = firstDifference(settings, flaw, steps);
            }
            assertThat(difference).as(flaw.name()).isNotNull();
        }
    }

    private static @Nullable String firstDifference(
            ModelMemory.Settings settings, @Nullable CacheFlaw flaw, List<Step> steps) {
        CacheBesideModel both = new CacheBesideModel(settings, flaw);
        for (int i = 0; i < steps.size(); i++) {
            both.take(steps.get(i));
            String difference = both.difference();
            if (difference != null) {
                return "after step " + i + ", " + steps.get(i) + "\n" + difference;
            }
        }
        return null;
    }

    @Provide
    Arbitrary<ModelMemory.Settings> settings() {
        return Combinators.combine(
                        Arbitraries.longs().between(1, 6),
                        Arbitraries.longs().between(0, 6),
                        Arbitraries.longs().between(0, 12),
                        Arbitraries.longs().between(0, 12),
                        Arbitraries.longs().between(1, 5),
                        Arbitraries.longs().between(1, 5),
                        Arbitraries.longs().between(0, 3))
                .as(ModelMemory.Settings::new);
    }

    @Provide
    Arbitrary<List<Step>> steps() {
        Arbitrary<Action> actions = Arbitraries.frequencyOf(
                Tuple.of(5, Arbitraries.of(Action.GET, Action.GET_YOUNG)),
                Tuple.of(4, Arbitraries.of(Action.RETURN, Action.FAIL, Action.WAIT)),
                Tuple.of(2, Arbitraries.of(Action.values())));
        return Combinators.combine(actions, Arbitraries.integers().between(0, 11))
                .as(Step::new)
                .list()
                .ofMinSize(5)
                .ofMaxSize(60);
    }
}
