package dev.ratelimit.http;

import java.util.Optional;
import java.util.OptionalLong;

/**
 * The figures of one limit for header fields and for the body of a refusal: the draft's {@code q}, {@code w}, {@code r}
 * and {@code t}, and its refusal.
 */
sealed interface Figures permits RateFigures, QuotaFigures {

    /** Returns whether {@code q} and {@code r} are known. If not, only a refusal can be reported. */
    boolean areKnown();

    /** Returns the draft's {@code q}. */
    long quota();

    /** Returns the draft's {@code w}, in seconds; empty if there is none. */
    OptionalLong window();

    /** Returns the draft's {@code r}. */
    long available();

    /** Returns the draft's {@code t}, in seconds; empty if there is none. */
    OptionalLong effectiveWindow();

    /** Returns the problem of the request; empty if the limit allows it. */
    Optional<Problem> problem();

    /** Returns the seconds after which the same request may be allowed; empty for never. Zero if it is allowed. */
    OptionalLong retryAfterSeconds();

    /** Returns the sentence that explains to a person why the limit refuses. */
    String sentence(String name, String unit);

    default boolean refusesForEver() {
        return retryAfterSeconds().isEmpty();
    }
}
