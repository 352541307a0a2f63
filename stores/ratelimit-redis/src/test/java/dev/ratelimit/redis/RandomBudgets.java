package dev.ratelimit.redis;

import dev.ratelimit.rate.spi.BudgetTerms;
import dev.ratelimit.rate.spi.RateOperation;
import dev.ratelimit.rate.spi.RateOperation.Blackout;
import dev.ratelimit.rate.spi.RateOperation.Charge;
import dev.ratelimit.rate.spi.RateOperation.GiveBack;
import dev.ratelimit.rate.spi.RateOperation.Read;
import dev.ratelimit.rate.spi.RateOperation.Refund;
import dev.ratelimit.rate.spi.RateOperation.Reset;
import dev.ratelimit.rate.spi.RateOperation.Take;
import dev.ratelimit.rate.spi.StoredRate;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Random states and operations of budgets: numbers of all magnitudes, and those at the limits. */
final class RandomBudgets {

    private static final long MAX = StoredRate.MAX_UNITS;
    private static final long MAX_FACTOR = 1L << 52;

    private final Random random;

    RandomBudgets(long seed) {
        this.random = new Random(seed);
    }

    boolean oneOf(int cases) {
        return random.nextInt(cases) == 0;
    }

    BudgetTerms clock() {
        return new BudgetTerms(List.of(StoredBudget.CLOCK));
    }

    /** Returns the text of a state; its first cell is the clock's. */
    String state(long now) {
        long generation = oneOf(6) ? 0 : now - upTo(20_000_000);
        StringBuilder text = new StringBuilder("1");
        append(text, generation, oneOf(3) || generation == 0 ? 0 : generation - 1 - upTo(20_000_000));
        append(text, blackout(now), blackout(now));
        append(
                text,
                StoredBudget.CLOCK.unitsPerPermit(),
                1,
                now + 1_000_000_000_000L + upTo(8_000_000_000_000_000L),
                0);
        append(text, low(), low());
        for (int cells = random.nextInt(4); cells > 0; cells--) {
            long micro = 1 + upTo(MAX_FACTOR - 1);
            append(text, unitsPerPermit(), micro, at(now, micro), upTo(micro - 1), low(), low());
        }
        return text.toString();
    }

    private long blackout(long now) {
        return oneOf(2) ? 0 : oneOf(2) ? now - upTo(1_000_000) : now + upTo(BudgetTerms.MAX_MICROS);
    }

    private long low() {
        return oneOf(3) ? MAX : oneOf(3) ? 0 : upTo(MAX);
    }

    private long at(long now, long micro) {
        return switch (random.nextInt(8)) {
            case 0 -> 0;
            case 1 -> now - upTo(1_000_000);
            case 2 -> now + MAX + upTo(MAX);
            case 3 -> now + (MAX - upTo(1_000_000)) / micro;
            default -> now + 500_000 + upTo(MAX / micro);
        };
    }

    /** Returns an operation whose rates are those of the state, or others, and some more or fewer. */
    RateOperation operation(String name, String state) {
        BudgetTerms terms = terms(state.split(" ", -1));
        long permits = permits();
        return switch (random.nextInt(14)) {
            case 0 -> new Read(name, terms);
            case 1 -> oneOf(8) ? new Reset(name, terms) : new Blackout(name, terms, 0);
            case 2 -> new Blackout(name, terms, upTo(BudgetTerms.MAX_MICROS));
            case 3, 4 -> new Charge(name, terms, permits);
            case 5, 6 -> new Refund(name, terms, permits);
            case 7, 8, 9 -> new GiveBack(name, terms, permits, generation(state.split(" ", -1)));
            default -> new Take(name, terms, permits, oneOf(2) ? 1 : 1 + upTo(permits - 1), delay(terms), oneOf(2));
        };
    }

    private BudgetTerms terms(String[] words) {
        List<StoredRate> rates = new ArrayList<>(List.of(StoredBudget.CLOCK));
        for (int i = 11; i < words.length && !oneOf(6); i += 6) {
            boolean same = !oneOf(3);
            rates.add(rate(
                    same ? Long.parseLong(words[i]) : unitsPerPermit(),
                    same ? Long.parseLong(words[i + 1]) : 1 + upTo(MAX_FACTOR - 1)));
        }
        while (oneOf(4) && rates.size() < BudgetTerms.MAX_RATES) {
            rates.add(rate(unitsPerPermit(), 1 + upTo(MAX_FACTOR - 1)));
        }
        return new BudgetTerms(rates, oneOf(2) ? 0 : upTo(BudgetTerms.MAX_MICROS), upTo(10_000_000));
    }

    private StoredRate rate(long unitsPerPermit, long unitsPerMicro) {
        long most = (MAX - 1) / unitsPerPermit;
        return new StoredRate(unitsPerPermit, unitsPerMicro, oneOf(2) ? most : 1 + upTo(most - 1));
    }

    private long delay(BudgetTerms terms) {
        long most = BudgetTerms.MAX_MICROS;
        for (StoredRate rate : terms.rates()) {
            most = Math.min(most, rate.maxDelayMicros());
        }
        return oneOf(2) ? 0 : upTo(most);
    }

    private long unitsPerPermit() {
        return oneOf(5) ? 1 : 1 + upTo(MAX_FACTOR - 1);
    }

    private long permits() {
        return switch (random.nextInt(8)) {
            case 0 -> Long.MAX_VALUE;
            case 1 -> 1 + upTo(MAX);
            default -> 1 + upTo(1_000);
        };
    }

    private long generation(String[] words) {
        return switch (random.nextInt(8)) {
            case 0 -> oneOf(2) ? 0 : Long.MAX_VALUE;
            case 1 -> Long.parseLong(words[1]) + 1;
            case 2, 3, 4 -> Long.parseLong(words[2]);
            default -> Long.parseLong(words[1]);
        };
    }

    /** From 0 to a number: that one, the one before, or one of any magnitude. */
    private long upTo(long most) {
        if (oneOf(10)) {
            return most;
        }
        long number = random.nextLong(1L << 53) >>> random.nextInt(54);
        return oneOf(10) ? Math.max(0, most - 1) : number > most ? number % (most + 1) : number;
    }

    private static void append(StringBuilder text, long... numbers) {
        for (long number : numbers) {
            text.append(' ').append(number);
        }
    }
}
