package dev.ratelimit.quota;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;

/**
 * The local clock of a zone. Instants are whole seconds since 1970. The clock shows the instant plus the offset of the
 * zone, which changes at whole seconds only.
 *
 * <p>The clock <i>reaches</i> a local time at an instant if it shows this time then, or jumps forward over it then. The
 * methods walk from one change of the offset to the next. So they make no assumption about the size of changes, or the
 * time between them.
 */
record LocalClock(ZoneRules rules) {

    /** Returns the local time that the clock shows at an instant. */
    long shownAt(long second) {
        return second + offsetAt(second);
    }

    /** Returns the first instant at which the clock reaches a local time. */
    long firstReaching(long local) {
        // No offset is larger, so the clock cannot have reached the local time earlier.
        long from = local - ZoneOffset.MAX.getTotalSeconds();
        while (true) {
            long reached = Math.max(from, local - offsetAt(from));
            ZoneOffsetTransition change = rules.nextTransition(Instant.ofEpochSecond(from));
            if (change == null || reached < change.toEpochSecond()) {
                return reached;
            }
            from = change.toEpochSecond();
        }
    }

    /** Returns the last instant, up to the given one, at which the clock reaches a multiple of the unit. */
    long lastMultiple(long upTo, long unit) {
        long second = upTo;
        while (true) {
            int offset = offsetAt(second);
            long reached = Math.floorDiv(second + offset, unit) * unit - offset;
            ZoneOffsetTransition change = rules.previousTransition(Instant.ofEpochSecond(second + 1));
            if (change == null || reached >= change.toEpochSecond()) {
                return reached;
            }
            if (reachesMultiple(change, unit)) {
                return change.toEpochSecond();
            }
            second = change.toEpochSecond() - 1;
        }
    }

    /** Returns the first instant, after the given one, at which the clock reaches a multiple of the unit. */
    long nextMultiple(long after, long unit) {
        long second = after;
        while (true) {
            int offset = offsetAt(second);
            long reached = (Math.floorDiv(second + offset, unit) + 1) * unit - offset;
            ZoneOffsetTransition change = rules.nextTransition(Instant.ofEpochSecond(second));
            if (change == null || reached < change.toEpochSecond()) {
                return reached;
            }
            if (reachesMultiple(change, unit)) {
                return change.toEpochSecond();
            }
            second = change.toEpochSecond();
        }
    }

    /** Returns whether the clock, by a change of the offset, shows a multiple of the unit or jumps over one. */
    private static boolean reachesMultiple(ZoneOffsetTransition change, long unit) {
        long before = change.toEpochSecond() + change.getOffsetBefore().getTotalSeconds();
        long after = change.toEpochSecond() + change.getOffsetAfter().getTotalSeconds();
        return Math.floorDiv(after, unit) * unit >= Math.min(before, after);
    }

    private int offsetAt(long second) {
        return rules.getOffset(Instant.ofEpochSecond(second)).getTotalSeconds();
    }
}
