package dev.ratelimit.http;

import java.util.Optional;
import java.util.OptionalLong;

/**
 * What one limit says in header fields and in the body of a refusal: the draft's {@code q}, {@code w}, {@code r} and {@code t}, and how
 * it refuses.
 */
sealed interface Figures permits RateFigures, QuotaFigures {

    /** Whether {@code q} and {@code r} are known; if not, only a refusal can be told. */
    boolean areKnown();

    /** What the fields call {@code q}. */
    long quota();

    /** What the fields call {@code w}, in seconds; empty if there is none. */
    OptionalLong window();

    /** What the fields call {@code r}. */
    long available();

    /** What the fields call {@code t}, in seconds; empty if there is none. */
    OptionalLong effectiveWindow();

    /** What is wrong with the request; empty if the limit allows it. */
    Optional<Problem> problem();

    /** After how many seconds the same request may be allowed; empty for never. Zero if it is allowed. */
    OptionalLong retryAfterSeconds();

    /** The sentence that tells a person why the limit refuses. */
    String sentence(String name, String unit);

    default boolean refusesForEver() {
        return retryAfterSeconds().isEmpty();
    }
}
