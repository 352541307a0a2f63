package dev.ratelimit.core.internal.quota;

import dev.ratelimit.quota.CalendarWindow;
import dev.ratelimit.quota.Quota;
import dev.ratelimit.quota.QuotaUsage;
import dev.ratelimit.quota.WindowBounds;
import dev.ratelimit.quota.spi.Counter;
import dev.ratelimit.quota.spi.CounterName;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.UUID;

/**
 * What must be known of a reservation to end it in another process: its counters, what each showed, and an id by which
 * its end is counted once. Immutable.
 */
record Handle(UUID id, long amount, List<Target> targets, List<QuotaUsage> usages) {

    private static final String VERSION = "1";

    Handle {
        targets = List.copyOf(targets);
        usages = List.copyOf(usages);
    }

    /** Some hundred characters of {@code A-Z a-z 0-9 - _}. */
    String text() {
        StringBuilder text =
                new StringBuilder(VERSION).append('\n').append(id).append('\n').append(amount);
        for (int i = 0; i < targets.size(); i++) {
            Target target = targets.get(i);
            text.append('\n')
                    .append(target.counter().name())
                    .append(' ')
                    .append(target.counter().expires().getEpochSecond())
                    .append(' ')
                    .append(target.window().end().getEpochSecond())
                    .append(' ')
                    .append(target.quota().limit())
                    .append(' ')
                    .append(usages.get(i).used());
        }
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(text.toString().getBytes(StandardCharsets.US_ASCII));
    }

    static Handle parse(String text) {
        try {
            String[] lines = new String(Base64.getUrlDecoder().decode(text), StandardCharsets.US_ASCII).split("\n", -1);
            if (!lines[0].equals(VERSION) || lines.length < 4) {
                throw new IllegalArgumentException("version " + lines[0]);
            }
            List<Target> targets = new ArrayList<>();
            List<QuotaUsage> usages = new ArrayList<>();
            for (int i = 3; i < lines.length; i++) {
                String[] parts = lines[i].split(" ", -1);
                Target target = target(parts);
                targets.add(target);
                usages.add(target.usage(Long.parseLong(parts[4])));
            }
            return new Handle(UUID.fromString(lines[1]), Long.parseLong(lines[2]), targets, usages);
        } catch (RuntimeException e) {
            throw new IllegalArgumentException(
                    "handle must be what QuotaReservation.handle() returned, but was \"" + text + "\"", e);
        }
    }

    private static Target target(String[] parts) {
        CounterName name = CounterName.parse(parts[0]);
        WindowBounds window = new WindowBounds(name.start(), Instant.ofEpochSecond(Long.parseLong(parts[2])));
        Counter counter = Counter.parse(parts[0], Instant.ofEpochSecond(Long.parseLong(parts[1])));
        return new Target(new Quota(name.quota(), Long.parseLong(parts[3]), window(name.length())), window, counter);
    }

    /** Windows of a length. Where they start does not matter here, because the bounds are known. */
    private static CalendarWindow window(String length) {
        int digits = 0;
        while (digits < length.length() && Character.isDigit(length.charAt(digits))) {
            digits++;
        }
        ChronoUnit unit = switch (length.substring(digits)) {
            case "s" -> ChronoUnit.SECONDS;
            case "m" -> ChronoUnit.MINUTES;
            case "h" -> ChronoUnit.HOURS;
            case "d" -> ChronoUnit.DAYS;
            case "w" -> ChronoUnit.WEEKS;
            case "mo" -> ChronoUnit.MONTHS;
            case "y" -> ChronoUnit.YEARS;
            default -> ChronoUnit.FOREVER;
        };
        return unit == ChronoUnit.FOREVER
                ? CalendarWindow.lifetime()
                : CalendarWindow.every(Integer.parseInt(length.substring(0, digits)), unit);
    }
}
