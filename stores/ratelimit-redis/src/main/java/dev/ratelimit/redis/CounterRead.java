package dev.ratelimit.redis;

import dev.ratelimit.quota.spi.Counter;
import dev.ratelimit.quota.spi.ListedCounter;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.output.StringListOutput;
import io.lettuce.core.protocol.AsyncCommand;
import io.lettuce.core.protocol.Command;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * A read of a key. It changes nothing, so the client may send it again.
 *
 * @param key the key
 * @param command the command, which completes with the answer
 */
record CounterRead(String key, AsyncCommand<String, String, List<String>> command) {

    static CounterRead of(String key) {
        CommandArgs<String, String> fields =
                new CommandArgs<>(StringCodec.UTF8).addKey(key).add("u").add("e");
        return new CounterRead(
                key,
                new AsyncCommand<>(new Command<>(CommandType.HMGET, new StringListOutput<>(StringCodec.UTF8), fields)));
    }

    /** Returns the answer: the counter's value and expiry; empty if the key is no hash. */
    CompletableFuture<List<String>> values() {
        return command.exceptionally(failure -> {
            if (isOfAnotherType(failure)) {
                return List.of();
            }
            throw new CompletionException(failure);
        });
    }

    /** Returns the counter of an answer; empty if it does not exist, is zero, or is not one of the store's. */
    Optional<ListedCounter> listed(List<String> values, Keys names) {
        if (values.size() != 2 || values.get(0) == null || values.get(1) == null) {
            return Optional.empty();
        }
        try {
            long used = Long.parseLong(values.get(0));
            // The server stores the first millisecond after it.
            Instant expires =
                    Instant.ofEpochMilli(Long.parseLong(values.get(1))).minusNanos(1);
            Optional<Counter> counter = used > 0 ? names.counter(key, expires) : Optional.empty();
            return counter.map(each -> new ListedCounter(each, used));
        } catch (NumberFormatException notACounter) {
            return Optional.empty();
        }
    }

    private static boolean isOfAnotherType(Throwable failure) {
        return failure instanceof RedisCommandExecutionException
                && Refusals.code(String.valueOf(failure.getMessage())).equals("WRONGTYPE");
    }
}
