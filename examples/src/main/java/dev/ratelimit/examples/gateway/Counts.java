package dev.ratelimit.examples.gateway;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;

/**
 * The running counts of a gateway.
 *
 * <p><b>Thread-safety.</b> All methods may be called by any number of threads; a tally is exact once nobody counts any
 * more.
 */
public final class Counts {

    private final Map<Tier, Map<Outcome, LongAdder>> adders = new EnumMap<>(Tier.class);

    Counts() {
        for (Tier tier : Tier.values()) {
            Map<Outcome, LongAdder> ofTier = new EnumMap<>(Outcome.class);
            for (Outcome outcome : Outcome.values()) {
                ofTier.put(outcome, new LongAdder());
            }
            adders.put(tier, ofTier);
        }
    }

    void add(Tier tier, Outcome outcome) {
        adder(tier, outcome).increment();
    }

    /** Corrects a request that was counted as answered, and whose answer then broke off. */
    void brokeOff(Tier tier, Outcome counted) {
        adder(tier, counted).decrement();
        adder(tier, Outcome.ERROR).increment();
    }

    /** Returns what was counted so far. */
    public Tally tally() {
        Tally tally = new Tally();
        adders.forEach((tier, ofTier) -> ofTier.forEach((outcome, adder) -> tally.add(tier, outcome, adder.sum())));
        return tally;
    }

    private LongAdder adder(Tier tier, Outcome outcome) {
        return Objects.requireNonNull(Objects.requireNonNull(adders.get(tier)).get(outcome));
    }
}
