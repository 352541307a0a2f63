package dev.ratelimit;

/** The text of a decision, for a person to read. */
final class DecisionText {

    private DecisionText() {}

    static String of(Decision decision) {
        return decision.rate().isEmpty() ? withoutRate(decision) : byRate(decision);
    }

    private static String withoutRate(Decision decision) {
        return switch (decision.reason()) {
            case WITHIN_LIMIT -> "allowed, unlimited";
            case BLACKOUT -> "refused (blackout), retry after " + decision.retryAfter();
            case TOO_MANY_CONCURRENT -> "refused (too many concurrent)";
            case TOO_MANY_WAITING -> "refused (too many waiting)";
            default -> "refused (blocked), retry never";
        };
    }

    private static String byRate(Decision decision) {
        String left = decision.remaining() + " of " + decision.capacity() + " left";
        String retry = ", retry after " + decision.retryAfter();
        return switch (decision.reason()) {
            case WITHIN_LIMIT ->
                "allowed" + (decision.delayNanos() == 0 ? "" : " after " + decision.delay()) + ", " + left
                        + ", full after " + decision.resetAfter();
            case EXCEEDS_CAPACITY -> "refused (more than the capacity), " + left + ", retry never";
            case SATURATED -> "refused (no place for a new key)" + retry;
            case BLACKOUT -> "refused (blackout)" + retry;
            case TOO_MANY_WAITING -> "refused (too many waiting), " + left + retry;
            default -> "refused (over limit), " + left + retry;
        };
    }
}
