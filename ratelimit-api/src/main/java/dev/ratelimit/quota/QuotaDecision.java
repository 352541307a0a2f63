package dev.ratelimit.quota;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * A quota service's answer: whether the amount was counted, and what each quota shows after it.
 *
 * <p>With several quotas, {@link #binding()} is the one that the single figures are of: of those that refuse, the one whose
 * window ends last; if none does, the one of which the least is left.
 *
 * <p>Immutable and thread-safe.
 */
public final class QuotaDecision {

    /** The wait for what never comes: {@link ChronoUnit#FOREVER}. */
    public static final Duration NEVER = ChronoUnit.FOREVER.getDuration();

    private final List<QuotaUsage> usages;
    private final int refusing;
    private final int binding;
    private final Duration retryAfter;

    private QuotaDecision(List<QuotaUsage> usages, int refusing, int binding, Duration retryAfter) {
        this.usages = usages;
        this.refusing = refusing;
        this.binding = binding;
        this.retryAfter = retryAfter;
    }

    /**
     * Returns the answer of quotas that have counted an amount, or would.
     *
     * @param usages what each shows now, in the order of the quotas, at least one
     * @return the answer
     * @throws IllegalArgumentException if there is none
     */
    public static QuotaDecision allowed(List<QuotaUsage> usages) {
        List<QuotaUsage> all = checked(usages);
        int least = 0;
        for (int i = 1; i < all.size(); i++) {
            least = all.get(i).remaining() < all.get(least).remaining() ? i : least;
        }
        return new QuotaDecision(all, -1, least, Duration.ZERO);
    }

    /**
     * Returns the answer of quotas of which at least one does not have an amount.
     *
     * <p>If none lacks it by now, because a window went on or something was given back meanwhile, it is the one of which the
     * least is left, and to be asked again at once.
     *
     * @param usages what each shows now, in the order of the quotas, at least one
     * @param amount the amount that was asked for
     * @param now the instant at which it was
     * @return the answer
     * @throws IllegalArgumentException if there is none
     */
    public static QuotaDecision refused(List<QuotaUsage> usages, long amount, Instant now) {
        List<QuotaUsage> all = checked(usages);
        int last = -1;
        for (int i = 0; i < all.size(); i++) {
            QuotaUsage usage = all.get(i);
            if (usage.remaining() < amount && (last < 0 || isLater(usage, all.get(last), amount))) {
                last = i;
            }
        }
        if (last < 0) {
            int least = allowed(all).binding;
            return new QuotaDecision(all, least, least, Duration.ZERO);
        }
        QuotaUsage refusing = all.get(last);
        Duration wait = Duration.between(now, refusing.window().end());
        boolean never = amount > refusing.limit() || refusing.window().isEndless();
        return new QuotaDecision(all, last, last, never ? NEVER : wait.isNegative() ? Duration.ZERO : wait);
    }

    private static boolean isLater(QuotaUsage usage, QuotaUsage than, long amount) {
        boolean never = amount > usage.limit() || usage.window().isEndless();
        boolean thanNever = amount > than.limit() || than.window().isEndless();
        return never == thanNever ? usage.window().end().isAfter(than.window().end()) : never;
    }

    private static List<QuotaUsage> checked(List<QuotaUsage> usages) {
        if (usages.isEmpty()) {
            throw new IllegalArgumentException("a decision needs the usage of at least one quota");
        }
        return List.copyOf(usages);
    }

    /**
     * Returns whether the amount was counted, or would be where it was only looked at.
     *
     * @return whether all quotas have it
     */
    public boolean allowed() {
        return refusing < 0;
    }

    /**
     * Returns what each quota shows.
     *
     * @return one for each quota, in their order
     */
    public List<QuotaUsage> usages() {
        return usages;
    }

    /**
     * Returns the usage that refused.
     *
     * @return the one whose window ends last; empty if the amount is allowed
     */
    public Optional<QuotaUsage> refusedBy() {
        return allowed() ? Optional.empty() : Optional.of(usages.get(refusing));
    }

    /**
     * Returns the usage that decides most: the one that refused, or else the one of which the least is left.
     *
     * @return a usage
     */
    public QuotaUsage binding() {
        return usages.get(binding);
    }

    /**
     * Returns what is used of the {@linkplain #binding() binding} quota.
     *
     * @return an amount from 0
     */
    public long used() {
        return binding().used();
    }

    /**
     * Returns the limit of the {@linkplain #binding() binding} quota.
     *
     * @return an amount from 0
     */
    public long limit() {
        return binding().limit();
    }

    /**
     * Returns what is left of the {@linkplain #binding() binding} quota.
     *
     * @return an amount from 0
     */
    public long remaining() {
        return binding().remaining();
    }

    /**
     * Returns the window of the {@linkplain #binding() binding} quota.
     *
     * @return its start and end
     */
    public WindowBounds window() {
        return binding().window();
    }

    /**
     * Returns after which time the same request may be allowed: when the window of the quota that refused ends.
     *
     * @return zero if it is allowed; {@link #NEVER} if the amount is above the limit, or that window has no end
     */
    public Duration retryAfter() {
        return retryAfter;
    }

    @Override
    public boolean equals(Object o) {
        return o instanceof QuotaDecision other
                && usages.equals(other.usages)
                && refusing == other.refusing
                && retryAfter.equals(other.retryAfter);
    }

    @Override
    public int hashCode() {
        return Objects.hash(usages, refusing, retryAfter);
    }

    @Override
    public String toString() {
        return "QuotaDecision["
                + (allowed() ? "allowed" : "refused by " + binding().quota().name()) + ", used " + used() + " of "
                + limit() + " until " + window().end() + "]";
    }
}
