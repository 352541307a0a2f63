package dev.ratelimit.quota;

import java.time.Instant;
import java.time.ZoneId;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** All that the JDK knows of zones from 1970 to 2100. */
final class Zones {

    static final Instant FROM = Instant.parse("1970-01-01T00:00:00Z");
    static final Instant TO = Instant.parse("2101-01-01T00:00:00Z");

    /** Every zone by name. */
    static final List<ZoneId> ALL =
            ZoneId.getAvailableZoneIds().stream().sorted().map(ZoneId::of).toList();

    private Zones() {}

    /** One zone of each set of rules. */
    static List<ZoneId> differing() {
        Map<ZoneRules, ZoneId> zones = new LinkedHashMap<>();
        ALL.forEach(zone -> zones.putIfAbsent(zone.getRules(), zone));
        return List.copyOf(zones.values());
    }

    /** The changes of a zone's offset. */
    static Stream<ZoneOffsetTransition> changes(ZoneId zone) {
        ZoneRules rules = zone.getRules();
        ZoneOffsetTransition first = rules.nextTransition(FROM);
        return Stream.iterate(
                first,
                change -> change != null && change.getInstant().isBefore(TO),
                change -> rules.nextTransition(change.getInstant()));
    }
}
