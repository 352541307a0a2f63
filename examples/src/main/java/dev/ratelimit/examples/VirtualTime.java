package dev.ratelimit.examples;

import dev.ratelimit.testing.ManualTime;
import java.time.Duration;

/** What a test of a limit looks like on virtual time: nothing sleeps, and every boundary is exact. */
final class VirtualTime {

    private final ManualTime time = new ManualTime();
    private final PasswordResets resets = new PasswordResets(time);

    void threeAtOnceAndThenOneEveryTwentyMinutes() {
        for (int i = 0; i < 3; i++) {
            expect(resets.send("ada"));
        }
        expect(!resets.send("ada"));
        time.advance(Duration.ofMinutes(20).minusNanos(1));
        expect(!resets.send("ada"));
        time.advanceNanos(1);
        expect(resets.send("ada"));
    }

    /** In place of a test framework's assertion. */
    private static void expect(boolean condition) {
        if (!condition) {
            throw new AssertionError("the limiter answered otherwise");
        }
    }
}
