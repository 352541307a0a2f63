package dev.ratelimit.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
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

    /** The property found it: an older load returns after the value of a later one has expired. */
    @Example
    void theResultOfAnOlderLoadIsKeptOnceTheLaterValueHasExpired() {
        ModelMemory.Settings settings = new ModelMemory.Settings(1, 0, 0, 0, 3, 1, 1);
        List<Step> steps = List.of(
                new Step(Action.GET, 0),
                new Step(Action.GET_OWN, 0),
                new Step(Action.RETURN, 1),
                new Step(Action.WAIT, 0),
                new Step(Action.RETURN, 0));
        assertThat(firstDifference(settings, null, steps)).isNull();
    }

    /** Histories of few kinds of steps, which repeat what a random mix of all kinds seldom does once. */
    @Property(tries = 3_000)
    void callersAreToldWhatTheModelSaysWhenFewThingsHappenOften(
            @ForAll("settings") ModelMemory.Settings settings, @ForAll long seed) {
        assertThat(firstDifference(settings, null, history(new Random(seed)))).isNull();
    }

    /** The property found it: a load fails at the moment at which a value expires that came from a later load. */
    @Example
    void theFailureOfAnOlderLoadIsRememberedOnceTheLaterValueHasExpired() {
        ModelMemory.Settings settings = new ModelMemory.Settings(5, 4, 6, 1, 3, 4, 1);
        List<Step> steps = List.of(
                new Step(Action.GET_LASTING, 1),
                new Step(Action.GET_OWN, 1),
                new Step(Action.WAIT, 4),
                new Step(Action.RETURN_FOR_EACH, 1),
                new Step(Action.WAIT, 11),
                new Step(Action.GET_UNSTORED, 1));
        assertThat(firstDifference(settings, null, steps)).isNull();
    }

    /** A model that breaks a rule differs from the cache in some history. */
    @Example
    void eachFlawIsSeen() {
        for (CacheFlaw flaw : CacheFlaw.values()) {
            Random random = new Random(1);
            String difference = null;
            for (int i = 0; i < 30_000 && difference == null; i++) {
                difference = firstDifference(
                        new ModelMemory.Settings(
                                3 + 4 * random.nextInt(2),
                                random.nextInt(5),
                                random.nextInt(8),
                                random.nextInt(12),
                                3,
                                4,
                                random.nextInt(3)),
                        flaw,
                        history(random));
            }
            assertThat(difference).as(flaw.name()).isNotNull();
        }
    }

    private static List<Step> history(Random random) {
        List<Action> actions = fewActions(random);
        List<Step> steps = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            steps.add(new Step(actions.get(random.nextInt(actions.size())), random.nextInt(12)));
        }
        return steps;
    }

    /** Few kinds of steps, so that a history often repeats the few that a flaw needs: some reads, some results, waiting. */
    private static List<Action> fewActions(Random random) {
        List<Action> actions = new ArrayList<>(List.of(Action.WAIT));
        actions.addAll(some(2, random, Action.GET, Action.GET_IF_CACHED));
        actions.addAll(some(3, random, Action.RETURN, Action.PUT));
        actions.addAll(some(random.nextInt(4), random, Action.GET, Action.WAIT));
        return actions;
    }

    /** Some of the actions from the first to the last, in the order in which they are declared. */
    private static List<Action> some(int number, Random random, Action first, Action last) {
        List<Action> actions = new ArrayList<>(EnumSet.range(first, last));
        Collections.shuffle(actions, random);
        return actions.subList(0, number);
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
