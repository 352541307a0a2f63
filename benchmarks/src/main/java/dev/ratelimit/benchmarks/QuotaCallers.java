package dev.ratelimit.benchmarks;

import dev.ratelimit.jdbc.JdbcQuotaStore;
import dev.ratelimit.quota.QuotaService;
import dev.ratelimit.quota.service.Quotas;
import dev.ratelimit.quota.service.QuotasBuilder;
import dev.ratelimit.quota.spi.QuotaStore;
import dev.ratelimit.redis.RedisQuotaStore;
import dev.ratelimit.testservers.PostgresServer;
import dev.ratelimit.testservers.RedisServer;
import io.github.bucket4j.distributed.proxy.ProxyManager;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * How many amounts a second are counted in a real Redis and a real PostgreSQL by one to 256 callers, on one hot key and
 * on a key each, by our quota service and by Bucket4j's proxies; on the hot key also by units that ours has prefetched,
 * and by Bucket4j's that are counted later.
 *
 * <p>Both use the same client, or the same pool of sixteen connections, with a deadline that is never reached. All ways
 * of one server take turns in short rounds; a call that is refused fails the run, as does a counter that does not show
 * exactly what was granted.
 *
 * <p>Run by {@code benchmarks/run QuotaCallers}; the arguments are the file that gets the figures and, if others than
 * the usual are wanted, the milliseconds of a round.
 */
public final class QuotaCallers {

    private static final int[] CALLERS = {1, 4, 16, 64, 256};

    private static final int ROUNDS = 3;

    /** How long what is prefetched, or not yet counted, lies at most. */
    static final Duration TERM = Duration.ofMillis(10);

    private final Recorded recorded = new Recorded();
    private final LoadRounds rounds;

    private QuotaCallers(LoadRounds rounds) {
        this.rounds = rounds;
    }

    /**
     * Measures and prints.
     *
     * @param args the file for the figures, if any, and the milliseconds of a round
     * @throws Exception if a server does not start, a call fails, a counter does not show what was granted, or the file
     *     cannot be written
     */
    public static void main(String[] args) throws Exception {
        Duration time = Duration.ofMillis(args.length > 1 ? Long.parseLong(args[1]) : 800);
        Recorded recorded = measure(new LoadRounds(ROUNDS, time));
        if (args.length > 0) {
            recorded.write(Path.of(args[0]));
        }
    }

    /** Measures both servers. */
    static Recorded measure(LoadRounds rounds) throws Exception {
        QuotaCallers callers = new QuotaCallers(rounds);
        callers.redis();
        callers.postgres();
        return callers.recorded;
    }

    private void redis() throws Exception {
        try (RedisServer server = RedisServer.start()) {
            RedisClient client = RedisClient.create(RedisURI.create("127.0.0.1", server.port()));
            client.setOptions(ClientOptions.builder()
                    .disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
                    .build());
            try (RedisQuotaStore store = RedisQuotaStore.builder(client).build()) {
                run("Redis", store, Bucket4jProxies.redis(client));
            } finally {
                client.shutdown();
            }
        }
    }

    private void postgres() throws Exception {
        try (PostgresServer server = PostgresServer.start();
                com.zaxxer.hikari.HikariDataSource pool = Bucket4jProxies.pool(server.port());
                JdbcQuotaStore store =
                        JdbcQuotaStore.builder(pool).createTables().build()) {
            run("PostgreSQL", store, Bucket4jProxies.postgres(pool));
        }
    }

    private void run(String server, QuotaStore store, ProxyManager<String> proxies) throws Exception {
        QuotaService quotas = quotas(store).build();
        QuotaService prefetching = quotas(store).prefetch(TERM).build();
        Bucket4jProxies bucket4j = new Bucket4jProxies(proxies);
        LoadWay.Calls ours = key -> () -> quotas.consume(key, 1).allowed();
        LoadWay.Calls prefetched = key -> () -> prefetching.consume(key, 1).allowed();
        List<LoadWay> ways = new ArrayList<>();
        for (int callers : CALLERS) {
            ways.add(way("ratelimit" + server + "Hot", callers, true, ours));
            ways.add(way("bucket4j" + server + "Hot", callers, true, bucket4j::plain));
            ways.add(way("bucket4jBatching" + server + "Hot", callers, true, bucket4j::batching));
            ways.add(way("ratelimitPrefetch" + server + "Hot", callers, true, prefetched));
            ways.add(way("bucket4jDelaying" + server + "Hot", callers, true, bucket4j::delaying));
            ways.add(way("ratelimit" + server + "Apart", callers, false, ours));
            ways.add(way("bucket4j" + server + "Apart", callers, false, bucket4j::plain));
        }
        Map<String, Throughput> throughputs =
                rounds.run(ways, key -> key.startsWith("ratelimit") ? used(prefetching, key) : bucket4j.used(key));
        throughputs.forEach((name, throughput) -> {
            System.out.printf("QuotaCallers.%-40s %s calls/s%n", name, throughput.text(0));
            int slash = name.indexOf('/');
            recorded.add(
                    "QuotaCallers." + name.substring(0, slash),
                    name.substring(slash + 1),
                    "calls/s",
                    throughput.rounds());
        });
    }

    private static QuotasBuilder quotas(QuotaStore store) {
        return Quotas.builder(store).quota(QuotaLoad.QUOTA).deadline(QuotaLoad.PATIENCE);
    }

    /** What the store shows, less what is prefetched; of a key that nothing is prefetched of, what the store shows. */
    private static long used(QuotaService prefetching, String key) {
        return prefetching.peek(key, 1).usages().get(0).used();
    }

    /** Keys begin with the name of the way, which tells who counts on them. */
    private static LoadWay way(String name, int callers, boolean hot, LoadWay.Calls calls) throws Exception {
        List<String> keys = IntStream.range(0, callers)
                .mapToObj(i -> hot ? name : name + "-" + i)
                .toList();
        return LoadWay.of(name + "/" + callers, keys, calls);
    }
}
