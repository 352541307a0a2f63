package dev.ratelimit.core;

import dev.ratelimit.Rate;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** What departed, and when; says whether that is more than a rate allows in some interval. */
final class DepartureLog {

    /** Permits that are used from an instant on. */
    record Departure(long instant, long permits) {}

    private final List<Departure> departures = new ArrayList<>();

    Departure add(long instant, long permits) {
        Departure departure = new Departure(instant, permits);
        departures.add(departure);
        return departure;
    }

    /** Forgets one that was not used after all. */
    @SuppressWarnings("ReferenceEquality")
    void remove(Departure unused) {
        departures.removeIf(departure -> departure == unused);
    }

    /** Whether something else has departed by now, and not before this one. */
    @SuppressWarnings("ReferenceEquality")
    boolean hasLater(Departure one, long now) {
        return departures.stream()
                .anyMatch(other -> other != one && other.instant() >= one.instant() && other.instant() <= now);
    }

    void clear() {
        departures.clear();
    }

    long permits() {
        return departures.stream().mapToLong(Departure::permits).sum();
    }

    /** Says in which interval more departed than the rate allows; empty if in none. */
    String excess(Rate rate) {
        List<Departure> sorted = departures.stream()
                .sorted(Comparator.comparingLong(Departure::instant))
                .toList();
        for (int from = 0; from < sorted.size(); from++) {
            long permits = 0;
            for (int to = from; to < sorted.size(); to++) {
                permits += sorted.get(to).permits();
                // Instants are rounded up to whole nanoseconds, so the first of two may be late by all but one.
                long nanos = sorted.get(to).instant() - sorted.get(from).instant() + 1;
                // (permits - capacity) / rate is more than the time
                BigInteger needed = BigInteger.valueOf(permits - rate.capacity())
                        .multiply(BigInteger.valueOf(rate.period().toNanos()));
                if (needed.compareTo(BigInteger.valueOf(nanos).multiply(BigInteger.valueOf(rate.permits()))) > 0) {
                    return permits + " permits in " + nanos + " ns at " + rate + ": " + sorted;
                }
            }
        }
        return "";
    }
}
