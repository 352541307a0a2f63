package dev.ratelimit.quota;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * Windows start as their definition says: the local clock is watched second by second, around one change of the offset
 * of each kind that there is in any zone.
 */
class WatchedClockTest {

    private static final long AROUND = 27 * 3600;
    private static final long DAY = 86_400;

    private record Change(ZoneId zone, ZoneOffsetTransition transition) {}

    @Test
    void windowsStartWhenTheClockReachesTheirStart() {
        List<Change> changes = kindsOfChanges();
        assertThat(changes).hasSizeGreaterThan(100);
        for (Change change : changes) {
            ZoneId zone = change.zone();
            LocalTime ofChange = change.transition().getDateTimeBefore().toLocalTime();
            check(change, CalendarWindow.everyMinute().in(zone), eachTime(change, 60));
            check(change, CalendarWindow.hourly().in(zone), eachTime(change, 3600));
            check(change, CalendarWindow.daily().in(zone), firstTime(change, LocalTime.MIDNIGHT));
            check(change, CalendarWindow.daily().startingAt(ofChange).in(zone), firstTime(change, ofChange));
        }
    }

    private static void check(Change change, CalendarWindow window, List<Instant> starts) {
        assertThat(starts).as("starts").hasSizeGreaterThan(1);
        for (int i = 0; i + 1 < starts.size(); i++) {
            WindowBounds watched = new WindowBounds(starts.get(i), starts.get(i + 1));
            assertThat(window.at(watched.start()))
                    .as("%s at %s", window, change)
                    .isEqualTo(watched);
            assertThat(window.at(watched.end().minusNanos(1)))
                    .as("%s at %s", window, change)
                    .isEqualTo(watched);
        }
    }

    /** Whenever the clock shows a multiple of the unit, or has jumped over one. */
    private static List<Instant> eachTime(Change change, long unit) {
        List<Instant> starts = new ArrayList<>();
        ZoneRules rules = change.zone().getRules();
        long from = change.transition().toEpochSecond() - AROUND;
        long before = shown(rules, from - 1);
        for (long second = from; second < from + 2 * AROUND; second++) {
            long shown = shown(rules, second);
            boolean passed = Math.floorDiv(shown, unit) > Math.floorDiv(before, unit);
            if (Math.floorMod(shown, unit) == 0 || passed) {
                starts.add(Instant.ofEpochSecond(second));
            }
            before = shown;
        }
        return starts;
    }

    /** When the clock shows more than it ever has, and a new day of those that start at a time. */
    private static List<Instant> firstTime(Change change, LocalTime time) {
        List<Instant> starts = new ArrayList<>();
        ZoneRules rules = change.zone().getRules();
        long from = change.transition().toEpochSecond() - AROUND;
        long latest = shown(rules, from - 1);
        for (long second = from; second < from + 2 * AROUND; second++) {
            long shown = shown(rules, second);
            if (Math.floorDiv(shown - time.toSecondOfDay(), DAY) > Math.floorDiv(latest - time.toSecondOfDay(), DAY)) {
                starts.add(Instant.ofEpochSecond(second));
            }
            latest = Math.max(latest, shown);
        }
        return starts;
    }

    private static long shown(ZoneRules rules, long second) {
        return second + rules.getOffset(Instant.ofEpochSecond(second)).getTotalSeconds();
    }

    private static List<Change> kindsOfChanges() {
        Map<List<Object>, Change> kinds = new LinkedHashMap<>();
        for (ZoneId zone : Zones.differing()) {
            Zones.changes(zone)
                    .forEach(change -> kinds.putIfAbsent(
                            List.of(
                                    change.getOffsetBefore(),
                                    change.getOffsetAfter(),
                                    change.getDateTimeBefore().toLocalTime()),
                            new Change(zone, change)));
        }
        return List.copyOf(kinds.values());
    }
}
