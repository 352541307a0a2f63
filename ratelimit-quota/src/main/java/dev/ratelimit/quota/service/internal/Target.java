package dev.ratelimit.quota.service.internal;

import dev.ratelimit.quota.Quota;
import dev.ratelimit.quota.QuotaUsage;
import dev.ratelimit.quota.WindowBounds;
import dev.ratelimit.quota.spi.Counter;

/** A quota in one window, and the counter of a key in it. */
record Target(Quota quota, WindowBounds window, Counter counter) {

    QuotaUsage usage(long used) {
        return new QuotaUsage(quota, used, window);
    }
}
