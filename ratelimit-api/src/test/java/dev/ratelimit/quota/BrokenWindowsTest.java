package dev.ratelimit.quota;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Windows that are wrong on purpose are caught by {@link WindowFaults}, as the right ones are not. */
class BrokenWindowsTest {

    /** A way to find windows that looks right, and the zone and window in which it is not. */
    private record Twin(
            String name,
            String zone,
            WindowModel model,
            Function<CalendarWindow, Function<Instant, WindowBounds>> windows) {

        @Override
        public String toString() {
            return name;
        }
    }

    private static final WindowModel DAYS = WindowModels.daily(LocalTime.MIDNIGHT);
    private static final WindowModel MONTHS = WindowModels.monthly(31, LocalTime.MIDNIGHT);
    private static final WindowModel HOURS = WindowModels.onClock().get(2);
    private static final WindowModel SIX_HOURS = WindowModels.onClock().get(7);
    private static final WindowModel THIRTY_DAYS =
            WindowModels.every(30, ChronoUnit.DAYS, LocalDate.of(2010, 1, 15), LocalTime.of(9, 30));

    static Stream<Twin> twins() {
        return Stream.of(
                new Twin(
                        "quarters of a day are cut in UTC",
                        "Asia/Kathmandu",
                        SIX_HOURS,
                        right -> right.in(ZoneOffset.UTC)::at),
                new Twin(
                        "30 days are 720 hours from the first start",
                        "Europe/Berlin",
                        THIRTY_DAYS,
                        right -> instant -> {
                            Instant first = right.at(Instant.parse("2010-01-01T00:00:00Z"))
                                    .start();
                            long length = Duration.ofDays(30).toSeconds();
                            long number = Math.floorDiv(instant.getEpochSecond() - first.getEpochSecond(), length);
                            Instant start = first.plusSeconds(number * length);
                            return new WindowBounds(start, start.plusSeconds(length));
                        }),
                new Twin("a day is 24 hours from its start", "Europe/Berlin", DAYS, right -> instant -> {
                    Instant start = right.at(instant).start();
                    return new WindowBounds(start, start.plus(1, ChronoUnit.DAYS));
                }),
                new Twin("days are cut in UTC", "Europe/Berlin", DAYS, right -> right.in(ZoneOffset.UTC)::at),
                new Twin("hours are cut in UTC", "Asia/Kathmandu", HOURS, right -> right.in(ZoneOffset.UTC)::at),
                new Twin("the day that the clock shows", "America/St_Johns", DAYS, right -> instant -> {
                    LocalDate day = LocalDate.ofInstant(instant, right.zone());
                    return new WindowBounds(
                            day.atStartOfDay(right.zone()).toInstant(),
                            day.plusDays(1).atStartOfDay(right.zone()).toInstant());
                }),
                new Twin("the later of two midnights", "America/St_Johns", DAYS, right -> instant -> {
                    ZonedDateTime day =
                            LocalDate.ofInstant(instant, right.zone()).atStartOfDay(right.zone());
                    return new WindowBounds(
                            day.withLaterOffsetAtOverlap().toInstant(),
                            day.plusDays(1).withLaterOffsetAtOverlap().toInstant());
                }),
                new Twin(
                        "an hour is 60 minutes from what the clock shows",
                        "Australia/Lord_Howe",
                        HOURS,
                        right -> instant -> {
                            ZonedDateTime hour = instant.atZone(right.zone()).truncatedTo(ChronoUnit.HOURS);
                            return new WindowBounds(
                                    hour.toInstant(), hour.plusHours(1).toInstant());
                        }),
                new Twin("a repeated hour is one window", "Europe/Berlin", HOURS, right -> instant -> {
                    ZonedDateTime hour = instant.atZone(right.zone())
                            .truncatedTo(ChronoUnit.HOURS)
                            .withEarlierOffsetAtOverlap();
                    return new WindowBounds(
                            hour.toInstant(),
                            hour.toLocalDateTime()
                                    .plusHours(1)
                                    .atZone(right.zone())
                                    .toInstant());
                }),
                new Twin("the 31st is carried into the next month", "UTC", MONTHS, right -> instant -> {
                    LocalDate month =
                            LocalDate.ofInstant(instant, ZoneOffset.UTC).withDayOfMonth(1);
                    LocalDate start = month.plusDays(30);
                    LocalDate first = start.isAfter(LocalDate.ofInstant(instant, ZoneOffset.UTC))
                            ? month.minusMonths(1).plusDays(30)
                            : start;
                    return new WindowBounds(
                            first.atStartOfDay(ZoneOffset.UTC).toInstant(),
                            first.plusMonths(1).atStartOfDay(ZoneOffset.UTC).toInstant());
                }));
    }

    @ParameterizedTest
    @MethodSource("twins")
    void isCaught(Twin twin) {
        WindowModel model = twin.model().in(ZoneId.of(twin.zone()));
        List<Instant> instants = instants(ZoneId.of(twin.zone()));
        assertThat(faults(twin.windows().apply(model.window()), model, instants))
                .isNotEmpty();
        assertThat(faults(model.window()::at, model, instants)).isEmpty();
    }

    private static List<String> faults(
            Function<Instant, WindowBounds> windows, WindowModel model, List<Instant> instants) {
        return instants.stream()
                .map(instant -> {
                    try {
                        return WindowFaults.find(windows, model, instant);
                    } catch (IllegalArgumentException emptyWindow) {
                        return Optional.of(emptyWindow.toString());
                    }
                })
                .flatMap(Optional::stream)
                .toList();
    }

    /** A year's half hours, and the changes of the offset in twenty years. */
    private static List<Instant> instants(ZoneId zone) {
        Instant year = Instant.parse("2010-01-01T00:00:00Z");
        return Stream.concat(
                        Stream.iterate(year, instant -> instant.plusSeconds(1800))
                                .limit(2 * 8760),
                        Zones.changes(zone).limit(40).map(change -> change.getInstant()))
                .toList();
    }
}
