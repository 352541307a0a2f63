package dev.ratelimit.core.internal.quota;

import dev.ratelimit.quota.AsyncQuotaService;
import dev.ratelimit.quota.Quota;
import dev.ratelimit.quota.QuotaDecision;
import dev.ratelimit.quota.QuotaListener;
import dev.ratelimit.quota.QuotaReservation;
import dev.ratelimit.quota.QuotaService;
import dev.ratelimit.quota.QuotaUsage;
import dev.ratelimit.quota.spi.Deadline;
import dev.ratelimit.quota.spi.QuotaStore;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** Quotas in a store: windows and counters found, requests asked, answers told as decisions. */
public final class StoreQuotas implements QuotaService {

    private final InstantSource clock;
    private final Duration deadline;
    private final Lanes lanes;
    private final Adjustments adjustments;
    private final @Nullable Thresholds thresholds;
    private volatile CurrentWindow[] windows;

    /**
     * Creates a service.
     *
     * @param retries how often a call is repeated where that is safe
     * @param listener what is told of shares, if anything
     * @param percents the shares, ascending
     */
    public StoreQuotas(
            QuotaStore store,
            List<Quota> quotas,
            InstantSource clock,
            Duration deadline,
            int retries,
            @Nullable QuotaListener listener,
            int[] percents) {
        StoreCalls calls = new StoreCalls(store, retries);
        this.clock = clock;
        this.deadline = deadline;
        this.lanes = new Lanes(new AllOrNothing(calls), store.capabilities().largestBatch());
        this.adjustments = new Adjustments(calls, deadline);
        this.thresholds = listener == null ? null : new Thresholds(listener, percents);
        this.windows = windows(quotas, clock.instant());
    }

    private static CurrentWindow[] windows(List<Quota> quotas, Instant now) {
        Set<String> names = new HashSet<>();
        for (Quota quota : quotas) {
            if (!names.add(quota.name())) {
                throw new IllegalArgumentException(
                        "each quota needs a name of its own, but there are two named " + quota.name());
            }
        }
        return quotas.stream().map(quota -> new CurrentWindow(quota, now)).toArray(CurrentWindow[]::new);
    }

    @Override
    public QuotaDecision consume(String key, long amount) {
        check(amount);
        Instant now = clock.instant();
        List<Target> targets = targets(key, now);
        return ask(key, targets, amount, now);
    }

    @Override
    public QuotaReservation reserve(String key, long amount) {
        check(amount);
        Instant now = clock.instant();
        List<Target> targets = targets(key, now);
        return new CountedReservation(adjustments, targets, amount, ask(key, targets, amount, now));
    }

    private QuotaDecision ask(String key, List<Target> targets, long amount, Instant now) {
        Answer answer = lanes.ask(key, new Request(targets, amount), Deadline.after(deadline));
        if (answer instanceof Answer.Failed failed) {
            throw failed.thrown();
        }
        Answer.Counted counted = (Answer.Counted) answer;
        List<QuotaUsage> usages = counted.usages(targets);
        if (thresholds != null) {
            thresholds.look(key, targets, usages);
        }
        return counted.granted() ? QuotaDecision.allowed(usages) : QuotaDecision.refused(usages, amount, now);
    }

    @Override
    public QuotaDecision peek(String key, long amount) {
        check(amount);
        Instant now = clock.instant();
        List<QuotaUsage> usages = adjustments.read(targets(key, now));
        return usages.stream().allMatch(usage -> amount <= usage.remaining())
                ? QuotaDecision.allowed(usages)
                : QuotaDecision.refused(usages, amount, now);
    }

    @Override
    public List<QuotaUsage> decrement(String key, long amount) {
        check(amount);
        return adjustments.apply(targets(key, clock.instant()), -amount);
    }

    @Override
    public void reset(String key) {
        adjustments.apply(targets(key, clock.instant()), -Long.MAX_VALUE);
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
        windows = windows(quotas, clock.instant());
    }

    @Override
    public AsyncQuotaService async(Executor executor) {
        return new AsyncQuotas(this, Objects.requireNonNull(executor, "executor"));
    }

    /** The counters of a key now; complains of a key that cannot have any. */
    List<Target> targets(String key, Instant now) {
        Objects.requireNonNull(key, "key");
        CurrentWindow[] all = windows;
        if (all.length == 1) {
            return List.of(all[0].target(key, now));
        }
        List<Target> targets = new ArrayList<>(all.length);
        for (CurrentWindow window : all) {
            targets.add(window.target(key, now));
        }
        return targets;
    }

    void checkKey(String key) {
        targets(key, clock.instant());
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
