package dev.ratelimit.cache;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/** The types of failures that a cache was told about: how long it remembers them, and which of them are answers. */
final class RememberedFailures {

    /**
     * What was said of a type.
     *
     * @param isAnswer whether it says that there is nothing any more, so that the cache removes what it has
     */
    private record Rule(Duration time, boolean isAnswer) {}

    private final Map<Class<?>, Rule> rules;

    RememberedFailures() {
        this(Map.of());
    }

    private RememberedFailures(Map<Class<?>, Rule> rules) {
        this.rules = rules;
    }

    /** These with one more type; what was said of that type before is replaced. */
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

    /** That of the most special type. */
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
