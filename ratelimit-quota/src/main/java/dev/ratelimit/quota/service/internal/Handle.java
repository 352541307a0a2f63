package dev.ratelimit.quota.service.internal;

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
 * The data by which another process can end a reservation: its counters, their usages, and an id under which its end
 * counts once. Immutable.
 *
 * @param id the id that all objects of one reservation share
 * @param round 0 for a reservation without an idempotency key; else 1, and 1 more each time that it was given back and
 *     reserved anew
 * @param amount the reserved amount
 * @param counted the part of the amount that each counter has, to be given back. A request that is repeated with
 *     another amount in a new window has two amounts. All are zero if the reservation was committed before.
 * @param until the end of its life
 * @param targets its counters
 * @param usages the usages of the counters when it was reserved
 */
record Handle(
        UUID id,
        long round,
        long amount,
        List<Long> counted,
        Instant until,
        List<Target> targets,
        List<QuotaUsage> usages) {

    /** The life of a handle. It is longer than a queue keeps a job. The record of the end in the store outlives it. */
    static final Duration LIFE = Duration.ofDays(30);

    private static final String VERSION = "2";

    /** The number of lines before those of the counters. */
    private static final int HEAD = 5;

    Handle {
        counted = List.copyOf(counted);
        targets = List.copyOf(targets);
        usages = List.copyOf(usages);
    }

    /** Returns a handle of a reservation that counted an amount on each of some counters. */
    static Handle of(UUID id, long round, long amount, Instant now, List<Target> targets, List<QuotaUsage> usages) {
        List<Long> counted = Collections.nCopies(targets.size(), amount);
        return new Handle(id, round, amount, counted, now.plus(LIFE), targets, usages);
    }

    /** Returns whether there is something to give back. */
    boolean isHeld() {
        return counted.stream().anyMatch(each -> each > 0);
    }

    /** Returns the same handle in another round. */
    Handle in(long round) {
        return new Handle(id, round, amount, counted, until, targets, usages);
    }

    /**
     * Returns the same handle with the amounts that were granted. They are zero if the reservation was committed
     * before.
     */
    Handle of(long amount, List<Long> counted) {
        return new Handle(id, round, amount, counted, until, targets, usages);
    }

    /** Returns the handle as a text of some hundred characters of {@code A-Z a-z 0-9 - _}. */
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

    /** Returns a calendar window of a length. Its start does not matter here, because the bounds are known. */
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
