package dev.ratelimit.cache.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Which validators tell that two responses are the same, as attacks on the cache have found. */
class PreconditionsTest {

    /** RFC 9111, section 4.3.4. */
    @Test
    void aStrongTagOfA304IsNotThatOfAWeakResponse() {
        Fields weak = Fields.none().with("ETag", "W/\"a\"");
        Fields strong = Fields.none().with("ETag", "\"a\"");
        assertThat(Preconditions.isAbout(strong, weak)).isFalse();
        assertThat(Preconditions.isAbout(strong, strong)).isTrue();
        assertThat(Preconditions.isAbout(weak, strong)).isTrue();
    }

    /** RFC 9110, sections 13.1.5 and 8.8.2.2. */
    @Test
    void aDateOfTheResponsesOwnSecondIsTooWeakForARange() {
        Fields request = Fields.none().with("If-Range", "Mon, 23 Nov 2026 12:00:00 GMT");
        Fields modified = Fields.none().with("Last-Modified", "Mon, 23 Nov 2026 12:00:00 GMT");
        assertThat(Preconditions.rangeApplies(request, modified.with("Date", "Mon, 23 Nov 2026 12:00:00 GMT")))
                .isFalse();
        assertThat(Preconditions.rangeApplies(request, modified.with("Date", "Mon, 23 Nov 2026 12:00:01 GMT")))
                .isTrue();
    }
}
