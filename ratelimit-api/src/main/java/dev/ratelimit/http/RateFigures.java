package dev.ratelimit.http;

import dev.ratelimit.Decision;
import dev.ratelimit.Rate;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Optional;
import java.util.OptionalLong;

/** The figures of a limiter's decision: those of a token bucket, which refills all the time. */
record RateFigures(Decision decision) implements Figures {

    @Override
    public boolean areKnown() {
        return decision.rate().isPresent();
    }

    @Override
    public long quota() {
        return Math.min(rate().capacity(), StructuredItem.MAX_INTEGER);
    }

    @Override
    public OptionalLong window() {
        return WholeSeconds.of(nanosToRegain(quota()));
    }

    @Override
    public long available() {
        return refusesForNow() ? 0 : Math.min(decision.remaining(), StructuredItem.MAX_INTEGER);
    }

    @Override
    public OptionalLong effectiveWindow() {
        if (refusesForNow()) {
            return retryAfterSeconds();
        }
        long available = available();
        return WholeSeconds.of(available > 0 ? nanosToRegain(available) : nanosToOne());
    }

    @Override
    public Optional<Problem> problem() {
        return switch (decision.reason()) {
            case WITHIN_LIMIT -> Optional.empty();
            case EXCEEDS_CAPACITY -> Optional.of(Problem.TOO_LARGE);
            case BLOCKED -> Optional.of(Problem.FORBIDDEN);
            case OVER_LIMIT -> Optional.of(Problem.USED_UP);
            case BLACKOUT -> Optional.of(Problem.BLACKED_OUT);
            case TOO_MANY_CONCURRENT -> Optional.of(Problem.TOO_MANY_CONCURRENT);
            case SATURATED, TOO_MANY_WAITING -> Optional.of(Problem.NO_CAPACITY);
        };
    }

    @Override
    public OptionalLong retryAfterSeconds() {
        return decision.retryAfterSeconds();
    }

    @Override
    public String sentence(String name, String unit) {
        String limit = "the limit \"" + name + "\"";
        return switch (problem().orElseThrow()) {
            case TOO_LARGE -> "More was asked for than " + limit + " ever allows, which is " + burst(unit) + ".";
            case FORBIDDEN -> "By " + limit + " nothing is allowed.";
            case USED_UP -> "Over " + limit + ", which is " + burst(unit) + " and " + refill() + ".";
            case BLACKED_OUT -> "By " + limit + ", nothing is allowed for a time.";
            case TOO_MANY_CONCURRENT -> "By " + limit + ", too many requests are in progress at once.";
            case NO_CAPACITY -> "For now, " + limit + " cannot take on another request.";
        };
    }

    private boolean refusesForNow() {
        return !decision.allowed() && !refusesForEver();
    }

    private Rate rate() {
        return decision.rate().orElseThrow();
    }

    private String burst(String unit) {
        return rate().capacity() + " " + unit + " at once";
    }

    private String refill() {
        return rate().permits() + " in "
                + BigDecimal.valueOf(rate().period().toNanos(), 9)
                        .stripTrailingZeros()
                        .toPlainString()
                + " s";
    }

    private BigInteger nanosToRegain(long permits) {
        return WholeSeconds.roundedUp(timesPeriod(permits), BigInteger.valueOf(rate().permits()));
    }

    /** As long as to a full budget, less what it takes from one permit to a full budget. */
    private BigInteger nanosToOne() {
        Rate rate = rate();
        return BigInteger.valueOf(decision.resetAfterNanos())
                .subtract(timesPeriod(rate.capacity() - 1).divide(BigInteger.valueOf(rate.permits())))
                .max(BigInteger.ONE);
    }

    private BigInteger timesPeriod(long permits) {
        return BigInteger.valueOf(permits)
                .multiply(BigInteger.valueOf(rate().period().toNanos()));
    }

    @Override
    public String toString() {
        return decision.toString();
    }
}
