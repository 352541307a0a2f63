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
 * What a quota service is built from. Immutable.
 *
 * @param quotas where the quotas of keys come from
 * @param clock by which requests fall into windows
 * @param deadline how long a call waits for the store
 * @param retries how often a call is repeated where that is safe
 * @param whenUnavailable what is answered while the store is away
 * @param closeCharges what a reservation charges that is closed without a commit
 * @param term how long what is prefetched may lie, or null if nothing is prefetched
 * @param shares which shares of a quota are told of, or null if none is
 * @param events what is told of the store
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
     * The shares of a quota that a listener is told of.
     *
     * @param percents ascending, at least one
     */
    public record Shares(QuotaListener listener, List<Integer> percents) {

        /** Creates shares. */
        public Shares {
            percents = List.copyOf(percents);
        }
    }
}
