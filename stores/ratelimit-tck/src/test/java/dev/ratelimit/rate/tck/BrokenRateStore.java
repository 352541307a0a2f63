package dev.ratelimit.rate.tck;

import dev.ratelimit.rate.spi.RateStore;
import java.util.function.Function;

/**
 * A store that breaks a rule on purpose.
 *
 * @param rule the number of the rule
 * @param how what it does
 * @param faults whether it shows only when the backend is cut off
 * @param opens makes the store
 */
record BrokenRateStore(String rule, String how, boolean faults, Function<RateBackend, RateStore> opens) {

    static BrokenRateStore of(String rule, String how, Function<RateBackend, RateStore> opens) {
        return new BrokenRateStore(rule, how, false, opens);
    }

    static BrokenRateStore inFaults(String rule, String how, Function<RateBackend, RateStore> opens) {
        return new BrokenRateStore(rule, how, true, opens);
    }

    @Override
    public String toString() {
        return rule + ": " + how;
    }
}
