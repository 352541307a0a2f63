package dev.ratelimit.core.internal.limit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.testing.ManualTime;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Blackouts that were called for, and the count that makes requests look for them. */
class CalledBlackoutsTest {

    private static final long KEY = 77;
    private static final long OTHER = 78;
    private static final long SECOND = 1_000_000_000;

    private final ManualTime time = new ManualTime();

    /** One that another part of the limiter has counted. */
    private final AtomicInteger looks = new AtomicInteger(1);

    private int evictions;
    private final CalledBlackouts blackouts = new CalledBlackouts(time, looks, 5, () -> evictions++);

    private long left(long key) {
        return blackouts.nanosLeft(key, time.nanos());
    }

    private void after(long seconds) {
        time.advance(Duration.ofSeconds(seconds));
    }

    @Test
    void untilTheFirstNoRequestLooks() {
        assertThat(left(KEY)).isZero();
        blackouts.end(KEY);
        assertThat(looks).hasValue(1);
        assertThat(blackouts.evicted()).isZero();
    }

    @Test
    void theLongerOfTwoBlackoutsApplies() {
        blackouts.extend(KEY, 10 * SECOND);
        blackouts.extend(KEY, 4 * SECOND);
        assertThat(left(KEY)).isEqualTo(10 * SECOND);
        after(8);
        blackouts.extend(KEY, 4 * SECOND);
        assertThat(left(KEY)).isEqualTo(4 * SECOND);
        assertThat(left(OTHER)).isZero();
    }

    @Test
    void requestsLookUntilAMinuteAfterTheLastBlackout() {
        blackouts.extend(KEY, 10 * SECOND);
        blackouts.extend(OTHER, 5 * SECOND);
        assertThat(looks).hasValue(2);
        after(70);
        assertThat(left(KEY)).isZero();
        assertThat(looks).hasValue(2);
        time.advanceNanos(1);
        left(KEY);
        assertThat(looks).as("nothing to look for").hasValue(1);
        blackouts.extend(KEY, SECOND);
        assertThat(looks).hasValue(2);
        assertThat(left(KEY)).isEqualTo(SECOND);
    }

    /** Why it is a minute: the blackout is seen again although it had ended. */
    @Test
    void aClockThatGoesBackFindsTheBlackoutAgain() {
        blackouts.extend(KEY, SECOND);
        after(2);
        assertThat(left(KEY)).isZero();
        after(-2);
        assertThat(left(KEY)).isEqualTo(SECOND);
        assertThat(looks).hasValue(2);
    }

    @Test
    void endingTheLastBlackoutEndsTheLookingSooner() {
        blackouts.extend(KEY, 1_000 * SECOND);
        blackouts.extend(OTHER, 5 * SECOND);
        blackouts.end(KEY);
        assertThat(left(KEY)).isZero();
        assertThat(left(OTHER)).isEqualTo(5 * SECOND);
        after(65);
        left(KEY);
        assertThat(looks).hasValue(2);
        time.advanceNanos(1);
        left(KEY);
        assertThat(looks).hasValue(1);
    }

    @Test
    void endingAnotherThanTheLastChangesNothingForIt() {
        blackouts.extend(KEY, 1_000 * SECOND);
        blackouts.extend(OTHER, 5 * SECOND);
        blackouts.end(OTHER);
        after(1_060);
        left(KEY);
        assertThat(looks).hasValue(2);
        time.advanceNanos(1);
        left(KEY);
        assertThat(looks).hasValue(1);
    }

    /** A table for five keys has eight places. */
    @Test
    void whereAllPlacesAreTakenTheBlackoutGoesThatEndsFirst() {
        for (long key = 1; key <= 8; key++) {
            blackouts.extend(key, (key == 3 ? 2 : 10 + key) * SECOND);
        }
        assertThat(evictions).isZero();
        blackouts.extend(9, SECOND);
        assertThat(evictions).isEqualTo(1);
        assertThat(blackouts.evicted()).isEqualTo(1);
        assertThat(left(3)).isZero();
        assertThat(left(1)).isEqualTo(11 * SECOND);
        assertThat(left(9)).isEqualTo(SECOND);
    }
}
