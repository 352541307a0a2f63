package dev.ratelimit.redis;

import dev.ratelimit.rate.spi.BudgetTerms;
import dev.ratelimit.rate.spi.RateOperation;
import dev.ratelimit.rate.spi.RateOperation.Blackout;
import dev.ratelimit.rate.spi.RateOperation.Charge;
import dev.ratelimit.rate.spi.RateOperation.GiveBack;
import dev.ratelimit.rate.spi.RateOperation.Refund;
import dev.ratelimit.rate.spi.RateOperation.Reset;
import dev.ratelimit.rate.spi.RateOperation.Take;
import dev.ratelimit.rate.spi.RateOutcome;
import dev.ratelimit.rate.spi.StoredRate;
import java.util.ArrayList;
import java.util.List;

/** The operations of rates as calls of their script. */
final class RateRequests {

    private RateRequests() {}

    static Request<RateOutcome> of(RateOperation operation, Keys names) {
        BudgetTerms terms = operation.terms();
        List<String> values = new ArrayList<>();
        values.add(kind(operation));
        add(
                values,
                terms.blackoutMicros(),
                terms.returnableMicros(),
                terms.rates().size());
        for (StoredRate rate : terms.rates()) {
            add(values, rate.unitsPerPermit(), rate.unitsPerMicro(), rate.capacity());
        }
        addArguments(values, operation);
        return new Request<>(
                Script.RATE,
                List.of(names.ofBudget(operation.name())),
                values,
                new RateAnswers(terms.rates().size()));
    }

    private static String kind(RateOperation operation) {
        if (operation instanceof Take) {
            return "take";
        }
        if (operation instanceof GiveBack) {
            return "give_back";
        }
        if (operation instanceof Refund) {
            return "refund";
        }
        if (operation instanceof Charge) {
            return "charge";
        }
        if (operation instanceof Blackout) {
            return "blackout";
        }
        return operation instanceof Reset ? "reset" : "read";
    }

    private static void addArguments(List<String> values, RateOperation operation) {
        if (operation instanceof Take take) {
            add(values, take.want(), take.min(), take.maxDelayMicros(), take.refusesRequests() ? 1 : 0);
        } else if (operation instanceof GiveBack giveBack) {
            add(values, giveBack.permits(), giveBack.generation());
        } else if (operation instanceof Refund refund) {
            add(values, refund.permits());
        } else if (operation instanceof Charge charge) {
            add(values, charge.permits());
        } else if (operation instanceof Blackout blackout) {
            add(values, blackout.micros());
        }
    }

    private static void add(List<String> values, long... numbers) {
        for (long number : numbers) {
            values.add(String.valueOf(number));
        }
    }
}
