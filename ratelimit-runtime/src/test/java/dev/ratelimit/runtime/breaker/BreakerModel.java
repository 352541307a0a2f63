package dev.ratelimit.runtime.breaker;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What a breaker does by its rules, written down as a plain record of what has happened. */
final class BreakerModel {

    private final BreakerRules rules;
    private final List<Long> failures = new ArrayList<>();
    private long now;
    private boolean open;
    private long openedAt;
    private int failedProbes;
    private long nextProbe;
    private boolean sound = true;
    private int probes;
    final List<String> events = new ArrayList<>();

    BreakerModel(BreakerRules rules) {
        this.rules = rules;
    }

    boolean permits() {
        return !open;
    }

    int probes() {
        return probes;
    }

    void soundFromNowOn(boolean isSound) {
        sound = isSound;
    }

    void succeeded() {
        if (!open) {
            failures.clear();
        }
    }

    void failed() {
        if (open) {
            return;
        }
        failures.add(now);
        if (failures.size() >= rules.minFailures()
                && now - failures.get(0) >= rules.minFailing().toNanos()) {
            open = true;
            openedAt = now;
            failedProbes = 0;
            nextProbe = now + pause();
            events.add("opened");
        }
    }

    void advance(long nanos) {
        long end = now + nanos;
        while (open && nextProbe <= end) {
            now = nextProbe;
            probes++;
            if (sound) {
                open = false;
                failures.clear();
                events.add("closed after " + Duration.ofNanos(now - openedAt));
            } else {
                failedProbes++;
                nextProbe = now + pause();
            }
        }
        now = end;
    }

    /** Half-way between the shortest pause and the bound, which doubles. */
    private long pause() {
        long least = rules.minPause().toNanos();
        long bound = 2 * least;
        for (int i = 0; i < failedProbes && bound < rules.maxPause().toNanos(); i++) {
            bound *= 2;
        }
        return least + (Math.min(bound, rules.maxPause().toNanos()) - least) / 2;
    }
}
