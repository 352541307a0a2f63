package dev.ratelimit.cache;

import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * Answers a request that did not find a fresh value at once: with a stale value, with a remembered failure, or by a
 * load.
 *
 * <p>The result of a load may be useless to a caller that waited: it may be for one caller only, or another variant, or
 * too old for this caller. The caller then starts another round. After the last round it loads alone.
 */
final class Reads<V> {

    private static final int ROUNDS = 8;

    /** A caller's request. */
    record Question<V>(ValueLocation<V> location, ReadOptions options, Loader<V> loader) {}

    /** The load that a caller waits for, and how the caller got it; or the answer. */
    private record Step<V>(
            @Nullable Cached<V> answer,
            ValueLocation<V> location,
            @Nullable Load<V> awaited,
            CacheState state) {

        Load<V> load() {
            return Objects.requireNonNull(awaited);
        }
    }

    private final Store<V> store;
    private final Loads<V> loads;
    private final LatestReading time;
    private final Counters counters;
    private final LoadWait<V> waiting;

    Reads(Store<V> store, Loads<V> loads, LoadWait<V> waiting, LatestReading time, Counters counters) {
        this.waiting = waiting;
        this.store = store;
        this.loads = loads;
        this.time = time;
        this.counters = counters;
    }

    /** Blocks the caller's thread until the answer is there, and returns it. */
    Cached<V> await(Question<V> question) {
        try {
            Cached<V> answer = awaited(question);
            counters.answered(answer.state());
            return answer;
        } catch (LoadFailedException e) {
            counters.answered(e.state());
            throw e;
        }
    }

    private Cached<V> awaited(Question<V> question) {
        long begun = time.now();
        int round = 0;
        while (true) {
            Step<V> step = step(question, round);
            if (step.answer() != null) {
                return step.answer();
            }
            Outcome<V> outcome = waiting.await(step.load(), question.options(), begun);
            Cached<V> answer = answer(step, outcome, question.options());
            if (answer != null) {
                return answer;
            }
            round = roundAfter(round, outcome);
        }
    }

    /** Returns a stage of the answer. */
    CompletableFuture<Cached<V>> begin(Question<V> question) {
        try {
            return begin(question, time.now(), 0).whenComplete(this::count);
        } catch (LoadFailedException e) {
            counters.answered(e.state());
            throw e;
        }
    }

    /** Counts an answer or a failure. Other failures lead to {@link CacheBypass}, which counts them. */
    private void count(@Nullable Cached<V> answer, @Nullable Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        if (answer != null) {
            counters.answered(answer.state());
        } else if (cause instanceof LoadFailedException failed) {
            counters.answered(failed.state());
        }
    }

    private CompletableFuture<Cached<V>> begin(Question<V> question, long begun, int round) {
        Step<V> step = step(question, round);
        if (step.answer() != null) {
            return CompletableFuture.completedFuture(step.answer());
        }
        return waiting.stage(step.load(), question.options(), begun).thenCompose(outcome -> {
            Cached<V> answer = answer(step, outcome, question.options());
            return answer != null
                    ? CompletableFuture.completedFuture(answer)
                    : begin(question, begun, roundAfter(round, outcome));
        });
    }

    /** One result for another caller only may be an exception; after two the caller loads alone. */
    private static int roundAfter(int round, Outcome<?> outcome) {
        if (!(outcome instanceof Outcome.Loaded<?> loaded)) {
            return round + 1;
        }
        return switch (loaded.audience()) {
            case ALL, VARIANT -> round + 1;
            case ONE -> round + ROUNDS / 2;
            case EACH -> ROUNDS;
        };
    }

    private Step<V> step(Question<V> question, int round) {
        Slot<V> slot = store.look(question.location().key());
        ValueLocation<V> location = question.location().by(slot);
        if (round >= ROUNDS) {
            return alone(location, Load.Kind.ALONE, question);
        }
        if (slot instanceof Slot.Varying<V> names) {
            slot = variant(names, location);
        }
        // After the look: at an earlier reading, a value that was never fresh is still to become stale.
        long now = time.now();
        Cached<V> ready = withoutWaiting(location, slot, now, question);
        if (ready != null) {
            return new Step<>(ready, location, null, ready.state());
        }
        switch (question.options().loading()) {
            case SHARED -> {
                UncacheableMarker marker = slot == null ? null : slot.marker();
                if (marker != null && marker.isForAlone(now)) {
                    return alone(location, Load.Kind.ALONE, question);
                }
            }
            case OWN -> {
                return alone(location, Load.Kind.OWN, question);
            }
            case UNSTORED -> {
                return alone(location, Load.Kind.UNSTORED, question);
            }
            case NONE -> throw new LoadFailedException(LoadFailedException.Reason.NOT_CACHED, CacheState.MISS, null);
        }
        Loads.Joined<V> joined = loads.join(location, question.options(), question.loader());
        return new Step<>(null, location, joined.load(), joined.own() ? CacheState.MISS : CacheState.COALESCED);
    }

