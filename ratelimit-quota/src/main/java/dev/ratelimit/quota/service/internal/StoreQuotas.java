package dev.ratelimit.quota.service.internal;

import dev.ratelimit.DecisionSource;
import dev.ratelimit.quota.AsyncQuotaService;
import dev.ratelimit.quota.Quota;
import dev.ratelimit.quota.QuotaDecision;
import dev.ratelimit.quota.QuotaOperations;
import dev.ratelimit.quota.QuotaReservation;
import dev.ratelimit.quota.QuotaService;
import dev.ratelimit.quota.QuotaStatistics;
import dev.ratelimit.quota.QuotaUnavailableException;
import dev.ratelimit.quota.QuotaUsage;
import dev.ratelimit.quota.service.internal.Thresholds.Stay;
import dev.ratelimit.quota.spi.OperationId;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executor;

/** A quota service on a store: checks arguments, and finds the windows and counters of a key. Thread-safe. */
public final class StoreQuotas implements QuotaService {

    private final InstantSource clock;
    private final Executor executor;
    private final Meter meter;
    private final StoreCalls calls;
    private final Adjustments adjustments;
    private final Credits credits;
    private final KeyTargets targets;
    private final Corrections corrections;
    private final Counting counting;
    private final QuotaSource quotas;
    private final UnavailableAnswers absence;
    private final TimesToLive timesToLive;
    private final StoreReservation.Service reservations;
    private final Admissions admissions;

    /** Creates a service with the system's time, which shares the health of its store with other services. */
    public StoreQuotas(QuotaSettings settings) {
        this(settings, ServiceContext.ofSystem(), StoreHealth.shared(settings.store(), settings.deadline()));
    }

    /** Creates a service. */
    StoreQuotas(QuotaSettings settings, ServiceContext surroundings, StoreHealth health) {
        this.clock = settings.clock();
        this.executor = surroundings.executor();
        this.meter = new Meter(settings.events(), surroundings.listeners());
        this.calls = new StoreCalls(
                settings.store(), settings.deadline(), health, new Retries(settings.retries(), surroundings), meter);
        calls.tell(meter);
        this.adjustments = new Adjustments(calls);
        this.credits = new Credits(adjustments);
        Decisions decisions = new Decisions(settings.shares(), settings.clock());
        this.counting = Counting.of(settings, new AllOrNothing(calls), adjustments, decisions, surroundings);
        this.absence = UnavailableAnswers.of(settings, calls, surroundings);
        this.timesToLive = new TimesToLive(surroundings);
        this.reservations = new StoreReservation.Service(calls, absence, clock, settings.closeCharges(), timesToLive);
        this.quotas = settings.quotas();
        this.targets = new KeyTargets(quotas, credits);
        this.admissions = new Admissions(calls, counting, targets, credits, decisions, absence, meter);
        this.corrections = new Corrections(counting, adjustments, decisions, absence);
    }

    @Override
    public QuotaDecision consume(String key, long amount) {
        check(amount);
        Objects.requireNonNull(key, "key");
        CurrentWindow[] windows = quotas.of(key);
        long now = clock.millis();
        QuotaDecision decision = counting.onShortPath(windows, key, amount, now);
        return decision != null
                ? meter.decided(decision)
                : admissions.decide(windows, key, targets.of(windows, key, now), amount, Stay.FOR_GOOD, now);
    }

    @Override
    public QuotaReservation reserve(String key, long amount) {
        check(amount);
        Objects.requireNonNull(key, "key");
        CurrentWindow[] windows = quotas.of(key);
        long now = clock.millis();
        List<Target> all = targets.of(windows, key, now);
        QuotaDecision decision = admissions.decide(windows, key, all, amount, Stay.FOR_NOW, now);
        return StoreReservation.counted(reservations, all, amount, decision);
    }

    @Override
    public QuotaDecision consume(String key, long amount, String idempotencyKey) {
        check(amount);
        Objects.requireNonNull(key, "key");
        CurrentWindow[] windows = quotas.of(key);
        long now = clock.millis();
        OperationId id = IdempotentRequests.consumed(key, idempotencyKey);
        return admissions
                .decideOnce(windows, key, targets.of(windows, key, now), amount, id, now)
                .decision();
    }

    @Override
    public QuotaReservation reserve(String key, long amount, String idempotencyKey) {
        check(amount);
        Objects.requireNonNull(key, "key");
        CurrentWindow[] windows = quotas.of(key);
        long now = clock.millis();
        List<Target> all = targets.of(windows, key, now);
        IdempotentRequests.ReservationRound round =
                admissions.round(key, new Request(all, amount), idempotencyKey, now);
        Instant instant = Instant.ofEpochMilli(now);
        if (round.committed()) {
            QuotaDecision first = meter.decided(QuotaDecision.allowed(adjustments.read(all), clock.instant()));
            List<Long> nothing = Collections.nCopies(all.size(), 0L);
            Handle handle = Handle.of(round.id(), round.number(), amount, instant, all, first.usages());
            return StoreReservation.handed(reservations, handle.of(amount, nothing), first);
        }
        Admissions.IdempotentDecision answer = admissions.decideOnce(windows, key, all, amount, round.operation(), now);
        QuotaDecision decision = answer.decision();
        Handle handle = Handle.of(round.id(), round.number(), amount, instant, answer.targets(), decision.usages());
        return StoreReservation.handed(
                reservations,
                decision.allowed() ? handle.of(Collections.max(answer.amounts()), answer.amounts()) : handle,
                decision);
    }

