package dev.ratelimit.core.internal.quota;

import dev.ratelimit.quota.CalendarWindow;
import dev.ratelimit.quota.Quota;
import dev.ratelimit.quota.QuotaUsage;
import dev.ratelimit.quota.WindowBounds;
import dev.ratelimit.quota.spi.Counter;
import dev.ratelimit.quota.spi.CounterName;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.UUID;

/**
 * What must be known of a reservation to end it in another process: its counters, what each showed, and an id by which
 * its end is counted once. Immutable.
 *
 * @param id what all objects of one reservation have in common
 * @param round 0 for a reservation without an idempotency key; else 1, and more by 1 each time that it was given back
 *     and reserved anew
 * @param amount how much was reserved
 * @param counted how much of it each counter has, to be given back: a request that is repeated with another amount in a
 *     new window has two amounts; all zero if the reservation was committed before
 * @param until the end of its life
 * @param targets its counters
 * @param usages what they showed
 */
record Handle(
        UUID id,
        long round,
        long amount,
        List<Long> counted,
        Instant until,
        List<Target> targets,
        List<QuotaUsage> usages) {

    /** Longer than a queue keeps a job; and what the store keeps of its end goes some time after it. */
    static final Duration LIFE = Duration.ofDays(30);

    private static final String VERSION = "2";

    /** The lines before those of the counters. */
    private static final int HEAD = 5;

    Handle {
        counted = List.copyOf(counted);
        targets = List.copyOf(targets);
        usages = List.copyOf(usages);
    }

    /** One that counted an amount on each of some counters. */
    static Handle of(UUID id, long round, long amount, Instant now, List<Target> targets, List<QuotaUsage> usages) {
        List<Long> counted = Collections.nCopies(targets.size(), amount);
        return new Handle(id, round, amount, counted, now.plus(LIFE), targets, usages);
    }

    /** Whether there is something to give back. */
    boolean isHeld() {
        return counted.stream().anyMatch(each -> each > 0);
    }

    /** The same in another round. */
    Handle in(long round) {
        return new Handle(id, round, amount, counted, until, targets, usages);
    }

    /** The same with what a request was granted; none of it is left to be given back if it was committed before. */
    Handle of(long amount, List<Long> counted) {
        return new Handle(id, round, amount, counted, until, targets, usages);
    }

    /** Some hundred characters of {@code A-Z a-z 0-9 - _}. */
    String text() {
        StringBuilder text = new StringBuilder(VERSION)
                .append('\n')
                .append(id)
                .append('\n')
                .append(round)
                .append('\n')
                .append(amount)
                .append('\n')
                .append(until.getEpochSecond());
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
                    .append(usages.get(i).used())
                    .append(' ')
                    .append(counted.get(i));
        }
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(text.toString().getBytes(StandardCharsets.US_ASCII));
    }

    static Handle parse(String text) {
        try {
            String[] lines = new String(Base64.getUrlDecoder().decode(text), StandardCharsets.US_ASCII).split("\n", -1);
            if (!lines[0].equals(VERSION) || lines.length <= HEAD) {
                throw new IllegalArgumentException("version " + lines[0]);
            }
            List<Target> targets = new ArrayList<>();
            List<QuotaUsage> usages = new ArrayList<>();
            List<Long> counted = new ArrayList<>();
            for (int i = HEAD; i < lines.length; i++) {
                String[] parts = lines[i].split(" ", -1);
                Target target = target(parts);
                targets.add(target);
                usages.add(target.usage(Long.parseLong(parts[4])));
                counted.add(Long.parseLong(parts[5]));
            }
            return new Handle(
                    UUID.fromString(lines[1]),
                    Long.parseLong(lines[2]),
                    Long.parseLong(lines[3]),
                    counted,
                    Instant.ofEpochSecond(Long.parseLong(lines[4])),
                    targets,
                    usages);
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
