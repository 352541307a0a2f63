package dev.ratelimit.core;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;

/** What the JVM records when a virtual thread that parks keeps its carrier. */
public final class PinnedThreads {

    private static final String PINNED = "jdk.VirtualThreadPinned";

    private PinnedThreads() {}

    /** What is recorded. */
    public interface Action {
        void run() throws Exception;
    }

    /**
     * Runs an action and returns the events after another one, however short. The other one does the same on a small scale:
     * a thread that loads a class is pinned meanwhile, once, and so it is by classes of the recording, as for the first
     * exception.
     */
    public static List<RecordedEvent> during(Action smaller, Action action) throws Exception {
        during(smaller);
        return during(action);
    }

    /** Runs an action and returns the events, however short. */
    public static List<RecordedEvent> during(Action action) throws Exception {
        Path file = Files.createTempFile("pinned", ".jfr");
        try (Recording recording = new Recording()) {
            recording.enable(PINNED).withoutThreshold();
            recording.start();
            action.run();
            recording.stop();
            recording.dump(file);
            return RecordingFile.readAllEvents(file).stream()
                    .filter(event -> event.getEventType().getName().equals(PINNED))
                    .toList();
        } finally {
            Files.delete(file);
        }
    }
}
