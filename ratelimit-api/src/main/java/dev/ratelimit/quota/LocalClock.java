package dev.ratelimit.quota;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;

/**
 * The clock on the wall of a zone. Instants are whole seconds since 1970; what the clock shows is the instant plus the offset
 * of the zone, which changes at whole seconds only.
 *
 * <p>The clock <i>reaches</i> a local time at an instant if it shows it then, or jumps forward over it then. It walks from one
 * change of the offset to the next, and does not ask which offsets a local time can have: so it needs no assumption of
 * how far apart changes are, or how large.
 */
record LocalClock(ZoneRules rules) {

    /** What the clock shows at an instant. */
    long shownAt(long second) {
        return second + offsetAt(second);
    }

    /** The first instant at which the clock reaches a local time. */
    long firstReaching(long local) {
        // No offset is larger, so nothing before has reached it.
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

    /** The last instant, up to the one given, at which the clock reaches a multiple of the unit. */
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

    /** The first instant, after the one given, at which the clock reaches a multiple of the unit. */
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

    /** Whether a change of the offset lets the clock show a multiple of the unit, or jump over one. */
    private static boolean reachesMultiple(ZoneOffsetTransition change, long unit) {
        long before = change.toEpochSecond() + change.getOffsetBefore().getTotalSeconds();
        long after = change.toEpochSecond() + change.getOffsetAfter().getTotalSeconds();
        return Math.floorDiv(after, unit) * unit >= Math.min(before, after);
    }

    private int offsetAt(long second) {
        return rules.getOffset(Instant.ofEpochSecond(second)).getTotalSeconds();
    }
}
