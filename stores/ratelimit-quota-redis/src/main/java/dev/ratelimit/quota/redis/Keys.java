package dev.ratelimit.quota.redis;

import dev.ratelimit.quota.spi.Counter;
import dev.ratelimit.quota.spi.OperationId;
import java.nio.ByteBuffer;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Base64;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What counters and operations are called in the server.
 *
 * <p>A counter is {@code {namespace:subject}/quota/start}: what stands in the braces decides where in a cluster it is,
 * so the counters of one subject are together.
 *
 * @param namespace plain characters; no colon and no brace, so that no two counters have one name
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

    /**
     * The counter that has a key; nothing if none has.
     *
     * @param expires when the server may forget it
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
            // What is written in another way, such as 007 for 7, is the key of no counter.
            return Optional.of(Counter.parse(name, expires))
                    .filter(counter -> of(counter).equals(key));
        } catch (IllegalArgumentException | DateTimeException notAName) {
            return Optional.empty();
        }
    }

    /**
     * What all keys of a quota match, as SCAN takes it; keys of none may match it, too. Neither a namespace nor the
     * name of a quota has characters that mean something in it.
     */
    String pattern(String quota) {
        return "{" + namespace + ":*}/" + quota + "/*";
    }

    /** What all keys match, as access rules of a server write it. */
    String pattern() {
        return "{" + namespace + ":*";
    }

    /**
     * The field that remembers an operation, which always has a colon; nothing for one that is not to be remembered.
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
