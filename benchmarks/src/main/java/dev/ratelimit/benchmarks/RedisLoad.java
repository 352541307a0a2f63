package dev.ratelimit.benchmarks;

import dev.ratelimit.quota.QuotaService;
import dev.ratelimit.quota.service.Quotas;
import dev.ratelimit.redis.RedisQuotaStore;
import dev.ratelimit.testservers.RedisServer;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.StatefulRedisConnection;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/**
 * Quotas in a real Redis, beside bare calls of the same script with the same arguments by the same client, on a
 * connection of their own. Both count on the same counters.
 */
final class RedisLoad implements AutoCloseable {

    private static final String BARE_ALONE = "Redis, 1 caller, bare EVALSHA";
    private static final String ALONE = "Redis, 1 caller, QuotaService.consume";
    private static final String BARE_APART = "Redis, 64 callers, a key each, bare EVALSHA";
    private static final String APART = "Redis, 64 callers, a key each, QuotaService.consume";
    private static final String BARE_HOT = "Redis, 64 callers, one hot key, bare EVALSHA";
    private static final String HOT = "Redis, 64 callers, one hot key, QuotaService.consume";

    private final RedisServer server = RedisServer.start();
    private final RedisClient client;
    private final StatefulRedisConnection<String, String> connection;
    private final RedisQuotaStore store;
    private final QuotaService quotas;

    RedisLoad() {
        client = RedisClient.create(RedisURI.create("127.0.0.1", server.port()));
        client.setOptions(ClientOptions.builder()
                .disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
                .build());
        connection = client.connect();
        store = RedisQuotaStore.builder(client).build();
        quotas = Quotas.builder(store)
                .quota(QuotaLoad.QUOTA)
                .deadline(QuotaLoad.PATIENCE)
                .build();
    }

    Map<String, Throughput> run(LoadRounds rounds) throws Exception {
        return rounds.run(
                List.of(
                        LoadWay.alone(BARE_ALONE, "alone", this::bare),
                        LoadWay.alone(ALONE, "alone", this::consume),
                        LoadWay.apart(BARE_APART, QuotaLoad.CALLERS, this::bare),
                        LoadWay.apart(APART, QuotaLoad.CALLERS, this::consume),
                        LoadWay.together(BARE_HOT, QuotaLoad.CALLERS, "hot", this::bare),
                        LoadWay.together(HOT, QuotaLoad.CALLERS, "hot", this::consume)),
                quotas);
    }

    static List<LoadBound> bounds() {
        return List.of(
                new LoadBound(ALONE, BARE_ALONE, 0.8),
                new LoadBound(APART, ALONE, 3),
                new LoadBound(HOT, ALONE, 3),
                new LoadBound(APART, BARE_APART, Double.NaN),
                new LoadBound(HOT, BARE_HOT, Double.NaN));
    }

    private LoadWay.Call consume(String key) {
        return () -> quotas.consume(key, 1).allowed();
    }

    /** The script that the store sends; the server has it after the store's first call. */
    private LoadWay.Call bare(String key) throws IOException {
        long start = quotas.consume(key, 1).usages().get(0).window().start().getEpochSecond();
        String window = QuotaLoad.QUOTA.window().length() + "." + start;
        String[] keys = {"{ratelimit:" + key + "}/" + QuotaLoad.QUOTA.name() + "/" + window};
        String expires = connection.sync().hget(keys[0], "e");
        BenchmarkDefaults.check(expires != null, "the store keeps its counters elsewhere than at " + keys[0]);
        // The third is how long a counter lives whose expiry is over, which this one's is not.
        String[] arguments = {"", expires, "1", "1", "1", String.valueOf(QuotaLoad.QUOTA.limit())};
        String digest = connection.sync().digest(text("counter.lua") + text("acquire.lua"));
        BenchmarkDefaults.check(
                connection.sync().scriptExists(digest).get(0), "the store calls another script than acquire.lua");
        return () -> {
            List<String> answer = connection
                    .async()
                    .<List<String>>evalsha(digest, ScriptOutputType.MULTI, keys, arguments)
                    .get(QuotaLoad.PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
            return answer.get(0).equals("1");
        };
    }

    private static String text(String script) throws IOException {
        try (InputStream in = RedisQuotaStore.class.getResourceAsStream(script)) {
            return new String(Objects.requireNonNull(in, script).readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Override
    public void close() {
        store.close();
        client.shutdown();
        server.close();
    }
}
