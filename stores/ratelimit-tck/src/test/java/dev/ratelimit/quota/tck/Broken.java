package dev.ratelimit.quota.tck;

import java.util.Set;
import java.util.function.Function;

/**
 * A store that breaks a rule on purpose.
 *
 * @param rule the number of the rule
 * @param how what it does
 * @param also rules whose tests cannot but fail, too
 * @param faults whether it shows only when the backend is cut off
 * @param opens makes the store
 */
record Broken(String rule, String how, Set<String> also, boolean faults, Function<PlainBackend, PlainStore> opens) {

    static Broken of(String rule, String how, Function<PlainBackend, PlainStore> opens, String... also) {
        return new Broken(rule, how, Set.of(also), false, opens);
    }

    static Broken inFaults(String rule, String how, Function<PlainBackend, PlainStore> opens, String... also) {
        return new Broken(rule, how, Set.of(also), true, opens);
    }

    @Override
    public String toString() {
        return rule + ": " + how;
    }
}
