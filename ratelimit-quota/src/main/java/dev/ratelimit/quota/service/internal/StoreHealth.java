package dev.ratelimit.quota.service.internal;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.ratelimit.Certainty;
import dev.ratelimit.quota.spi.Counter;
import dev.ratelimit.quota.spi.Operation;
import dev.ratelimit.quota.spi.Outcome;
import dev.ratelimit.quota.spi.QuotaStore;
import dev.ratelimit.runtime.breaker.Breaker;
import dev.ratelimit.runtime.breaker.BreakerListener;
import dev.ratelimit.runtime.breaker.BreakerRules;
import dev.ratelimit.store.Deadline;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The health of a store: its circuit breaker, and the rules for what counts as a failure.
 *
 * <p>Services with the same store object and an equal deadline share it. The deadline belongs to it: a store that
 * answers in 100 ms is away for callers that wait for 50 ms, but not for callers that wait for a second. Stores and
 * their health are held weakly, so both can be collected with the last service that uses them.
 *
 * <p>Thread-safe. Each change is one line in the log.
 */
final class StoreHealth implements BreakerListener {

    private static final Logger LOG = LoggerFactory.getLogger("dev.ratelimit.quota");

    /** The probe: a read of a counter that no quota counts on. It writes nothing. */
    private static final List<Operation> PROBE = List.of(
            new Operation.Read(Counter.of("ratelimit.probe", "probe", Instant.EPOCH, Instant.ofEpochSecond(1))));

    private static final long MIN_PATIENCE_NANOS = 1_000_000_000;
    private static final Duration LONG = Duration.ofHours(1);

    private static final Cache<QuotaStore, ConcurrentHashMap<Object, WeakReference<StoreHealth>>> SHARED =
            Caffeine.newBuilder().weakKeys().executor(Runnable::run).build();

    private final String store;
    private final Breaker breaker;
    private volatile @Nullable Throwable cause;

    private StoreHealth(QuotaStore store, Supplier<Duration> deadline, ServiceContext surroundings) {
        this.store = store.getClass().getSimpleName();
        this.breaker = new Breaker(
                BreakerRules.DEFAULT,
                surroundings.time(),
                surroundings.executor(),
                surroundings.random(),
                () -> patienceNanos(deadline),
                () -> answersProbe(store, Deadline.after(deadline.get(), surroundings.time())));
        breaker.tell(this);
    }

    /** Returns the health that all services with a store and an equal deadline share. */
    static StoreHealth shared(QuotaStore store, StoreDeadline deadline) {
        ConcurrentHashMap<Object, WeakReference<StoreHealth>> ofStore =
                Objects.requireNonNull(SHARED.get(store, key -> new ConcurrentHashMap<>()));
        StoreHealth[] found = new StoreHealth[1];
        ofStore.compute(deadline.key(), (key, known) -> {
            StoreHealth health = known == null ? null : known.get();
            if (health == null) {
                health = new StoreHealth(store, deadline, forProbes());
                known = new WeakReference<>(health);
            }
            found[0] = health;
            return known;
        });
        return found[0];
    }

    /** Returns a health that no other service shares. */
    static StoreHealth own(QuotaStore store, StoreDeadline deadline, ServiceContext surroundings) {
        return new StoreHealth(store, deadline, surroundings);
    }

    private static ServiceContext forProbes() {
        ServiceContext system = ServiceContext.ofSystem();
        return new ServiceContext(
                system.time(), SharedThreads.forProbes(), system.listeners(), system.random(), system.pause());
    }

    /** Returns how long a probe may take: far longer than any call that keeps its deadline. */
    private static long patienceNanos(Supplier<Duration> deadline) {
        Duration one = deadline.get();
        return MIN_PATIENCE_NANOS + 2 * (one.compareTo(LONG) > 0 ? LONG : one).toNanos();
    }

    private static boolean answersProbe(QuotaStore store, Deadline deadline) {
        List<Outcome> outcomes = store.apply(PROBE, deadline);
        return outcomes.size() == 1 && outcomes.get(0) instanceof Outcome.Counted && !deadline.hasPassed();
    }

    Breaker breaker() {
        return breaker;
    }

    /** Returns whether to call the store. */
    boolean permits() {
        return breaker.permits();
    }

    /** Returns the last failure, because of which the store is not called; null while the store answers. */
    @Nullable
    Throwable cause() {
        return cause;
    }

    /**
     * Reports how a call ended.
     *
     * <p>A call has failed if the store answered no operation, or answered after the deadline, whatever it counted. Two
     * causes lie with the caller, and are no failure of the store: an argument that the store does not take, and an
     * interrupt. A store that has no room for another counter is not away either: that is an answer about this counter.
     */
    void ended(List<Outcome> outcomes, Deadline deadline) {
        Outcome.Failed failure = null;
        for (Outcome outcome : outcomes) {
            if (!(outcome instanceof Outcome.Failed failed) || isAboutOneCounter(failed)) {
                if (deadline.hasPassed()) {
                    breaker.failed(new IllegalStateException("the store answered after the deadline"));
                } else {
                    breaker.succeeded();
                }
                return;
            }
            failure = isCallers(failed) ? failure : failed;
        }
        if (failure != null && !Thread.currentThread().isInterrupted()) {
            breaker.failed(failure.cause());
        }
    }

    private static boolean isAboutOneCounter(Outcome.Failed failed) {
        return failed.cause().getCause() instanceof MemoryBounds.NoRoom;
    }

    private static boolean isCallers(Outcome.Failed failed) {
        return failed.certainty() == Certainty.NOT_APPLIED
                && (failed.cause() instanceof IllegalArgumentException
                        || failed.cause() instanceof UnsupportedOperationException
                        || failed.cause().getCause() instanceof IllegalArgumentException);
    }

    @Override
    public void opened(Throwable failure) {
        cause = failure;
        LOG.warn("{} does not answer, and is not called until a probe succeeds", store, failure);
    }

    @Override
    public void closed(Duration open) {
        cause = null;
        LOG.info("{} answers again, after {}", store, open);
    }
}
