package dev.ratelimit.cache;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/** The declared types of failures: how long a cache remembers them, and which of them are answers. */
final class RememberedFailures {

    /**
     * The rule of a type.
     *
     * @param isAnswer whether the failure says that the backend no longer has a value, so that the cache removes its
     *     value
     */
    private record Rule(Duration time, boolean isAnswer) {}

    private final Map<Class<?>, Rule> rules;

    RememberedFailures() {
        this(Map.of());
    }

    private RememberedFailures(Map<Class<?>, Rule> rules) {
        this.rules = rules;
    }

    /** Returns these rules with one more type. A previous rule of that type is replaced. */
    RememberedFailures with(Class<? extends Throwable> type, Duration time, boolean isAnswer) {
        Map<Class<?>, Rule> all = new LinkedHashMap<>(rules);
        all.put(type, new Rule(time, isAnswer));
        return new RememberedFailures(all);
    }

    boolean isAnswer(@Nullable Throwable failure) {
        Rule rule = rule(failure);
        return rule != null && rule.isAnswer();
    }

    @Nullable
    Duration rememberedFor(@Nullable Throwable failure) {
        Rule rule = rule(failure);
        return rule == null ? null : rule.time();
    }

    /** Returns the rule of the most specific type. */
    private @Nullable Rule rule(@Nullable Throwable failure) {
        if (failure == null || failure instanceof CancellationException) {
            return null;
        }
        for (Class<?> type = failure.getClass(); type != null; type = type.getSuperclass()) {
            Rule rule = rules.get(type);
            if (rule != null) {
                return rule;
            }
        }
        return null;
    }
}
