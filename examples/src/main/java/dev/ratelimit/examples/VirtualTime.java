package dev.ratelimit.examples;

import dev.ratelimit.testing.ManualTime;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.FutureTask;

/** What a test of a limit looks like on virtual time: nothing sleeps, and every boundary is exact. */
final class VirtualTime {

    private final ManualTime time = new ManualTime();
    private final PasswordResets resets = new PasswordResets(time);
    private final Uploads uploads = new Uploads(time);

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

    void theThirdUploadWaitsForItsTurn() {
        uploads.uploadAsync("ada");
        uploads.uploadAsync("ada");
        CompletableFuture<String> third = uploads.uploadAsync("ada").toCompletableFuture();
        expect(time.pending() == 1);
        time.advance(Duration.ofMillis(100).minusNanos(1));
        expect(!third.isDone());
        time.advanceNanos(1);
        expect(third.join().equals("201 after 100 ms"));
    }

    void aThreadWaitsForItsTurn() throws Exception {
        expect(uploads.upload("grace").equals("201"));
        expect(uploads.upload("grace").equals("201"));
        FutureTask<String> third = new FutureTask<>(() -> uploads.upload("grace"));
        new Thread(third).start();
        time.awaitPending(1);
        time.advance(Duration.ofMillis(100));
        expect(third.get().equals("201"));
    }

    /** In place of a test framework's assertion. */
    private static void expect(boolean condition) {
        if (!condition) {
            throw new AssertionError("the limiter answered otherwise");
        }
    }
}
