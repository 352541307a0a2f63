package dev.ratelimit.quota.service.internal;

import java.util.List;

/** Units that were counted on all of a key's counters, and that no request was granted. */
record UnitsToReturn(List<Target> targets, long amount) {}
