package dev.ratelimit.quota.service;

import dev.ratelimit.TimeSource;
import dev.ratelimit.WhenUnavailable;
import dev.ratelimit.quota.CloseCharges;
import dev.ratelimit.quota.Quota;
import dev.ratelimit.quota.QuotaEvents;
import dev.ratelimit.quota.QuotaListener;
import dev.ratelimit.quota.QuotaPlans;
import dev.ratelimit.quota.QuotaService;
import dev.ratelimit.quota.service.internal.Grace;
import dev.ratelimit.quota.service.internal.QuotaSettings;
import dev.ratelimit.quota.service.internal.QuotaSource;
import dev.ratelimit.quota.service.internal.StoreDeadline;
import dev.ratelimit.quota.service.internal.StoreQuotas;
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

    /** The maximum number of retries of a call. */
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
     * Adds a quota. Each amount is counted on all quotas or on none.
     *
     * @param quota the quota
     * @return this builder
     */
    public QuotasBuilder quota(Quota quota) {
        quotas.add(Objects.requireNonNull(quota, "quota"));
        return this;
    }

    /**
     * Sets plans, which give each key its quotas, instead of {@link #quota quotas} that are the same for all keys.
     *
     * @param plans the plans
     * @return this builder
     */
    public QuotasBuilder plans(QuotaPlans plans) {
        this.plans = Objects.requireNonNull(plans, "plans");
        return this;
    }

    /**
     * Sets the time after the end of a window for which its usage can still be read and corrected, for invoices. The
     * default is a tenth of the window, at least 10 seconds and at most a day. Counters take room in the store until
     * then.
     *
     * @param history the time, more than zero, at most 3,660 days; if it is less than the default, the default applies
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
     * Sets the longest time that a call waits for the store. The default is that of the store.
     *
     * @param deadline the time, more than zero
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
     * Sets how often the service retries a failed call before its deadline, if the call cannot count twice. The default
     * is 0. Before each retry, the caller pauses for a random time: up to 10 ms at first, and then up to twice as long
     * each time, but at most 250 ms and not beyond the deadline. An interrupted caller gets its answer at once.
     *
     * <p>A call that may have been counted is retried only on a store that
     * {@linkplain Capabilities#remembersOperations() remembers operations}. Such a store then writes more for each
     * call.
     *
     * @param retries the maximum number of retries, from 0 to {@value #MAX_RETRIES}
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
     * Sets the answer of the service while its store is away. The default is an exception:
     * {@link WhenUnavailable#fail()}.
     *
     * <p>The choice applies to {@link QuotaService#consume} and {@link QuotaService#reserve}, and
     * {@link QuotaService#peek} returns the same answer. {@link QuotaService#reset} needs the store, and so does
     * {@link QuotaService#decrement} for units that the store has counted. Without the store, both throw an exception
     * under each choice.
     *
     * @param choice the choice; {@link WhenUnavailable} says what each allows at most
     * @return this builder
     */
    public QuotasBuilder whenUnavailable(WhenUnavailable choice) {
        this.whenUnavailable = Objects.requireNonNull(choice, "choice");
        return this;
    }

    /**
     * Sets the amount that a reservation charges if the caller closes it before it tries to commit. The default is
     * {@link CloseCharges#NOTHING}. {@link dev.ratelimit.quota.QuotaReservation#closeCharges} sets it for a single
     * reservation.
     *
     * @param choice the choice
     * @return this builder
     */
    public QuotasBuilder closeCharges(CloseCharges choice) {
        this.closeCharges = Objects.requireNonNull(choice, "choice");
        return this;
    }

    /**
     * Makes the service prefetch units of busy keys: it counts in the store the units that it expects to need within
     * the term, and grants most requests from these without calling the store. By default, each request is counted in
     * the store, alone or in one call with concurrent requests.
     *
     * <p>Prefetching never exceeds a quota, because units are counted before they are granted. It has these costs:
     *
     * <ul>
     *   <li>Unused units go back to the store after the term. Until then, other processes may be refused although units
     *       are left. One process prefetches at most an eighth of the units left.
     *   <li>If a process is killed, or closes its store before the term is over, its prefetched units are lost until
     *       the window ends.
     *   <li>The usage that this process reports is that of the store at the last prefetch, less the prefetched units
     *       that are left.
     *   <li>{@link QuotaService#decrement} and {@link QuotaService#reset} cannot take back units that other processes
     *       have prefetched. These may be granted in addition.
     * </ul>
     *
     * @param term the term, from a millisecond to an hour; about ten milliseconds reduce any number of requests to a
     *     hundred calls of the store a second
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
     * Sets the listener that is called when a key has used certain percentages of a quota.
     *
     * @param listener the listener
     * @param percents the percentages, such as 80 and 100; at least one, each from 1 to 100
     * @return this builder
     * @throws IllegalArgumentException if there is no percentage, or one is out of range
     */
    public QuotasBuilder listener(QuotaListener listener, int... percents) {
        Objects.requireNonNull(listener, "listener");
        if (percents.length == 0) {
            throw new IllegalArgumentException("name the percentages at which to call the listener, such as 80, 100");
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
     * Sets the listener for calls of the store, and for the begin and the end of its outages.
     *
     * @param events the listener
     * @return this builder
     */
    public QuotasBuilder events(QuotaEvents events) {
        this.events = Objects.requireNonNull(events, "events");
        return this;
    }

    /**
     * Sets the clock that determines the window of a request. The default is the system's clock.
     *
     * @param clock the clock; all processes that share a store should agree on it to well under a window
     * @return this builder
     */
    public QuotasBuilder clock(InstantSource clock) {
        this.clock = Objects.requireNonNull(clock, "clock");
        return this;
    }

    /**
     * Sets the time source by which cached answers of {@link #plans plans} age. The default is the system's time.
     *
     * @param timeSource the time source
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
