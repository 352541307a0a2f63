package dev.ratelimit.quota.service.internal;

import dev.ratelimit.DecisionSource;
import dev.ratelimit.quota.QuotaUnavailableException;
import dev.ratelimit.quota.QuotaUsage;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** The answer to a {@link Request}. */
sealed interface Answer {

    /** An answer of the counters: whether they granted the request, and the usage of each after it. */
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

        /** Returns the answer as it was before the counters counted an amount. */
        Counted before(long amount) {
            long[] earlier = used.clone();
            for (int i = 0; i < earlier.length; i++) {
                earlier[i] = Math.max(0, earlier[i] - amount);
            }
            return new Counted(granted, prefetched, earlier);
        }

        /** Returns the same counters, as an answer to a request that is granted from units prefetched then. */
        Counted asPrefetched() {
            return new Counted(true, true, used);
        }

        /** Returns the source of the answer: the store, or units that were prefetched before. */
        DecisionSource source() {
            return prefetched ? DecisionSource.PREFETCHED : DecisionSource.STORE;
        }

        /** Returns whether a counter has no room for an amount. */
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
     * A certain refusal, after which the store failed. Other quotas may still count units for the request, or their
     * usage is not known.
     *
     * @param counted the usage of each counter as far as it is known; 0 for a counter that could not be read
     * @param trouble the failure
     */
    record Refused(Counted counted, Failed trouble) implements Answer {}

    /** A failure of the store. */
    record Failed(QuotaUnavailableException exception) implements Answer {

        /** Returns a new exception for a caller. Several callers may get one failure, each with its own stack trace. */
        QuotaUnavailableException thrown() {
            return new QuotaUnavailableException(
                    exception.certainty(),
                    Objects.requireNonNullElse(exception.getMessage(), ""),
                    exception.getCause());
        }
    }
}
