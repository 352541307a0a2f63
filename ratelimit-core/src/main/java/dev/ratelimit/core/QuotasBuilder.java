package dev.ratelimit.core;

import dev.ratelimit.TimeSource;
import dev.ratelimit.WhenUnavailable;
import dev.ratelimit.core.internal.quota.Grace;
import dev.ratelimit.core.internal.quota.QuotaSettings;
import dev.ratelimit.core.internal.quota.QuotaSource;
import dev.ratelimit.core.internal.quota.StoreDeadline;
import dev.ratelimit.core.internal.quota.StoreQuotas;
import dev.ratelimit.quota.CloseCharges;
import dev.ratelimit.quota.Quota;
import dev.ratelimit.quota.QuotaEvents;
import dev.ratelimit.quota.QuotaListener;
import dev.ratelimit.quota.QuotaPlans;
import dev.ratelimit.quota.QuotaService;
import dev.ratelimit.quota.spi.Capabilities;
import dev.ratelimit.quota.spi.QuotaStore;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A builder of quota services. Not thread-safe. */
public final class QuotasBuilder {

    /** The most often that a call can be repeated. */
    public static final int MAX_RETRIES = 10;

    private static final Duration SHORTEST_TERM = Duration.ofMillis(1);
    private static final Duration MAX_TERM = Duration.ofHours(1);

    private static final Duration MAX_HISTORY = Duration.ofDays(3660);

    private final QuotaStore store;
    private final List<Quota> quotas = new ArrayList<>();
    private @Nullable QuotaPlans plans;
    private Grace grace = Grace.PROPORTIONAL;
    private InstantSource clock = InstantSource.system();
    private TimeSource timeSource = TimeSource.system();
    private @Nullable Duration deadline;
    private int retries;
    private WhenUnavailable whenUnavailable = WhenUnavailable.fail();
    private CloseCharges closeCharges = CloseCharges.NOTHING;
    private @Nullable Duration term;
    private QuotaSettings.@Nullable Shares shares;
    private QuotaEvents events = new QuotaEvents() {};

    QuotasBuilder(QuotaStore store) {
        this.store = Objects.requireNonNull(store, "store");
    }

    /**
     * Adds a quota. Each amount is counted on all of them or on none.
     *
     * @param quota the quota
     * @return this builder
     */
    public QuotasBuilder quota(Quota quota) {
        quotas.add(Objects.requireNonNull(quota, "quota"));
        return this;
    }

    /**
     * Sets plans, which say for each key which quotas it has, in place of {@link #quota quotas} that all have.
     *
     * @param plans the plans
     * @return this builder
     */
    public QuotasBuilder plans(QuotaPlans plans) {
        this.plans = Objects.requireNonNull(plans, "plans");
        return this;
    }

    /**
     * Sets how long what was used in a window can still be read and corrected after its end, for invoices; the default is a tenth of the
     * window, at least 10 seconds and at most a day. Counters take room in the store until then.
     *
     * @param history more than zero, at most 3,660 days; never less than the default
     * @return this builder
     * @throws IllegalArgumentException if it is out of range
     */
    public QuotasBuilder history(Duration history) {
        if (history.isZero() || history.isNegative() || history.compareTo(MAX_HISTORY) > 0) {
            throw new IllegalArgumentException(
                    "history must be more than zero and at most " + MAX_HISTORY.toDays() + " days, but was " + history);
        }
        this.grace = new Grace(history);
        return this;
    }

    /**
     * Sets how long a call waits for the store; the default is the store's own.
     *
     * @param deadline more than zero
     * @return this builder
     * @throws IllegalArgumentException if it is zero or negative
     */
    public QuotasBuilder deadline(Duration deadline) {
        if (deadline.isZero() || deadline.isNegative()) {
            throw new IllegalArgumentException("deadline must be more than zero, but was " + deadline);
        }
        this.deadline = deadline;
        return this;
    }

    /**
     * Sets how often a call that failed is repeated before its deadline, where it cannot count twice; the default is never. Before
     * each repetition the caller pauses for a random time, up to 10 ms at first and then up to twice as long each time, but
     * not beyond 250 ms or the deadline. A caller that is interrupted is answered at once.
     *
     * <p>A call that may have been counted is repeated only on a store that
     * {@linkplain Capabilities#remembersOperations() remembers operations}, which then has more to write for each.
     *
     * @param retries from 0 to {@value #MAX_RETRIES}
     * @return this builder
     * @throws IllegalArgumentException if it is out of range
     */
    public QuotasBuilder retries(int retries) {
        if (retries < 0 || retries > MAX_RETRIES) {
            throw new IllegalArgumentException("retries must be 0 to " + MAX_RETRIES + ", but was " + retries);
        }
        this.retries = retries;
        return this;
    }

