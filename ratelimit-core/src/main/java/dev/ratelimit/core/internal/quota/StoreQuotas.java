package dev.ratelimit.core.internal.quota;

import dev.ratelimit.quota.AsyncQuotaService;
import dev.ratelimit.quota.Quota;
import dev.ratelimit.quota.QuotaDecision;
import dev.ratelimit.quota.QuotaReservation;
import dev.ratelimit.quota.QuotaService;
import dev.ratelimit.quota.QuotaStatistics;
import dev.ratelimit.quota.QuotaUnavailableException;
import dev.ratelimit.quota.QuotaUsage;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Quotas in a store: windows and counters found, requests asked, answers told as decisions. */
public final class StoreQuotas implements QuotaService {

    private static final Logger LOG = LoggerFactory.getLogger("dev.ratelimit.quota");

    private final InstantSource clock;
    private final Executor executor;
    private final Meter meter;
    private final StoreCalls calls;
    private final Adjustments adjustments;
    private final Decisions decisions;
    private final Counting counting;
    private final Absence absence;
    private final CountedReservation.Service reservations;
    private volatile CurrentWindow[] windows;

    /** Creates a service by the system's time, which shares what it knows of its store with others. */
    public StoreQuotas(QuotaSettings settings) {
        this(settings, Surroundings.ofSystem(), StoreHealth.shared(settings.store(), settings.deadline()));
    }

    /** Creates a service. */
    StoreQuotas(QuotaSettings settings, Surroundings surroundings, StoreHealth health) {
        this.clock = settings.clock();
        this.executor = surroundings.executor();
        this.meter = new Meter(settings.events());
        this.calls = new StoreCalls(
                settings.store(), settings.deadline(), health, new Retries(settings.retries(), surroundings), meter);
        calls.tell(meter);
        this.adjustments = new Adjustments(calls);
        this.decisions = new Decisions(settings.shares());
        this.counting = Counting.of(settings, new AllOrNothing(calls), adjustments, decisions, surroundings);
        this.absence = Absence.of(settings, calls, surroundings);
        this.reservations = new CountedReservation.Service(calls, absence, clock, settings.closeCharges());
        this.windows = windows(settings.quotas(), clock.millis());
    }

    private static CurrentWindow[] windows(List<Quota> quotas, long nowMillis) {
        Set<String> names = new HashSet<>();
        for (Quota quota : quotas) {
            if (!names.add(quota.name())) {
                throw new IllegalArgumentException(
                        "each quota needs a name of its own, but there are two named " + quota.name());
            }
        }
        return quotas.stream().map(quota -> new CurrentWindow(quota, nowMillis)).toArray(CurrentWindow[]::new);
    }

    @Override
    public QuotaDecision consume(String key, long amount) {
        check(amount);
        Objects.requireNonNull(key, "key");
        long now = clock.millis();
        QuotaDecision decision = counting.atOnce(windows, key, amount, now);
        return decision != null ? meter.decided(decision) : ask(key, targets(key, now), amount, now);
    }

    @Override
    public QuotaReservation reserve(String key, long amount) {
        check(amount);
        long now = clock.millis();
        List<Target> targets = targets(key, now);
        return new CountedReservation(reservations, targets, amount, ask(key, targets, amount, now));
    }

    private QuotaDecision ask(String key, List<Target> targets, long amount, long nowMillis) {
        if (!absence.fails() && !calls.permits()) {
            return meter.decided(absence.answer(targets, amount, nowMillis));
        }
        Answer answer = counting.ask(key, new Request(targets, amount));
        if (answer instanceof Answer.Counted counted) {
            return meter.decided(decisions.of(key, targets, counted, amount, nowMillis));
        }
        if (absence.fails()) {
            Answer.Failed failed = (Answer.Failed) answer;
            meter.failed(failed.exception().certainty());
            throw failed.thrown();
        }
        return meter.decided(absence.answer(targets, amount, nowMillis));
    }

    @Override
    public QuotaDecision peek(String key, long amount) {
        check(amount);
        long now = clock.millis();
        List<Target> targets = targets(key, now);
        if (absence.fails()) {
            return Decisions.ofLook(counting.used(key, targets), amount, now);
        }
        try {
            return Decisions.ofLook(counting.used(key, targets), amount, now);
        } catch (QuotaUnavailableException e) {
            return absence.look(targets, amount, now);
        }
    }

    @Override
    public List<QuotaUsage> decrement(String key, long amount) {
        check(amount);
        counting.giveBackLeased(key);
        return adjustments.apply(targets(key, clock.millis()), -amount);
    }

    @Override
    public void reset(String key) {
        counting.giveBackLeased(key);
        long now = clock.millis();
        List<Target> targets = targets(key, now);
        adjustments.apply(targets, -Long.MAX_VALUE);
        absence.forgive(targets, now);
    }

    @Override
    public List<Quota> quotas() {
        List<Quota> quotas = new ArrayList<>();
        for (CurrentWindow window : windows) {
            quotas.add(window.quota());
        }
        return List.copyOf(quotas);
    }

    @Override
    public void update(Quota first, Quota... more) {
        List<Quota> quotas = new ArrayList<>();
        quotas.add(Objects.requireNonNull(first, "first"));
        quotas.addAll(List.of(more));
        windows = windows(quotas, clock.millis());
    }

    @Override
    public AsyncQuotaService async(Executor executor) {
        return new AsyncQuotas(this, Objects.requireNonNull(executor, "executor"));
    }

    @Override
    public QuotaStatistics statistics() {
        return meter.statistics(counting.leasedUnits(), absence.owedCounters(), calls.permits());
    }

    @Override
    public void close() {
        counting.close();
        flush();
        absence.close();
    }

    /** Lets the executor end what it was given before, up to the deadline. */
    private void flush() {
        CountDownLatch flushed = new CountDownLatch(1);
        try {
            executor.execute(flushed::countDown);
            if (!flushed.await(calls.deadline().remainingNanos(), TimeUnit.NANOSECONDS)) {
                LOG.warn("the quota store does not answer, so that units that were leased from it may stay counted");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Error e) {
            // No thread could be started for it, so that nothing runs there.
        }
    }

    /** The counters of a key now; complains of a key that cannot have any. */
    List<Target> targets(String key, long nowMillis) {
        Objects.requireNonNull(key, "key");
        CurrentWindow[] all = windows;
        if (all.length == 1) {
            return List.of(all[0].target(key, nowMillis));
        }
        List<Target> targets = new ArrayList<>(all.length);
        for (CurrentWindow window : all) {
            targets.add(window.target(key, nowMillis));
        }
        return targets;
    }

    void checkKey(String key) {
        targets(key, clock.millis());
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
