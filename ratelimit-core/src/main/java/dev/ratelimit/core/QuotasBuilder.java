package dev.ratelimit.core;

import dev.ratelimit.core.internal.quota.StoreQuotas;
import dev.ratelimit.quota.Quota;
import dev.ratelimit.quota.QuotaListener;
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
    public static final int MOST_RETRIES = 10;

    private final QuotaStore store;
    private final List<Quota> quotas = new ArrayList<>();
    private InstantSource clock = InstantSource.system();
    private Duration deadline;
    private int retries;
    private @Nullable QuotaListener listener;
    private int[] percents = {};

    QuotasBuilder(QuotaStore store) {
        this.store = Objects.requireNonNull(store, "store");
        this.deadline = store.defaultDeadline();
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
     * Sets how often a call that failed is repeated before its deadline, where it cannot count twice; the default is never.
     *
     * <p>A call that may have been counted is repeated only on a store that
     * {@linkplain Capabilities#remembersOperations() remembers operations}, which then has more to write for each.
     *
     * @param retries from 0 to {@value #MOST_RETRIES}
     * @return this builder
     * @throws IllegalArgumentException if it is out of range
     */
    public QuotasBuilder retries(int retries) {
        if (retries < 0 || retries > MOST_RETRIES) {
            throw new IllegalArgumentException("retries must be 0 to " + MOST_RETRIES + ", but was " + retries);
        }
        this.retries = retries;
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
        this.listener = listener;
        this.percents = Arrays.stream(percents).sorted().distinct().toArray();
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
     * Builds the service.
     *
     * @return the service
     * @throws IllegalArgumentException if two quotas have the same name
     * @throws IllegalStateException if there is no quota
     */
    public QuotaService build() {
        if (quotas.isEmpty()) {
            throw new IllegalStateException("a quota service needs a quota: call quota(...) before build()");
        }
        return new StoreQuotas(store, List.copyOf(quotas), clock, deadline, retries, listener, percents);
    }
}
