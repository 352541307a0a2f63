package dev.ratelimit.quota.service.internal;

import dev.ratelimit.DecisionSource;
import dev.ratelimit.quota.QuotaUnavailableException;
import dev.ratelimit.quota.QuotaUsage;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** What became of a {@link Request}. */
sealed interface Answer {

    /** Whether it was granted, and what each counter shows after it. */
    final class Counted implements Answer {

        private final boolean granted;
        private final boolean prefetched;
        private final long[] used;

        Counted(boolean granted, long... used) {
            this(granted, false, used);
        }

        private Counted(boolean granted, boolean prefetched, long... used) {
            this.granted = granted;
            this.prefetched = prefetched;
            this.used = used;
        }

        boolean granted() {
            return granted;
        }

        long used(int index) {
            return used[index];
        }

        List<QuotaUsage> usages(List<Target> targets) {
            if (used.length == 1) {
                return List.of(targets.get(0).usage(used[0]));
            }
            List<QuotaUsage> usages = new ArrayList<>(used.length);
            for (int i = 0; i < used.length; i++) {
                usages.add(targets.get(i).usage(used[i]));
            }
            return usages;
        }

        /** What each counter showed when so much had not been counted yet. */
        Counted before(long amount) {
            long[] earlier = used.clone();
            for (int i = 0; i < earlier.length; i++) {
                earlier[i] = Math.max(0, earlier[i] - amount);
            }
            return new Counted(granted, prefetched, earlier);
        }

        /** The same counters, shown to a request that is granted from what was prefetched then. */
        Counted asPrefetched() {
            return new Counted(true, true, used);
        }

        /** Whether the store was asked, or units that were prefetched before were taken. */
        DecisionSource source() {
            return prefetched ? DecisionSource.PREFETCHED : DecisionSource.STORE;
        }

        /** Whether a counter has no room for an amount. */
        boolean lacks(List<Target> targets, long amount) {
            for (int i = 0; i < used.length; i++) {
                if (targets.get(i).quota().limit() - used[i] < amount) {
                    return true;
                }
            }
            return false;
        }
    }

    /**
     * That the request was certainly refused, and the store was in trouble after that: what other quotas had counted for
     * the request may still be counted, or what they show is not known.
     *
     * @param counted what each counter shows as far as it is known; a counter that could not be read shows 0
     */
    record Refused(Counted counted, Failed trouble) implements Answer {}

    /** That the store was in trouble. */
    record Failed(QuotaUnavailableException exception) implements Answer {

        /** What a caller is thrown: several may be told of one failure, each with where it asked. */
        QuotaUnavailableException thrown() {
            return new QuotaUnavailableException(
                    exception.certainty(),
                    Objects.requireNonNullElse(exception.getMessage(), ""),
                    exception.getCause());
        }
    }
}
