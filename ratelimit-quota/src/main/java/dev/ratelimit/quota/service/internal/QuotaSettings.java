package dev.ratelimit.quota.service.internal;

import dev.ratelimit.WhenUnavailable;
import dev.ratelimit.quota.CloseCharges;
import dev.ratelimit.quota.QuotaEvents;
import dev.ratelimit.quota.QuotaListener;
import dev.ratelimit.quota.spi.QuotaStore;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The settings of a quota service. Immutable.
 *
 * @param store the store that counts
 * @param quotas the source of the quotas of keys
 * @param clock the clock that determines the windows of requests
 * @param deadline the maximum time that a call waits for the store
 * @param retries the maximum number of repetitions of a call, where a repetition is safe
 * @param whenUnavailable the answer while the store is away
 * @param closeCharges the amount that a reservation charges if it is closed without a commit
 * @param term the time for which prefetched units are kept, or null if the service prefetches none
 * @param shares the percentages of a quota at which a listener is called, or null if there is none
 * @param events the listener for calls of the store and for its outages
 */
public record QuotaSettings(
        QuotaStore store,
        QuotaSource quotas,
        InstantSource clock,
        StoreDeadline deadline,
        int retries,
        WhenUnavailable whenUnavailable,
        CloseCharges closeCharges,
        @Nullable Duration term,
        @Nullable Shares shares,
        QuotaEvents events) {

    /**
     * The percentages of a quota at which a listener is called.
     *
     * @param listener the listener
     * @param percents ascending, at least one
     */
    public record Shares(QuotaListener listener, List<Integer> percents) {

        /** Creates percentages. */
        public Shares {
            percents = List.copyOf(percents);
        }
    }
}
