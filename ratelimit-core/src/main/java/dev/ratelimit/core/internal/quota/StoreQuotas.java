package dev.ratelimit.core.internal.quota;

import dev.ratelimit.quota.AsyncQuotaService;
import dev.ratelimit.quota.Quota;
import dev.ratelimit.quota.QuotaDecision;
import dev.ratelimit.quota.QuotaListener;
import dev.ratelimit.quota.QuotaReservation;
import dev.ratelimit.quota.QuotaService;
import dev.ratelimit.quota.QuotaUsage;
import dev.ratelimit.quota.spi.Deadline;
import dev.ratelimit.quota.spi.Outcome;
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
    private final AllOrNothing store;

    /** Where requests meet, unless the store is quicker than that. */
    private final @Nullable Lanes lanes;

    /** The store, if one quota can be counted there without making operations of requests. */
    private final @Nullable MemoryStore memory;

    private final Adjustments adjustments;
    private final @Nullable Leasing leasing;
    private final @Nullable Thresholds thresholds;
    private volatile CurrentWindow[] windows;

    /**
     * Creates a service.
     *
     * @param retries how often a call is repeated where that is safe
     * @param term how long what is leased may lie, or null if nothing is
     * @param listener what is told of shares, if anything
     * @param percents the shares, ascending
     */
    public StoreQuotas(
            QuotaStore store,
            List<Quota> quotas,
            InstantSource clock,
            Duration deadline,
            int retries,
            @Nullable Duration term,
            @Nullable QuotaListener listener,
            int[] percents) {
        StoreCalls calls = new StoreCalls(store, retries);
        this.clock = clock;
        this.deadline = deadline;
        this.store = new AllOrNothing(calls);
        this.adjustments = new Adjustments(calls, deadline);
        this.leasing = term == null ? null : Leasing.of(this.store, adjustments, term);
        this.lanes = store.isLocal() && leasing == null
                ? null
                : new Lanes(this.store, store.capabilities().largestBatch(), leasing);
        this.memory = store instanceof MemoryStore own && own.isBy(clock) && leasing == null ? own : null;
        this.thresholds = listener == null ? null : new Thresholds(listener, percents);
        this.windows = windows(quotas, clock.millis());
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
        CurrentWindow[] all = windows;
        QuotaDecision decision = null;
        if (leasing != null) {
            decision = ofWhatIsLeased(leasing, all, key, amount, now);
        } else if (memory != null && all.length == 1) {
            decision = ofCounterThatIsThere(memory, all[0], key, amount, now);
        }
        return decision != null ? decision : ask(key, targets(key, now), amount, now);
    }

    /** The same answer on a shorter way, where there is one: without making counters' names. */
    private @Nullable QuotaDecision ofWhatIsLeased(
            Leasing leasing, CurrentWindow[] windows, String key, long amount, long nowMillis) {
        LeasedUnits leased = leasing.of(key);
        if (leased == null || !leased.serves(windows, nowMillis)) {
            return null;
        }
        long left = leased.take(amount);
        return left < 0 ? null : told(key, leased.targets(), leased.without(left), amount, nowMillis);
    }

    /** The same answer on a shorter way, where there is one. */
    private @Nullable QuotaDecision ofCounterThatIsThere(
            MemoryStore store, CurrentWindow window, String key, long amount, long nowMillis) {
        Quota quota = window.quota();
        CurrentWindow.Bounds bounds = window.at(nowMillis);
        Outcome.Counted counted = store.acquireIfThere(bounds, key, amount, quota.limit(), nowMillis);
        if (counted == null) {
            return null;
        }
        QuotaUsage usage = new QuotaUsage(quota, counted.used(), bounds.window());
        List<QuotaUsage> usages = List.of(usage);
        if (thresholds != null && thresholds.concerns(usage)) {
            thresholds.look(key, List.of(window.target(key, nowMillis)), usages);
        }
        return counted.granted() > 0 ? QuotaDecision.allowed(usages) : refused(usages, amount, nowMillis);
    }

    @Override
    public QuotaReservation reserve(String key, long amount) {
        check(amount);
        long now = clock.millis();
        List<Target> targets = targets(key, now);
        return new CountedReservation(adjustments, targets, amount, ask(key, targets, amount, now));
    }

    private QuotaDecision ask(String key, List<Target> targets, long amount, long nowMillis) {
        Request request = new Request(targets, amount);
        Answer answer = lanes == null
                ? store.ask(request, Deadline.never())
                : lanes.ask(key, request, Deadline.after(deadline));
        if (answer instanceof Answer.Failed failed) {
            throw failed.thrown();
        }
        return told(key, targets, (Answer.Counted) answer, amount, nowMillis);
    }

    private QuotaDecision told(String key, List<Target> targets, Answer.Counted counted, long amount, long nowMillis) {
        List<QuotaUsage> usages = counted.usages(targets);
        if (thresholds != null) {
            thresholds.look(key, targets, usages);
        }
        return counted.granted() ? QuotaDecision.allowed(usages) : refused(usages, amount, nowMillis);
    }

    private static QuotaDecision refused(List<QuotaUsage> usages, long amount, long nowMillis) {
        return QuotaDecision.refused(usages, amount, Instant.ofEpochMilli(nowMillis));
    }

    @Override
    public QuotaDecision peek(String key, long amount) {
        check(amount);
        long now = clock.millis();
        List<Target> targets = targets(key, now);
        List<QuotaUsage> usages = leasing == null ? adjustments.read(targets) : leasing.used(key, targets);
        return usages.stream().allMatch(usage -> amount <= usage.remaining())
                ? QuotaDecision.allowed(usages)
                : refused(usages, amount, now);
    }

    @Override
    public List<QuotaUsage> decrement(String key, long amount) {
        check(amount);
        giveBackLeased(key);
        return adjustments.apply(targets(key, clock.millis()), -amount);
    }

    @Override
    public void reset(String key) {
        giveBackLeased(key);
        adjustments.apply(targets(key, clock.millis()), -Long.MAX_VALUE);
    }

    private void giveBackLeased(String key) {
        if (leasing != null) {
            leasing.giveBack(key);
        }
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