    /**
     * Sets what the service answers while its store is away; the default is an exception: {@link WhenUnavailable#fail()}.
     *
     * <p>{@link QuotaService#consume} and {@link QuotaService#reserve} are answered so, and {@link QuotaService#peek} says what they
     * would be. {@link QuotaService#reset} needs the store, and so does {@link QuotaService#decrement} for what the store has
     * counted: without it they throw under each choice.
     *
     * @param choice the choice, whose Javadoc says what each allows at most
     * @return this builder
     */
    public QuotasBuilder whenUnavailable(WhenUnavailable choice) {
        this.whenUnavailable = Objects.requireNonNull(choice, "choice");
        return this;
    }

    /**
     * Sets what a reservation charges that is closed before anybody tried to commit it; the default is
     * {@link CloseCharges#NOTHING}. {@link dev.ratelimit.quota.QuotaReservation#closeCharges} chooses for a single reservation.
     *
     * @param choice the choice
     * @return this builder
     */
    public QuotasBuilder closeCharges(CloseCharges choice) {
        this.closeCharges = Objects.requireNonNull(choice, "choice");
        return this;
    }

    /**
     * Has the service prefetch units of busy keys: it takes from the store what will be asked for in about so long, and grants most
     * requests from that without the store; the default is that each request is counted in the store by itself or with those
     * that it meets.
     *
     * <p>No quota is exceeded by that, for units are counted before they are granted. What it costs:
     *
     * <ul>
     *   <li>Units that nobody has asked for go back after this time. Until then, other processes may be refused although they are
     *       there. One process prefetches at most an eighth of what there is.
     *   <li>A process that is killed, or closes its store before this time is over, loses what it has prefetched, until the window ends.
     *   <li>What is used, as this process tells it, is what the store showed when units were prefetched, less those that are left.
     *   <li>{@link QuotaService#decrement} and {@link QuotaService#reset} cannot take back what other processes have prefetched: that
     *       may be granted besides.
     * </ul>
     *
     * @param term from a millisecond to an hour; some ten milliseconds make a hundred calls of the store a second of any number
     * @return this builder
     * @throws IllegalArgumentException if it is out of range
     */
    public QuotasBuilder prefetch(Duration term) {
        if (term.compareTo(SHORTEST_TERM) < 0 || term.compareTo(MAX_TERM) > 0) {
            throw new IllegalArgumentException("the prefetch term must be 1 ms to 1 hour, but was " + term);
        }
        this.term = term;
        return this;
    }

    /**
     * Sets what is told when a key has used certain shares of a quota.
     *
     * @param listener the listener
     * @param percents the shares, such as 80 and 100; at least one, each from 1 to 100
     * @return this builder
     * @throws IllegalArgumentException if there is none, or one is out of range
     */
    public QuotasBuilder listener(QuotaListener listener, int... percents) {
        Objects.requireNonNull(listener, "listener");
        if (percents.length == 0) {
            throw new IllegalArgumentException(
                    "say at which percents of a quota to tell the listener, such as 80, 100");
        }
        for (int percent : percents) {
            if (percent < 1 || percent > 100) {
                throw new IllegalArgumentException("percents must be 1 to 100, but one was " + percent);
            }
        }
        this.shares = new QuotaSettings.Shares(
                listener, Arrays.stream(percents).sorted().distinct().boxed().toList());
        return this;
    }

    /**
     * Sets what is told of the store: its calls, and when it goes away and comes back.
     *
     * @param events the listener
     * @return this builder
     */
    public QuotasBuilder events(QuotaEvents events) {
        this.events = Objects.requireNonNull(events, "events");
        return this;
    }

    /**
     * Sets the clock that says in which window a request falls; the default is the system's.
     *
     * @param clock the clock; all processes that share a store should agree on it to well under a window
     * @return this builder
     */
    public QuotasBuilder clock(InstantSource clock) {
        this.clock = Objects.requireNonNull(clock, "clock");
        return this;
    }

    /**
     * Sets the time by which the answers of {@link #plans plans} age; the default is the system's.
     *
     * @param timeSource the time
     * @return this builder
     */
    public QuotasBuilder timeSource(TimeSource timeSource) {
        this.timeSource = Objects.requireNonNull(timeSource, "timeSource");
        return this;
    }

    /**
     * Builds the service.
     *
     * @return the service
     * @throws IllegalArgumentException if two quotas have the same name
     * @throws IllegalStateException if there is neither a quota nor plans, or both
     */
    public QuotaService build() {
        return new StoreQuotas(new QuotaSettings(
                store,
                source(),
                clock,
                StoreDeadline.of(deadline, store),
                retries,
                whenUnavailable,
                closeCharges,
                term,
                shares,
                events));
    }

    private QuotaSource source() {
        if (plans != null && !quotas.isEmpty()) {
            throw new IllegalStateException(
                    "a quota service has either quotas or plans: put what all keys have into each plan");
        }
        if (plans != null) {
            return QuotaSource.byPlan(plans, grace, clock, timeSource);
        }
        if (quotas.isEmpty()) {
            throw new IllegalStateException(
                    "a quota service needs a quota: call quota(...) or plans(...) before build()");
        }
        return QuotaSource.same(quotas, grace, clock);
    }
}
