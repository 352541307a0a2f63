package dev.ratelimit.quota;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * A quota plan is a named list of quotas, such as those that a customer has bought.
 *
 * <pre>{@code
 * QuotaPlan.of("gold",
 *         Quota.of("calls", 1_000_000, CalendarWindow.monthly().startingOn(billingDay)),
 *         Quota.of("calls-a-minute", 1_000, CalendarWindow.everyMinute()))
 * }</pre>
 *
 * <p>Quotas of the same name in two plans are the same quota with different limits or windows: see {@link QuotaPlans}.
 *
 * <p>Immutable and thread-safe.
 *
 * @param name the name of the plan in reports; not empty
 * @param quotas at least one quota, all with different names; an amount is counted on all of them or on none
 */
public record QuotaPlan(String name, List<Quota> quotas) {

    /**
     * Creates a plan. {@link #of} is easier to read.
     *
     * @param name the name of the plan in reports; not empty
     * @param quotas at least one quota, all with different names
     * @throws IllegalArgumentException if the name is empty, there is no quota, or two have the same name
     */
    public QuotaPlan {
        Objects.requireNonNull(name, "name");
        quotas = List.copyOf(quotas);
        if (name.isEmpty()) {
            throw new IllegalArgumentException("the name of a quota plan is empty; name it as customers know it");
        }
        if (quotas.isEmpty()) {
            throw new IllegalArgumentException("quota plan \"" + name + "\" needs at least one quota");
        }
        Set<String> names = new HashSet<>();
        for (Quota quota : quotas) {
            if (!names.add(quota.name())) {
                throw new IllegalArgumentException("each quota of a plan needs a name of its own, but plan \"" + name
                        + "\" has two named " + quota.name());
            }
        }
    }

    /**
     * Returns a plan.
     *
     * @param name the name of the plan in reports; not empty
     * @param first a quota
     * @param more further quotas, with different names
     * @return the plan
     * @throws IllegalArgumentException if the name is empty, or two quotas have the same name
     */
    public static QuotaPlan of(String name, Quota first, Quota... more) {
        List<Quota> quotas = new ArrayList<>();
        quotas.add(Objects.requireNonNull(first, "first"));
        quotas.addAll(List.of(more));
        return new QuotaPlan(name, quotas);
    }
}
