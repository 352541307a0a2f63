package dev.ratelimit.core.internal.quota;

import dev.ratelimit.quota.AsyncQuotaService;
import dev.ratelimit.quota.Quota;
import dev.ratelimit.quota.QuotaDecision;
import dev.ratelimit.quota.QuotaReservation;
import dev.ratelimit.quota.QuotaService;
import dev.ratelimit.quota.QuotaUsage;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Executor;

/** Quotas in a store: windows and counters found, requests asked, answers told as decisions. */
public final class StoreQuotas implements QuotaService {

    private final InstantSource clock;
    private final Adjustments adjustments;
    private final Decisions decisions;
    private final Counting counting;
    private volatile CurrentWindow[] windows;

    /** Creates a service. */
    public StoreQuotas(QuotaSettings settings) {
        StoreCalls calls = new StoreCalls(settings.store(), settings.retries());
        this.clock = settings.clock();
        this.adjustments = new Adjustments(calls, settings.deadline());
        this.decisions = new Decisions(settings.shares());
        this.counting = Counting.of(settings, new AllOrNothing(calls), adjustments, decisions);
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
        return decision != null ? decision : ask(key, targets(key, now), amount, now);
    }

    @Override
    public QuotaReservation reserve(String key, long amount) {
        check(amount);
        long now = clock.millis();
        List<Target> targets = targets(key, now);
        return new CountedReservation(adjustments, targets, amount, ask(key, targets, amount, now));
    }

    private QuotaDecision ask(String key, List<Target> targets, long amount, long nowMillis) {
        Answer answer = counting.ask(key, new Request(targets, amount));
        if (answer instanceof Answer.Failed failed) {
            throw failed.thrown();
        }
        return decisions.of(key, targets, (Answer.Counted) answer, amount, nowMillis);
    }

    @Override
    public QuotaDecision peek(String key, long amount) {
        check(amount);
        long now = clock.millis();
        return Decisions.ofLook(counting.used(key, targets(key, now)), amount, now);
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
        adjustments.apply(targets(key, clock.millis()), -Long.MAX_VALUE);
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
