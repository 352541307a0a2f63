package dev.ratelimit.http;

import dev.ratelimit.quota.QuotaDecision;
import dev.ratelimit.quota.QuotaUsage;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The figures of one quota of a decision. A quota is renewed as a whole when its window ends, so {@code w} is the
 * length of the window and {@code t} the time until it ends.
 *
 * <p>While the store is away, only the units that this process allowed are known. They would mislead a client, so only
 * a refusal is reported.
 */
record QuotaFigures(QuotaUsage usage, QuotaDecision decision) implements Figures {

    @Override
    public boolean areKnown() {
        return switch (decision.source()) {
            case STORE, PREFETCHED -> true;
            case LOCAL, OPEN, CLOSED -> false;
        };
    }

    @Override
    public long quota() {
        return Math.min(usage.limit(), StructuredItem.MAX_INTEGER);
    }

    @Override
    public OptionalLong window() {
        return seconds(usage.window().start());
    }

    @Override
    public long available() {
        return refuses() && !refusesForEver() ? 0 : Math.min(usage.remaining(), StructuredItem.MAX_INTEGER);
    }

    @Override
    public OptionalLong effectiveWindow() {
        return seconds(decision.at());
    }

    @Override
    public Optional<Problem> problem() {
        if (decision.isUnavailable()) {
            return Optional.of(Problem.NO_CAPACITY);
        }
        if (!refuses()) {
            return Optional.empty();
        }
        boolean isTooLarge = refusesForEver() && !usage.window().isEndless();
        return Optional.of(isTooLarge ? Problem.TOO_LARGE : Problem.USED_UP);
    }

    @Override
    public OptionalLong retryAfterSeconds() {
        return refuses() ? decision.retryAfterSeconds() : OptionalLong.of(0);
    }

    @Override
    public String sentence(String name, String unit) {
        String quota = "the quota \"" + name + "\"";
        String amount = usage.limit() + " " + unit;
        return switch (problem().orElseThrow()) {
            case TOO_LARGE -> "The request asks for more than " + quota + " ever allows, which is " + amount + ".";
            case NO_CAPACITY -> "For now, " + quota + " cannot be counted.";
            default ->
                "The quota \"" + name + "\" of " + amount + " has not enough left"
                        + (usage.window().isEndless()
                                ? "."
                                : " until " + usage.window().end() + ".");
        };
    }

    private boolean refuses() {
        return decision.isUnavailable()
                || decision.refusedBy().filter(usage::equals).isPresent();
    }

    /**
     * Returns the seconds from an instant to the end of the window; at least 1, because the window may have ended
     * meanwhile.
     */
    private OptionalLong seconds(Instant from) {
        if (usage.window().isEndless()) {
            return OptionalLong.empty();
        }
        Duration length = Duration.between(from, usage.window().end());
        BigInteger nanos = BigInteger.valueOf(length.getSeconds())
                .multiply(BigInteger.valueOf(1_000_000_000))
                .add(BigInteger.valueOf(length.getNano()));
        return WholeSeconds.of(nanos.max(BigInteger.ONE));
    }

    @Override
    public String toString() {
        return decision.toString();
    }
}
