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
import dev.ratelimit.rate.spi.RateOutcome;
import dev.ratelimit.rate.spi.StoredRate;
import java.util.List;
import java.util.UUID;
import java.util.function.Predicate;

/**
 * The trial of a store of rates.
 *
 * @param names the names of its keys
 */
record RateTrial(Keys names) implements Trial<RateOutcome> {

    /** The rights for the commands that the store and its scripts call. */
    static final String RIGHTS = "+eval +evalsha +ping +info +time +get +set +del";

    /** A permit a second, of ten: the server removes the budget of a killed process by itself. */
    private static final BudgetTerms TERMS = new BudgetTerms(List.of(new StoredRate(1_000_000, 1, 10)));

    @Override
    public Class<?> store() {
        return RedisRateStore.class;
    }

    @Override
    public String kept() {
        return "rates";
    }

    @Override
    public String rights() {
        return RIGHTS;
    }

    @Override
    public Calls<RateOutcome> calls(Predicate<String> holds) {
        String name = name(holds);
        return Calls.of(
                Script.RATE_PROBE,
                List.of(names.ofBudget(name)),
                () -> operations(name).stream()
                        .map(operation -> RateRequests.of(operation, names))
                        .toList());
    }

    private String name(Predicate<String> holds) {
        UUID unique = UUID.randomUUID();
        for (int i = 0; ; i++) {
            String name = "probe-" + unique + "-" + i;
            if (holds.test(names.ofBudget(name))) {
                return name;
            }
        }
    }

    private static List<RateOperation> operations(String name) {
        return List.of(
                Take.allOrNothing(name, TERMS, 1),
                new GiveBack(name, TERMS, 1, 1),
                new Charge(name, TERMS, 1),
                new Refund(name, TERMS, 1),
                new Blackout(name, TERMS, 1),
                new Read(name, TERMS),
                new Reset(name, TERMS));
    }
}