    private Step<V> alone(ValueLocation<V> location, Load.Kind kind, Question<V> question) {
        return new Step<>(null, location, loads.alone(location, kind, question.loader()), CacheState.BYPASS);
    }

    /** Returns the answer that needs no wait, and begins a refresh if necessary; null if a load is needed. */
    private @Nullable Cached<V> withoutWaiting(
            ValueLocation<V> location, @Nullable Slot<V> slot, long now, Question<V> question) {
        if (slot instanceof Slot.Entry<V> entry && entry.suits(question.options(), now)) {
            if (entry.isFresh(now)) {
                return new Cached<>(entry, now, CacheState.HIT, true);
            }
            if (entry.isUsableWhileRenewed(now) && (entry.isBackingOff(now) || isRenewed(location, question))) {
                return stale(entry, now);
            }
            if (entry.isUsableOnError(now) && entry.isBackingOff(now)) {
                return stale(entry, now);
            }
        }
        if (slot instanceof Slot.Failure<V> failure && now - failure.keptUntil() < 0) {
            throw new LoadFailedException(failure.reason(), CacheState.NEGATIVE, failure.cause());
        }
        return null;
    }

    private @Nullable Slot<V> variant(Slot.Varying<V> names, ValueLocation<V> location) {
        Slot<V> slot = store.look(location.key());
        if (slot instanceof Slot.Entry) {
            names.variants().asked(location.key(), time.now());
        }
        return slot;
    }

    /** Returns the value that may be used without a load, and counts it as a hit; null for none. */
    @Nullable
    Cached<V> peek(ValueLocation<V> location, ReadOptions options) {
        Slot<V> slot = store.look(location.key());
        if (slot instanceof Slot.Varying<V> names) {
            slot = variant(names, location.by(names));
        }
        long now = time.now();
        if (!(slot instanceof Slot.Entry<V> entry) || !entry.isUsable(now) || !entry.suits(options, now)) {
            return null;
        }
        CacheState state = entry.isFresh(now) ? CacheState.HIT : CacheState.STALE;
        counters.answered(state);
        return new Cached<>(entry, now, state, true);
    }

    /** Begins a refresh if the request allows it; false if the caller has to load for itself. */
    private boolean isRenewed(ValueLocation<V> location, Question<V> question) {
        switch (question.options().loading()) {
            case SHARED -> loads.refresh(location, Load.Kind.SHARED, question.loader());
            case OWN -> loads.refresh(location, Load.Kind.OWN, question.loader());
            case UNSTORED -> {
                return false;
            }
            case NONE -> {}
        }
        return true;
    }

    /** Returns the answer of an outcome; null if this caller may not use it. */
    private @Nullable Cached<V> answer(Step<V> step, Outcome<V> outcome, ReadOptions options) {
        if (outcome instanceof Outcome.Loaded<V> loaded) {
            if (step.state() == CacheState.COALESCED && loaded.audience() != Outcome.Audience.ALL) {
                return null;
            }
            return new Cached<>(loaded.entry(), loaded.at(), step.state(), loaded.kept());
        }
        if (outcome instanceof Outcome.Erred<V> erred) {
            Cached<V> stale = insteadOfFailure(step, options);
            if (stale != null) {
                return stale;
            }
            return new Cached<>(erred.entry(), erred.at(), step.state(), false);
        }
        if (outcome instanceof Outcome.Overtaken) {
            return null;
        }
        if (outcome instanceof Outcome.Broken<V> broken) {
            throw new IllegalStateException("the cache could not begin a load", broken.cause());
        }
        Outcome.Failed<V> failed = (Outcome.Failed<V>) outcome;
        Cached<V> stale = failed.isAnswer() ? null : insteadOfFailure(step, options);
        if (stale != null) {
            return stale;
        }
        throw failed.asException(step.state());
    }

    private @Nullable Cached<V> insteadOfFailure(Step<V> step, ReadOptions options) {
        Slot<V> slot = store.look(step.location().key());
        long now = time.now();
        return slot instanceof Slot.Entry<V> entry && entry.isUsable(now) && entry.suits(options, now)
                ? stale(entry, now)
                : null;
    }

    private static <V> Cached<V> stale(Slot.Entry<V> entry, long now) {
        return new Cached<>(entry, now, CacheState.STALE, true);
    }
}
