package dev.ratelimit.quota.service.internal;

import dev.ratelimit.Certainty;
import dev.ratelimit.DecisionSource;
import dev.ratelimit.quota.QuotaDecision;
import dev.ratelimit.quota.QuotaEvents;
import dev.ratelimit.quota.QuotaStatistics;
import dev.ratelimit.quota.StoreCall;
import dev.ratelimit.quota.spi.Outcome;
import dev.ratelimit.runtime.breaker.BreakerListener;
import dev.ratelimit.runtime.trouble.FirstFailure;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.concurrent.atomic.LongAdder;

/** Counts a service's decisions and its calls of the store, and notifies its listener. Thread-safe. */
final class Meter implements BreakerListener {

    /** The maximum number of events that wait for a listener that does not return. */
    private static final int MAX_UNTOLD = 16;

    private final Map<DecisionSource, LongAdder> allowed = adders(DecisionSource.class);

    /** The adder of the most frequent source, which saves a look-up. */
    private final LongAdder allowedByStore = of(allowed, DecisionSource.STORE);

    private final LongAdder refused = new LongAdder();
    private final LongAdder closed = new LongAdder();
    private final Map<Certainty, LongAdder> failed = adders(Certainty.class);
    private final LongAdder calls = new LongAdder();
    private final Map<Certainty, LongAdder> failedCalls = adders(Certainty.class);
    private final LongAdder nanos = new LongAdder();
    private final LongAccumulator maxNanos = new LongAccumulator(Math::max, 0);
    private final QuotaEvents events;
    private final Executor listeners;
    private final AtomicInteger untold = new AtomicInteger();
    private final FirstFailure trouble = new FirstFailure("quota events: a listener failed");

    /** Creates a meter, which reports the store's health by an executor that keeps the order. */
    Meter(QuotaEvents events, Executor listeners) {
        this.events = events;
        this.listeners = listeners;
    }

    /** Returns one adder for each constant. The map never changes, so any thread may read it. */
    private static <E extends Enum<E>> Map<E, LongAdder> adders(Class<E> type) {
        Map<E, LongAdder> adders = new EnumMap<>(type);
        for (E constant : type.getEnumConstants()) {
            adders.put(constant, new LongAdder());
        }
        return adders;
    }

    private static <E> LongAdder of(Map<E, LongAdder> adders, E constant) {
        return Objects.requireNonNull(adders.get(constant));
    }

    /** Counts a decision, and returns it. */
    QuotaDecision decided(QuotaDecision decision) {
        if (decision.allowed()) {
            (decision.source() == DecisionSource.STORE ? allowedByStore : of(allowed, decision.source())).increment();
        } else if (decision.source() == DecisionSource.CLOSED) {
            closed.increment();
        } else {
            refused.increment();
        }
        return decision;
    }

    /** Counts a request that ends in an exception. */
    void failed(Certainty certainty) {
        of(failed, certainty).increment();
    }

    /** Counts a call of the store. */
    void called(List<Outcome> outcomes, long took) {
        calls.increment();
        nanos.add(took);
        maxNanos.accumulate(took);
        Certainty failure = null;
        for (Outcome outcome : outcomes) {
            if (outcome instanceof Outcome.Failed one && failure != Certainty.INDETERMINATE) {
                failure = one.certainty();
            }
        }
        if (failure != null) {
            of(failedCalls, failure).increment();
        }
        StoreCall call = new StoreCall(outcomes.size(), Duration.ofNanos(took), Optional.ofNullable(failure));
        trouble.contained(() -> events.storeCalled(call));
    }

    @Override
    public void opened(Throwable cause) {
        tell(() -> events.storeAway(cause));
    }

    @Override
    public void closed(Duration open) {
        tell(() -> events.storeBack(open));
    }

    /** Reports an event. A listener that does not return blocks further events of its own service, and nothing else. */
    private void tell(Runnable event) {
        if (untold.incrementAndGet() > MAX_UNTOLD) {
            untold.decrementAndGet();
            trouble.note(new IllegalStateException("a listener does not return, so events are dropped"));
            return;
        }
        try {
            listeners.execute(() -> {
                trouble.contained(event);
                untold.decrementAndGet();
            });
        } catch (RuntimeException | Error e) {
            // The executor could not start a thread.
            untold.decrementAndGet();
            trouble.note(e);
        }
    }

    /** Returns the counts so far, and the present state. */
    QuotaStatistics statistics(long prefetchedUnits, long owedCounters, boolean storeAvailable) {
        Map<DecisionSource, Long> bySource = new EnumMap<>(DecisionSource.class);
        allowed.forEach((source, count) -> bySource.put(source, count.sum()));
        bySource.remove(DecisionSource.CLOSED);
        return new QuotaStatistics(
                bySource,
                refused.sum(),
                closed.sum(),
                of(failed, Certainty.NOT_APPLIED).sum(),
                of(failed, Certainty.INDETERMINATE).sum(),
                calls.sum(),
                of(failedCalls, Certainty.NOT_APPLIED).sum(),
                of(failedCalls, Certainty.INDETERMINATE).sum(),
                Duration.ofNanos(nanos.sum()),
                Duration.ofNanos(maxNanos.get()),
                prefetchedUnits,
                owedCounters,
                storeAvailable);
    }
}