    @Override
    public QuotaReservation resume(String handle) {
        Handle known = Handle.parse(Objects.requireNonNull(handle, "handle"));
        return StoreReservation.handed(reservations, known, QuotaDecision.allowed(known.usages(), clock.instant()));
    }

    @Override
    public QuotaDecision peek(String key, long amount) {
        check(amount);
        long now = clock.millis();
        List<Target> all = targets.of(key, now);
        try {
            return look(key, all, amount, now);
        } catch (QuotaUnavailableException e) {
            Answer.Counted prefetched = counting.lookPrefetched(key, new Request(all, amount));
            if (prefetched != null) {
                return QuotaDecision.allowed(prefetched.usages(all), prefetched.source(), Instant.ofEpochMilli(now));
            }
            if (absence.fails()) {
                throw e;
            }
            return absence.look(all, amount, now);
        }
    }

    private QuotaDecision look(String key, List<Target> all, long amount, long nowMillis) {
        if (!Credits.concern(all)) {
            return Decisions.ofLook(counting.used(key, all), amount, nowMillis);
        }
        credits.reread(key, all);
        return Decisions.ofLook(counting.used(key, targets.of(key, nowMillis)), amount, nowMillis);
    }

    @Override
    public void topUp(String key, long amount) {
        check(amount);
        credits.topUp(key, List.of(targets.endless(key, clock.millis())), amount);
    }

    @Override
    public List<QuotaUsage> decrement(String key, long amount) {
        check(amount);
        long now = clock.millis();
        return corrections.giveBack(key, targets.of(key, now), amount, false, now);
    }

    @Override
    public List<QuotaUsage> decrement(String key, long amount, QuotaDecision consumed) {
        check(amount);
        checkAllowed(consumed);
        boolean ofAllowed = consumed.source() == DecisionSource.LOCAL || consumed.source() == DecisionSource.OPEN;
        return corrections.giveBack(key, targets.in(consumed.usages(), key), amount, ofAllowed, clock.millis());
    }

    @Override
    public List<QuotaUsage> charge(String key, long amount) {
        check(amount);
        long now = clock.millis();
        return corrections.charge(key, targets.of(key, now), amount, now);
    }

    @Override
    public void reset(String key) {
        corrections.reset(key, targets.of(key, clock.millis()));
    }

    @Override
    public List<Quota> quotas() {
        return quotas.quotas();
    }

    @Override
    public List<Quota> quotas(String key) {
        Objects.requireNonNull(key, "key");
        return QuotaSource.quotas(quotas.of(key));
    }

    @Override
    public void update(Quota first, Quota... more) {
        List<Quota> all = new ArrayList<>();
        all.add(Objects.requireNonNull(first, "first"));
        all.addAll(List.of(more));
        quotas.update(all);
    }

    @Override
    public void planChanged(String key) {
        quotas.planChanged(Objects.requireNonNull(key, "key"));
    }

    @Override
    public QuotaOperations operations() {
        return new StoreOperations(calls, adjustments, quotas, counting, absence, clock);
    }

    @Override
    public AsyncQuotaService async(Executor executor) {
        return new AsyncQuotas(this, Objects.requireNonNull(executor, "executor"));
    }

    @Override
    public QuotaStatistics statistics() {
        return meter.statistics(counting.prefetchedUnits(), absence.owedCounters(), calls.permits());
    }

    @Override
    public void close() {
        new Closing(timesToLive::close, counting::close, absence::close)
                .run(executor, calls.deadline().remainingNanos());
    }

    /** Throws for a key that no quota can have. */
    static void checkKey(String key) {
        if (key.isEmpty()) {
            throw new IllegalArgumentException("the key of a quota is empty; say whose quota it is");
        }
    }

    static void checkAllowed(QuotaDecision consumed) {
        if (!consumed.allowed()) {
            throw new IllegalArgumentException(
                    "consumed must be a decision that allowed a request, but this one counted nothing: " + consumed);
        }
    }

    static void checkActual(long actual) {
        if (actual < 0) {
            throw new IllegalArgumentException("actual must be at least 0, but was " + actual);
        }
    }

    static void check(long amount) {
        if (amount < 1) {
            throw new IllegalArgumentException("amount must be at least 1, but was " + amount);
        }
    }

    @Override
    public String toString() {
        return "QuotaService" + quotas();
    }
}
