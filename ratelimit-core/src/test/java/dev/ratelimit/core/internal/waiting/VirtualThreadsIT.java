package dev.ratelimit.core.internal.waiting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ratelimit.TimeSource;
import dev.ratelimit.testing.ManualTime;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A hundred thousand virtual threads wait at once, and none of them keeps its carrier. Needs JDK 21 or later. */
@Timeout(300)
class VirtualThreadsIT {

    private static final int COUNT = 100_000;

    /** They come first: a thread that loads a class is pinned meanwhile, once. */
    private static final int FEW = 10;

    private static final String PINNED = "jdk.VirtualThreadPinned";

    @TempDir
    Path directory;

    @BeforeEach
    void needsVirtualThreads() {
        assumeTrue(Runtime.version().feature() >= 21, "virtual threads come with JDK 21");
    }

    @Test
    void aHundredThousandWaitInVirtualTime() throws Exception {
        waitInVirtualTime(FEW);
        assertThat(pinnedWhile(() -> waitInVirtualTime(COUNT))).isEmpty();
    }

    @Test
    void aHundredThousandWaitInRealTime() throws Exception {
        waitInRealTime(FEW, Duration.ofMillis(1));
        assertThat(pinnedWhile(() -> waitInRealTime(COUNT, Duration.ofSeconds(5))))
                .isEmpty();
    }

    @Test
    void aTwinThatWaitsBelowANativeFrameIsSeen() throws Exception {
        List<RecordedEvent> pinned = pinnedWhile(() ->
                join(start(1, () -> assertThat(WaitsWhenLoaded.HAS_WAITED).isTrue())));
        assertThat(pinned).isNotEmpty();
    }

    private static void waitInVirtualTime(int count) throws Exception {
        ManualTime time = new ManualTime();
        long due = Duration.ofDays(1).toNanos();
        AtomicInteger early = new AtomicInteger();
        List<Thread> threads = start(count, () -> await(time, due, early));
        time.awaitPending(count);
        time.advanceNanos(due - 1);
        assertThat(time.pending()).isEqualTo(count);
        time.advanceNanos(1);
        join(threads);
        assertThat(early).hasValue(0);
    }

    private static void waitInRealTime(int count, Duration in) throws Exception {
        TimeSource time = TimeSource.system();
        AtomicInteger early = new AtomicInteger();
        AtomicInteger come = new AtomicInteger();
        AtomicInteger gone = new AtomicInteger();
        long due = time.nanos() + in.toNanos();
        List<Thread> threads = start(count, () -> {
            come.incrementAndGet();
            await(time, due, early);
            gone.incrementAndGet();
        });
        while (come.get() < count) {
            Thread.onSpinWait();
        }
        System.out.printf(
                "%,d virtual threads have come, %,d have gone, %,d ms before they are due%n",
                come.get(), gone.get(), (due - time.nanos()) / 1_000_000);
        join(threads);
        System.out.printf("the last one is late by %,d ms%n", (time.nanos() - due) / 1_000_000);
        assertThat(early).hasValue(0);
        assertThat(gone).hasValue(count);
    }

    private static void await(TimeSource time, long due, AtomicInteger early) {
        try {
            Sleep.awaitUntil(time, due);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        early.addAndGet(time.nanos() - due < 0 ? 1 : 0);
    }

    /** By reflection, because these tests compile on JDK 17. */
    private static List<Thread> start(int count, Runnable task) throws ReflectiveOperationException {
        Object builder = Thread.class.getMethod("ofVirtual").invoke(null);
        var start = Class.forName("java.lang.Thread$Builder").getMethod("start", Runnable.class);
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            threads.add((Thread) start.invoke(builder, task));
        }
        return threads;
    }

    private static void join(List<Thread> threads) throws InterruptedException {
        for (Thread thread : threads) {
            thread.join();
        }
    }

    /** The events that the JVM records when a virtual thread that parks keeps its carrier. */
    private List<RecordedEvent> pinnedWhile(Action action) throws Exception {
        Path file = directory.resolve("pinned.jfr");
        try (Recording recording = new Recording()) {
            recording.enable(PINNED).withoutThreshold();
            recording.start();
            action.run();
            recording.stop();
            recording.dump(file);
        }
        return RecordingFile.readAllEvents(file).stream()
                .filter(event -> event.getEventType().getName().equals(PINNED))
                .toList();
    }

    /** What is recorded. */
    private interface Action {
        void run() throws Exception;
    }

    /** Whoever uses it first initializes it, and there is a native frame below an initializer. */
    private static final class WaitsWhenLoaded {
        static final boolean HAS_WAITED = hasWaited();

        private static boolean hasWaited() {
            LockSupport.parkNanos(Duration.ofMillis(5).toNanos());
            return true;
        }
    }
}
