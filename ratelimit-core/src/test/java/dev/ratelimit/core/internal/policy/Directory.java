package dev.ratelimit.core.internal.policy;

import dev.ratelimit.Policy;
import dev.ratelimit.PolicyResolver;
import dev.ratelimit.Rate;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A directory under a test's control, which notes what it was asked for. */
final class Directory implements PolicyResolver<String> {

    static final Policy FREE = Policy.of("free", Rate.perSecond(1));
    static final Policy SILVER = Policy.of("silver", Rate.perSecond(10));
    static final Policy GOLD = Policy.of("gold", Rate.perSecond(100));

    /** What comes in place of an answer. */
    enum Mode {
        UP,
        THROWS_CHECKED,
        THROWS_UNCHECKED,
        RETURNS_NULL,
        THROWS_ERROR,
        IS_INTERRUPTED
    }

    final Map<String, Policy> policies = new HashMap<>();
    final List<String> asked = new ArrayList<>();
    Mode mode = Mode.UP;

    @Override
    @SuppressWarnings("NullAway")
    public Policy resolve(String key) throws Exception {
        asked.add(key);
        return switch (mode) {
            case UP -> policies.getOrDefault(key, SILVER);
            case THROWS_CHECKED -> throw new IOException("down");
            case THROWS_UNCHECKED -> throw new IllegalArgumentException("no such key");
            case RETURNS_NULL -> null;
            case THROWS_ERROR -> throw new NoClassDefFoundError("Driver");
            case IS_INTERRUPTED -> throw new InterruptedException("stop");
        };
    }
}
