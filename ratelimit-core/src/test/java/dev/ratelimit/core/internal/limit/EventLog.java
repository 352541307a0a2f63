package dev.ratelimit.core.internal.limit;

import dev.ratelimit.Decision;
import dev.ratelimit.LimiterListener;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A listener that keeps each event as a text, such as {@code "allowed gold 2 after 0"}. */
final class EventLog implements LimiterListener {

    final List<String> events = new ArrayList<>();

    /** Thrown after each event, unless it is null. */
    @Nullable
    RuntimeException failure;

    private void note(String event) {
        events.add(event);
        RuntimeException thrown = failure;
        if (thrown != null) {
            throw thrown;
        }
    }

    @Override
    public void allowed(String policy, long permits, long delayNanos) {
        note("allowed " + policy + " " + permits + " after " + delayNanos);
    }

    @Override
    public void refused(String policy, long permits, Decision.Reason reason) {
        note("refused " + policy + " " + permits + " " + reason);
    }

    @Override
    public void gaveUp(String policy, long permits) {
        note("gave up " + policy + " " + permits);
    }

    @Override
    public void evicted() {
        note("evicted");
    }

    @Override
    public void leaseReclaimed(String policy) {
        note("reclaimed " + policy);
    }
}
