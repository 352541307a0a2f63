package dev.ratelimit.redis;

import dev.ratelimit.quota.spi.Counter;
import dev.ratelimit.quota.spi.OperationId;
import java.nio.ByteBuffer;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Base64;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The names of counters, operations and budgets in the server.
 *
 * <p>A counter is {@code {namespace:subject}/quota/length.start}. The part in braces decides its slot in a cluster, so
 * the counters of one subject are on one server. A budget is {@code {namespace:name}}.
 *
 * @param namespace plain characters without colons and braces, so that all counters and budgets have different names
 */
record Keys(String namespace) {

    private static final int MAX = 64;

    Keys {
        if (!Counter.isQuotaName(namespace)) {
            throw new IllegalArgumentException(
                    "namespace must be 1 to " + MAX + " of A-Z a-z 0-9 . _ - but was \"" + namespace + "\"");
        }
    }

    String of(Counter counter) {
        return "{" + namespace + ":" + counter.subject() + "}/" + counter.quota() + "/" + counter.window();
    }

    /** Returns the key of a budget. It ends with a brace, and that of a counter with a digit, so they always differ. */
    String ofBudget(String name) {
        return "{" + namespace + ":" + name + "}";
    }

    /**
     * Returns the counter of a key; empty if the key is of no counter.
     *
     * @param expires when the server may remove it
     */
    Optional<Counter> counter(String key, Instant expires) {
        String before = "{" + namespace + ":";
        int end = key.indexOf("}/");
        int window = key.lastIndexOf('/');
        if (!key.startsWith(before) || end < before.length() || window < end + 2) {
            return Optional.empty();
        }
        String subject = key.substring(before.length(), end);
        String name = key.substring(end + 2, window) + "/" + subject + key.substring(window);
        try {
            // A key in another form, such as 007 for 7, is the key of no counter.
            return Optional.of(Counter.parse(name, expires))
                    .filter(counter -> of(counter).equals(key));
        } catch (IllegalArgumentException | DateTimeException notAName) {
            return Optional.empty();
        }
    }

    /**
     * Returns a pattern for SCAN that all keys of a quota match; other keys may match it, too. Neither namespaces nor
     * names of quotas contain special characters of patterns.
     */
    String pattern(String quota) {
        return "{" + namespace + ":*}/" + quota + "/*";
    }

    /** Returns a pattern for access rules that all keys match. */
    String pattern() {
        return "{" + namespace + ":*";
    }

    /**
     * Returns the field that remembers an operation, which always has a colon; empty for an operation without an id.
     */
    static String of(@Nullable OperationId id) {
        if (id == null) {
            return "";
        }
        byte[] holder = ByteBuffer.allocate(16)
                .putLong(id.holder().getMostSignificantBits())
                .putLong(id.holder().getLeastSignificantBits())
                .array();
        return Base64.getUrlEncoder().withoutPadding().encodeToString(holder) + ":" + id.sequence();
    }
}
